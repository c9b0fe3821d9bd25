/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_RUN_H
#define OSVDI_BROKER_PLAN_RUN_H

#include "plan/ops.h"

/* The things that one run has seen and done. */
struct run_report {
	int seen; /* desktops of the plan */
	int created, retired, saved, deleted_held;
	int probed, became_ready, lost_picture;
	int unknown; /* screens that could not be asked, as none could */
	int failed; /* requests that were refused */
	int rest_announced, rest_cancelled, rested; /* see idle.h */
	gboolean incomplete; /* the cloud did not tell all: nothing was made or deleted */
	gboolean locked_out; /* another run makes desktops now */
};

struct run {
	const struct plan_ops *ops;
	void *data; /* of the ops */
	const GArray *sessions; /* struct session */
	int max_building; /* 0: 20, what two hosts of Nova start at once */
	int budget_s; /* no new desktop after that; 0: 40, less than LOCK_STALE_S */
	const GPtrArray *idle; /* struct idle_rule; NULL: none */
};

/**
 * Bring the cloud one step nearer to the plan. May be called by any number of
 * programs at any time, and may be killed at any time.
 *
 * Errors: those of the ops; what was done stays done.
 */
gboolean run_once(const struct run *run, struct run_report *report, GError **error);

/**
 * Take a desktop away from all users, then delete it. *deleted: FALSE: a user was
 * quicker, and has it.
 */
gboolean retire(const struct plan_ops *ops, void *data, const char *id, gboolean *deleted,
		GError **error);

#endif

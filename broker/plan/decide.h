/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_DECIDE_H
#define OSVDI_BROKER_PLAN_DECIDE_H

#include "plan/session.h"

/*
 * From what the plan says and what the cloud shows to what is to be done now. Nothing
 * is asked, nothing is kept: the same arguments give the same answer.
 */
enum action_kind {
	ACTION_RETIRE, /* claim it for the plan, so that no user can get it; then delete it */
	ACTION_PROBE, /* see whether it has a picture, and tag it */
	ACTION_PROBE_LAST, /* the same; without a picture retire it */
	ACTION_SAVE, /* shelve it */
	ACTION_DELETE_HELD, /* its user's time is over, no viewer is there */
	ACTION_CREATE, /* make one desktop for the session */
};

struct action {
	enum action_kind kind;
	const struct session *session; /* NULL: the plan has it no more */
	const struct seen *seen; /* NULL: ACTION_CREATE */
	const char *reason;
};

struct decide {
	gint64 now;
	const GArray *sessions; /* struct session */
	const GPtrArray *seen; /* struct seen */
	gboolean incomplete; /* the cloud has not told all: nothing is made or deleted */
	int max_building; /* desktops that may start at the same time */
};

/** Actions in the order to do them in. Owner: g_array_unref(); of struct action. */
GArray *decide(const struct decide *d);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_CHECK_H
#define OSVDI_BROKER_PLAN_CHECK_H

#include "plan/snapshot.h"

#define CHECK_NEAREST 3

struct check {
	const struct snapshot *snapshot;
	const GArray *demands; /* struct demand of other plans; NULL: none */
	const struct need *need;
	int count; /* spares included */
	int prepare_s, grace_s; /* before and after each window */
	const struct when *when;
	const struct zone *zone;
	gint64 now; /* nothing is proposed before */
};

struct check_result {
	GArray *windows; /* struct window: those asked for */
	GArray *missing; /* int: of each window */
	gint64 total_missing; /* 0: it fits */
	gint64 seats; /* what an empty cloud has */
	char *short_of; /* a resource class without whose lack it would fit; or NULL */
	int n_nearest;
	gint64 nearest[CHECK_NEAREST]; /* seconds by which all windows move, and fit */
};

/** Errors: BROKER_ERROR_USAGE: a bad rule. Owner: check_result_clear(). */
gboolean check_fit(const struct check *check, struct check_result *result, GError **error);
void check_result_clear(struct check_result *result);

#endif

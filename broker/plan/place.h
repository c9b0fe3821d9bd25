/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_PLACE_H
#define OSVDI_BROKER_PLAN_PLACE_H

#include "plan/capacity.h"

/* Where one desktop's items come from: for each item a stock. */
struct place {
	int n;
	int stock[NEED_MAX_ITEMS];
	gint64 amount[NEED_MAX_ITEMS];
};

/**
 * Find a place for one desktop on a host, by trying all.
 *
 * free:      for each stock of the capacity what is left.
 * backwards: try the host's providers from the last to the first.
 */
gboolean place_find(const struct capacity *capacity, const struct host *host,
		const struct need *need, gboolean backwards, gint64 *free, struct place *place);

/** How often a place can be taken, at most `wanted` times. */
int place_times(const struct place *place, const gint64 *free, int wanted);

/** Take a place so often; negative: give it back. */
void place_take(const struct place *place, gint64 *free, int times);

#endif

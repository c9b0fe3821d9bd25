/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_FIT_H
#define OSVDI_BROKER_PLAN_FIT_H

#include "plan/capacity.h"
#include "plan/when.h"

/*
 * Whether desktops fit. The answer is a construction: each desktop gets a place on a
 * host for the whole of its window and is never moved; "it fits" is said only when
 * every desktop has got one. A plan that this cannot place may still have a place.
 */

struct demand {
	struct window window;
	const struct need *need;
	int count;
	gboolean asked; /* by fit_more() alone */
	int missing; /* result: how many got no place */
};

/* A use of today, counted in struct stock's `used`, that ends. */
struct holding {
	gint64 until;
	int stock; /* in capacity.stocks */
	gint64 amount;
};

struct fit {
	const struct capacity *capacity;
	GArray *demands; /* struct demand */
	const GArray *holdings; /* struct holding; NULL: none */
};

/** Sort the demands by start and place them all. Returns how many desktops are missing. */
gint64 fit_all(struct fit *fit);

/**
 * Whether more demands fit beside those there are, in any order. Asks only about the
 * times that matter to them. The demands there must be sorted: fit_all() does it.
 *
 * more:    struct demand; gets what is missing of each. A desktop that takes the place
 *          of one there is counted as missing.
 * Returns: how many desktops are missing; 0: all fits.
 */
gint64 fit_more(const struct fit *fit, GArray *more);

/** How many desktops of a need an empty cloud could hold at once. */
gint64 fit_seats(const struct capacity *capacity, const struct need *need);

#endif

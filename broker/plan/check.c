/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/check.h"

#define STEP_S 1800
#define REACH_S (7 * 86400)
#define HORIZON_S (10 * 366 * G_GINT64_CONSTANT(86400))
/* Nobody asks for a class at night who has not asked for it. */
#define DAY_BEGINS_S (7 * 3600)
#define DAY_ENDS_S (22 * 3600)

void check_result_clear(struct check_result *r)
{
	g_clear_pointer(&r->windows, g_array_unref);
	g_clear_pointer(&r->missing, g_array_unref);
	g_clear_pointer(&r->short_of, g_free);
}

/* Windows moved on the wall's clock, each in its own week. */
static GArray *move(const struct check *c, const GArray *windows, gint64 shift)
{
	GArray *moved = g_array_new(FALSE, FALSE, sizeof(struct window));

	for (guint i = 0; i < windows->len; i++) {
		struct window w = g_array_index(windows, struct window, i);

		w.start = zone_to_utc(c->zone, zone_to_civil(c->zone, w.start) + shift);
		w.end = zone_to_utc(c->zone, zone_to_civil(c->zone, w.end) + shift);
		g_array_append_val(moved, w);
	}
	return moved;
}

static int by_start(gconstpointer a, gconstpointer b)
{
	const struct demand *x = a, *y = b;

	return (x->window.start > y->window.start) - (x->window.start < y->window.start);
}

struct asking {
	const struct check *check;
	GArray *there; /* struct demand, sorted */
};

static GArray *ask(const struct asking *a, const GArray *windows, const struct need *need,
		gint64 *missing)
{
	const struct fit fit = { a->check->snapshot->capacity, a->there,
		a->check->snapshot->holdings };
	GArray *more = g_array_new(FALSE, FALSE, sizeof(struct demand));

	for (guint i = 0; i < windows->len; i++) {
		struct demand d = { .window = g_array_index(windows, struct window, i),
			.need = need, .count = a->check->count };

		d.window.start -= a->check->prepare_s;
		d.window.end += a->check->grace_s;
		g_array_append_val(more, d);
	}
	*missing = fit_more(&fit, more);
	return more;
}

static gboolean fits(const struct asking *a, const GArray *windows, const struct need *need)
{
	gint64 missing;
	g_autoptr(GArray) more = ask(a, windows, need, &missing);

	return !missing;
}

static gboolean is_by_day(const struct check *c, const GArray *windows)
{
	const struct window *w = &g_array_index(windows, struct window, 0);
	gint64 start = zone_to_civil(c->zone, w->start) % 86400;

	return start >= DAY_BEGINS_S && start + (w->end - w->start) <= DAY_ENDS_S &&
			w->start - c->prepare_s >= c->now;
}

static void find_nearest(const struct asking *a, struct check_result *r)
{
	for (gint64 step = STEP_S; step <= REACH_S && r->n_nearest < CHECK_NEAREST; step += STEP_S)
		for (int sign = -1; sign <= 1 && r->n_nearest < CHECK_NEAREST; sign += 2) {
			g_autoptr(GArray) moved = move(a->check, r->windows, sign * step);

			if (is_by_day(a->check, moved) && fits(a, moved, a->check->need))
				r->nearest[r->n_nearest++] = sign * step;
		}
}

/* The resource without which all would fit. */
static void find_short(const struct asking *a, struct check_result *r)
{
	const struct need *need = a->check->need;

	for (guint i = 0; i < need->items->len && !r->short_of; i++) {
		struct need without = *need;
		int class = g_array_index(need->items, struct need_item, i).class;

		without.items = g_array_new(FALSE, FALSE, sizeof(struct need_item));
		for (guint j = 0; j < need->items->len; j++)
			if (g_array_index(need->items, struct need_item, j).class != class)
				g_array_append_val(without.items, g_array_index(need->items,
									    struct need_item, j));
		if (fits(a, r->windows, &without))
			r->short_of = g_strdup(a->check->snapshot->capacity->names->pdata[class]);
		g_array_unref(without.items);
	}
}

gboolean check_fit(const struct check *c, struct check_result *r, GError **error)
{
	g_autoptr(GArray) there = g_array_new(FALSE, FALSE, sizeof(struct demand));
	const struct asking a = { c, there };
	g_autoptr(GArray) more = NULL;

	memset(r, 0, sizeof(*r));
	r->windows = when_expand(c->when, c->zone, c->now, c->now + HORIZON_S, error);
	if (!r->windows)
		return FALSE;
	if (c->demands)
		g_array_append_vals(there, c->demands->data, c->demands->len);
	g_array_sort(there, by_start);
	more = ask(&a, r->windows, c->need, &r->total_missing);
	r->missing = g_array_new(FALSE, FALSE, sizeof(int));
	for (guint i = 0; i < more->len; i++)
		g_array_append_val(r->missing, g_array_index(more, struct demand, i).missing);
	r->seats = fit_seats(c->snapshot->capacity, c->need);
	if (!r->total_missing || !r->windows->len)
		return TRUE;
	find_short(&a, r);
	if (r->seats >= c->count)
		find_nearest(&a, r);
	return TRUE;
}

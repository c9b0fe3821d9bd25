/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/decide.h"

/* A desktop in ERROR is replaced at this age: what makes all fail is not asked for
 * hundreds of times in the minutes before a class. */
#define REPLACE_AGE_S 120
/* Before that age, or a part of the time to boot, none has a picture: not asked for. */
#define FIRST_LOOK_S 90
#define FIRST_LOOK_PART 4
/* A ready desktop is looked at again once in so many minutes, from so long before the
 * start on: a lost host is seen in time, and requests are saved before. */
#define LOOK_AGAIN_MINUTES 5
#define LOOK_AGAIN_S 1800
/* A desktop that would be ready only when all leave is not made. */
#define LAST_CREATE_S 600
/* The news of viewers are not older than that, and after the end nobody may open a desktop
 * that is to be deleted. */
#define LEAST_GRACE_S 120

struct deciding {
	const struct decide *d;
	const struct session *session;
	GPtrArray *mine; /* the session's desktops, by their id */
	int ready;
	gboolean replaced; /* one that failed, while none works */
	GArray *actions;
};

static void act(struct deciding *x, enum action_kind kind, const struct seen *seen,
		const char *reason)
{
	const struct action action = { kind, x->session, seen, reason };

	g_array_append_val(x->actions, action);
}

static int by_id(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct seen *const *)a)->id, (*(const struct seen *const *)b)->id);
}

static void collect(struct deciding *x)
{
	g_ptr_array_set_size(x->mine, 0);
	x->ready = 0;
	x->replaced = FALSE;
	for (guint i = 0; i < x->d->seen->len; i++) {
		struct seen *s = x->d->seen->pdata[i];

		if (!seen_is_of(s, x->session))
			continue;
		g_ptr_array_add(x->mine, s);
		x->ready += seen_is_ready(s);
	}
	g_ptr_array_sort(x->mine, by_id);
}

static void retire(struct deciding *x, const struct seen *s, const char *reason)
{
	if (!x->d->incomplete)
		act(x, ACTION_RETIRE, s, reason);
}

/* While nothing works at all, one desktop a run tries whether anything has changed. */
static gboolean may_replace(struct deciding *x)
{
	gboolean may = x->ready || !x->replaced;

	x->replaced = TRUE;
	return may;
}

/* Spread over the minutes by the id, so that no run looks at all of them. */
static gboolean is_turn(const struct deciding *x, const struct seen *s)
{
	return x->d->now >= x->session->window.start - LOOK_AGAIN_S &&
			(g_str_hash(s->id) + (guint)(x->d->now / 60)) % LOOK_AGAIN_MINUTES == 0;
}

static void tend_active(struct deciding *x, const struct seen *s)
{
	gint64 age = x->d->now - s->created;

	/* A look would send its user's viewer away. */
	if (seen_is_claimed(s))
		return;
	if (seen_is_ready(s)) {
		if (is_turn(x, s))
			act(x, ACTION_PROBE, s, "to see whether it still has a picture");
		return;
	}
	if (age > x->session->boot_limit_s && !x->d->incomplete) {
		if (may_replace(x))
			act(x, ACTION_PROBE_LAST, s, "no picture in time");
	} else if (age >= MIN(FIRST_LOOK_S, x->session->boot_limit_s / FIRST_LOOK_PART)) {
		act(x, ACTION_PROBE, s, "to see whether it has a picture");
	}
}

/* A desktop before or in its session. */
static void tend(struct deciding *x, const struct seen *s)
{
	gint64 age = x->d->now - s->created;

	if (seen_is_retiring(s) && !seen_is_claimed(s)) {
		retire(x, s, "it was being deleted");
		return;
	}
	if (s->status == SEEN_ACTIVE) {
		tend_active(x, s);
		return;
	}
	if (seen_is_claimed(s) || s->status == SEEN_BUSY || s->status == SEEN_UNREACHED)
		return;
	if (s->status == SEEN_BUILD && age <= x->session->boot_limit_s)
		return;
	if (s->status == SEEN_ERROR && age < REPLACE_AGE_S)
		return;
	if (may_replace(x))
		retire(x, s, s->status == SEEN_ERROR ? "Nova could not make it"
						     : "it does not run");
}

/* The least useful first: not ready, then the youngest. */
static int by_use(gconstpointer a, gconstpointer b)
{
	const struct seen *x = *(const struct seen *const *)a;
	const struct seen *y = *(const struct seen *const *)b;

	if (seen_is_ready(x) != seen_is_ready(y))
		return seen_is_ready(x) ? 1 : -1;
	if (x->created != y->created)
		return x->created > y->created ? -1 : 1;
	return strcmp(y->id, x->id);
}

static int count_building(const struct decide *d)
{
	int n = 0;

	for (guint i = 0; i < d->seen->len; i++) {
		const struct seen *s = d->seen->pdata[i];

		n += s->class_id && (s->status == SEEN_BUILD ||
				(s->status == SEEN_ACTIVE && !seen_is_ready(s) &&
						d->now - s->created < REPLACE_AGE_S));
	}
	return n;
}

static void trim(struct deciding *x, int surplus)
{
	g_ptr_array_sort(x->mine, by_use);
	for (guint i = 0; surplus > 0 && i < x->mine->len; i++) {
		const struct seen *s = x->mine->pdata[i];

		if (seen_is_claimed(s) || s->status == SEEN_BUSY || s->status == SEEN_UNREACHED)
			continue;
		retire(x, s, "the plan wants fewer");
		surplus--;
	}
}

static void prepare(struct deciding *x, int *building)
{
	int want = x->session->count + x->session->spares;
	int surplus = (int)x->mine->len - want;

	if (surplus > 0) {
		trim(x, surplus);
		return;
	}
	for (guint i = 0; i < x->mine->len; i++)
		tend(x, x->mine->pdata[i]);
	if (x->d->incomplete || x->d->now > x->session->window.end - LAST_CREATE_S)
		return;
	for (; surplus < 0 && *building < x->d->max_building; surplus++, (*building)++)
		act(x, ACTION_CREATE, NULL, "the session lacks one");
}

static void end_claimed(struct deciding *x, const struct seen *s)
{
	gint64 over_s = x->d->now - x->session->window.end;
	gboolean late = over_s >= x->session->grace_s;

	if (s->status != SEEN_ACTIVE && s->status != SEEN_OFF)
		return;
	if (s->viewer == VIEWER_NONE && x->session->after == AFTER_DELETE) {
		if (late && over_s >= LEAST_GRACE_S && !x->d->incomplete)
			act(x, ACTION_DELETE_HELD, s, "the session is over, no viewer is there");
	} else if (s->viewer == VIEWER_NONE || late) {
		act(x, ACTION_SAVE, s, "the session is over");
	}
}

static void end(struct deciding *x)
{
	for (guint i = 0; i < x->mine->len; i++) {
		const struct seen *s = x->mine->pdata[i];

		if (seen_is_claimed(s))
			end_claimed(x, s);
		else if (s->status != SEEN_BUSY && s->status != SEEN_UNREACHED)
			retire(x, s, "the session is over, and nobody has it");
	}
}

/* Desktops of sessions that the plan has no more live to the end that they were made
 * for: a plan read by half must not end a class. */
static void end_orphans(struct deciding *x)
{
	x->session = NULL;
	for (guint i = 0; i < x->d->seen->len; i++) {
		const struct seen *s = x->d->seen->pdata[i];
		gboolean known = FALSE;

		for (guint j = 0; !known && j < x->d->sessions->len; j++)
			known = seen_is_of(s, &g_array_index(x->d->sessions, struct session, j));
		if (!known && s->class_id && s->until && s->until <= x->d->now &&
				!seen_is_claimed(s) && s->status != SEEN_BUSY &&
				s->status != SEEN_UNREACHED)
			retire(x, s, "its session is over and no more in the plan");
	}
}

static int by_kind(gconstpointer a, gconstpointer b)
{
	return (int)((const struct action *)a)->kind - (int)((const struct action *)b)->kind;
}

GArray *decide(const struct decide *d)
{
	GArray *actions = g_array_new(FALSE, FALSE, sizeof(struct action));
	g_autoptr(GPtrArray) mine = g_ptr_array_new();
	struct deciding x = { .d = d, .mine = mine, .actions = actions };
	int building = count_building(d);

	for (guint i = 0; i < d->sessions->len; i++) {
		x.session = &g_array_index(d->sessions, struct session, i);
		if (d->now < x.session->window.start - x.session->prepare_s)
			continue;
		collect(&x);
		if (d->now >= x.session->window.end)
			end(&x);
		else
			prepare(&x, &building);
	}
	end_orphans(&x);
	g_array_sort(actions, by_kind);
	return actions;
}

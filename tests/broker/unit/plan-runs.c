/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan-runs.h"

#include "plan/run.h"

const struct session small_session = {
	.class_id = "lab", .window = { T0, T0 + 7200 }, .count = 3, .spares = 1,
	.prepare_s = 2700, .boot_limit_s = 420, .grace_s = 900,
};

GArray *sessions_of(const struct session *session)
{
	GArray *sessions = g_array_new(FALSE, FALSE, sizeof(*session));

	g_array_append_vals(sessions, session, 1);
	return sessions;
}

const struct session *first(const GArray *sessions)
{
	return &g_array_index(sessions, struct session, 0);
}

void check(const struct world *w, const char *when, int number)
{
	if (w->violation)
		g_error("%s, %d: %s", when, number, w->violation);
}

gboolean run_plan(struct world_actor *a, const GArray *sessions)
{
	const struct run r = { &world_ops, a, sessions, 0, 0, NULL };
	g_autoptr(GError) error = NULL;
	struct run_report report;

	return run_once(&r, &report, &error);
}

gboolean is_settled(struct world *w, const GArray *sessions)
{
	int creates = w->creates, removes = w->removes, shelves = w->shelves;
	struct world_actor a = { .world = w };
	gboolean ok = run_plan(&a, sessions);

	return ok && w->creates == creates && w->removes == removes && w->shelves == shelves &&
			!w->keys->len;
}

struct world *odd_world(guint32 seed, const GArray *sessions)
{
	struct world *w = world_new(seed, 2, 20);
	struct world_server *s;

	w->now = T0 - 2000;
	w->boot_min_s = w->boot_max_s = 30;
	world_add(w, NULL)->used = TRUE; /* foreign */
	world_add(w, first(sessions))->state = WORLD_ERROR;
	s = world_add(w, first(sessions));
	s->state = WORLD_BROKEN;
	s = world_add(w, first(sessions));
	s->state = WORLD_BROKEN;
	s->used = TRUE;
	g_ptr_array_add(s->tags, g_strdup("osvdi-user:ann"));
	w->now = T0 - 1000;
	return w;
}

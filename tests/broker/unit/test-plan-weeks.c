/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class each week for years, and what goes wrong in them. */
#include "plan-runs.h"

static const struct session class_of_30 = {
	.class_id = "cad", .window = { T0, T0 + 7200 }, .count = 30, .spares = 2,
	.prepare_s = 2700, .boot_limit_s = 420, .grace_s = 900,
};

static void take_desktops(struct world *w, const struct session *session)
{
	int n = session->count;

	for (guint i = 0; i < w->servers->len && n; i++) {
		struct world_server *s = w->servers->pdata[i];

		if (s->session != session || s->state != WORLD_RUNNING)
			continue;
		s->used = TRUE;
		s->viewer = VIEWER_THERE;
		g_ptr_array_add(s->tags, g_strdup_printf("osvdi-user:u%d", n--));
	}
}

static void close_viewers(struct world *w)
{
	for (guint i = 0; i < w->servers->len; i++)
		((struct world_server *)w->servers->pdata[i])->viewer = VIEWER_NONE;
}

/* Returns how many seconds before the start all were ready. */
static gint64 play_week(struct world *w, GArray *sessions, GRand *r, int *requests)
{
	const struct session *s = first(sessions);
	gint64 lost = T0 - g_rand_int_range(r, 960, 2700), ready = 0;

	for (w->now = T0 - 2760; w->now < T0 + 7200 + 1200; w->now += 60) {
		struct world_actor a = { .world = w };

		if (lost && w->now >= lost) {
			world_lose_host(w, g_rand_int_range(r, 0, 4));
			lost = 0;
		}
		if (w->now - T0 >= 0 && w->now - T0 < 60)
			take_desktops(w, s);
		if (w->now - T0 >= 7100 && w->now - T0 < 7200)
			close_viewers(w);
		run_plan(&a, sessions);
		if (!ready && world_count_ready(w, s) >= s->count) {
			ready = T0 - w->now;
			*requests += w->requests;
		}
		if (ready && world_count_ready(w, s) < s->count && w->now < T0)
			ready = 0;
	}
	return ready;
}

static void test_weeks(void)
{
	g_autoptr(GRand) r = g_rand_new_with_seed(3);
	gint64 worst = G_MAXINT64;
	int requests = 0, desktops = 0;

	for (int week = 0; week < 100; week++) {
		g_autoptr(GArray) sessions = sessions_of(&class_of_30);
		g_autoptr(auto_world) w = world_new((guint32)week, 4, 16);
		gint64 early;

		w->faults = (struct world_faults){ 50, 50, 5 };
		early = play_week(w, sessions, r, &requests);
		check(w, "week", week);
		worst = MIN(worst, early);
		desktops += w->creates;
		if (early < 300)
			g_error("week %d: 30 of 30 only %d s before the start", week, (int)early);
		g_assert_cmpint(w->shelves, >=, 25);
		g_assert_cmpint(world_count(w, NULL), ==, w->shelves);
	}
	g_test_message("100 weeks: ready %d s early at the latest; %.1f requests a desktop",
			(int)worst, requests / (double)desktops);
}

/* The wish: four requests a desktop from nothing to ready, when nothing goes wrong. */
static void test_requests(void)
{
	g_autoptr(GArray) sessions = sessions_of(&class_of_30);
	g_autoptr(auto_world) w = world_new(1, 4, 16);

	w->boot_min_s = 40;
	w->boot_max_s = 110;
	for (w->now = T0 - 2700; world_count_ready(w, first(sessions)) < 32; w->now += 60) {
		struct world_actor a = { .world = w };

		g_assert_cmpint(w->now, <, T0);
		run_plan(&a, sessions);
	}
	g_test_message("%.2f requests a desktop", w->requests / 32.);
	g_assert_cmpint(w->requests, <=, 4 * 32);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/weeks/ready", test_weeks);
	g_test_add_func("/weeks/requests", test_requests);
	return g_test_run();
}

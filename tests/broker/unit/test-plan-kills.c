/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run that is killed at any of its requests. */
#include "plan-runs.h"

static int runs_to_settle(struct world *w, GArray *sessions)
{
	for (int runs = 0; runs < 20; runs++) {
		if (is_settled(w, sessions) && world_count(w, first(sessions)) == 4)
			return runs;
		w->now += 60;
	}
	return 20;
}

static void test_killed(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	int worst = 0, n;

	for (n = 1;; n++) {
		gboolean died = FALSE;

		for (int after = 0; after < 2; after++) {
			g_autoptr(auto_world) w = odd_world((guint32)n, sessions);
			struct world_actor a = { .world = w, .dies_at = n, .dies_after = after };
			int runs;

			run_plan(&a, sessions);
			check(w, "killed", n);
			died |= a.dead;
			w->now += 60;
			runs = runs_to_settle(w, sessions);
			check(w, "after it was killed", n);
			worst = MAX(worst, runs);
		}
		if (!died)
			break;
	}
	g_test_message("killed at each of %d requests; %d runs to settle at most", n - 1, worst);
	g_assert_cmpint(n, >, 10);
	g_assert_cmpint(worst, <=, 3);
}

/* The whole life of a class of 30, in which the request of a number kills its run.
 * Returns whether there was such a request. */
static gboolean live_and_die(int number, gboolean after, GArray *sessions)
{
	g_autoptr(auto_world) w = world_new(5, 4, 16);
	gboolean died = FALSE;

	for (w->now = T0 - 2700; w->now < T0 + 1800 + 180; w->now += 60) {
		struct world_actor a = { .world = w, .dies_at = died ? 0 : number - w->requests,
			.dies_after = after };

		run_plan(&a, sessions);
		died |= a.dead;
		check(w, "killed in a whole life", number);
		if (w->now == T0 - 300)
			g_assert_cmpint(world_count_ready(w, first(sessions)), ==, 32);
	}
	g_assert_cmpint(world_count(w, NULL), ==, 0);
	/* The lock of a run that died; the next that makes desktops takes it away. */
	g_assert_cmpint(w->keys->len, <=, 1);
	return died;
}

static void test_killed_in_life(void)
{
	g_autoptr(GArray) sessions = sessions_of(&(struct session){ .class_id = "cad",
			.window = { T0, T0 + 1800 }, .count = 30, .spares = 2,
			.prepare_s = 2700, .boot_limit_s = 420, .grace_s = 900 });
	int n = 1;

	while (live_and_die(n, FALSE, sessions) && live_and_die(n, TRUE, sessions))
		n++;
	g_test_message("killed at each of %d requests of a class of 30", n - 1);
	g_assert_cmpint(n, >, 300);
}

/* Killed at a request of the whole life of a session, again and again. */
static void test_killed_often(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(GRand) r = g_rand_new_with_seed(7);

	for (int i = 0; i < 300; i++) {
		g_autoptr(auto_world) w = world_new((guint32)i, 2, 20);

		w->faults.boot_error = 100;
		w->faults.request = 30;
		for (w->now = T0 - 2700; w->now < T0 + 7200 + 1800; w->now += 60) {
			struct world_actor a = { .world = w,
				.dies_at = g_rand_int_range(r, 0, 20),
				.dies_after = g_rand_boolean(r) };

			run_plan(&a, sessions);
			check(w, "killed often", i);
		}
		for (int j = 0; j < 4; j++, w->now += 60) {
			struct world_actor a = { .world = w };

			w->faults.request = 0;
			run_plan(&a, sessions);
		}
		g_assert_cmpint(world_count(w, NULL), ==, 0);
		g_assert_cmpint(w->keys->len, <=, 4);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kills/once", test_killed);
	g_test_add_func("/kills/in-life", test_killed_in_life);
	g_test_add_func("/kills/often", test_killed_often);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan-runs.h"

/* A cloud that answers half: nothing is made, nothing is deleted. */
static void test_incomplete(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(auto_world) w = odd_world(1, sessions);

	w->incomplete = TRUE;
	for (; w->now < T0 + 9000; w->now += 60) {
		struct world_actor a = { .world = w };

		run_plan(&a, sessions);
	}
	g_assert_cmpint(w->creates, ==, 0);
	g_assert_cmpint(w->removes, ==, 0);
	check(w, "incomplete", 0);
}

/* A plan that has lost its class ends nothing before its time. */
static void test_lost_class(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(struct session));
	g_autoptr(auto_world) w = odd_world(1, sessions);
	struct world_actor a = { .world = w };

	w->now = T0 + 3600;
	run_plan(&a, none);
	g_assert_cmpint(w->removes, ==, 0);
	w->now = T0 + 7200;
	run_plan(&a, none);
	g_assert_cmpint(w->removes, ==, 2);
	check(w, "lost class", 0);
}

/* At the end: saved or deleted, but not under a viewer before the grace is over. */
static void test_end(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(auto_world) w = world_new(1, 1, 9);
	struct world_server *s[3];

	w->now = T0;
	w->boot_min_s = w->boot_max_s = 1;
	g_array_index(sessions, struct session, 0).after = AFTER_DELETE;
	for (int i = 0; i < 3; i++) {
		s[i] = world_add(w, first(sessions));
		s[i]->used = TRUE;
		g_ptr_array_add(s[i]->tags, g_strdup_printf("osvdi-user:u%d", i));
	}
	s[1]->viewer = VIEWER_THERE;
	s[2]->viewer = VIEWER_UNKNOWN;
	for (w->now = T0 + 7200; w->now < T0 + 7200 + 900; w->now += 60) {
		struct world_actor a = { .world = w };

		run_plan(&a, sessions);
		g_assert_cmpint(w->removes, ==, 0);
		g_assert_cmpint(w->shelves, ==, 0);
	}
	g_assert_true(is_settled(w, sessions) == FALSE);
	g_assert_cmpint(w->removes, ==, 1);
	g_assert_cmpint(w->shelves, ==, 2);
	g_assert_true(is_settled(w, sessions));
	check(w, "end", 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/run/incomplete", test_incomplete);
	g_test_add_func("/run/lost-class", test_lost_class);
	g_test_add_func("/run/end", test_end);
	return g_test_run();
}

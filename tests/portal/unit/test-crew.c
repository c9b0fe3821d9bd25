/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve/crew.h"

#define WORKERS 2
#define TASKS 3

static gint done; /* jobs; atomic */

static void count(gpointer unused)
{
	g_atomic_int_inc(&done);
}

/* Waits until the test opens the gate. */
static void pass_gate(gpointer gate)
{
	g_mutex_lock(gate);
	g_mutex_unlock(gate);
	count(NULL);
}

static void test_room(void)
{
	struct crew *crew = crew_new(WORKERS, TASKS);
	GMutex gate;
	int tasks = 0, calls = 0;

	g_atomic_int_set(&done, 0);
	g_mutex_init(&gate);
	g_mutex_lock(&gate);
	while (crew_begin(crew, pass_gate, &gate))
		tasks++;
	while (crew_reserve(crew)) {
		crew_call(crew, pass_gate, &gate);
		calls++;
	}
	g_assert_cmpint(tasks, ==, TASKS);
	g_assert_cmpint(calls, >, WORKERS);
	g_mutex_unlock(&gate);
	crew_close(crew);
	g_assert_cmpint(g_atomic_int_get(&done), ==, tasks + calls);
	crew_free(crew);
	g_mutex_clear(&gate);
}

static void test_closed(void)
{
	struct crew *crew = crew_new(WORKERS, TASKS);

	g_atomic_int_set(&done, 0);
	crew_close(crew);
	g_assert_false(crew_reserve(crew));
	g_assert_false(crew_begin(crew, count, NULL));
	crew_free(crew);
	g_assert_cmpint(g_atomic_int_get(&done), ==, 0);
}

/* A second thread that asks while the crew closes. */
struct asker {
	struct crew *crew;
	gint begun; /* atomic */
	gint taken;
	gint over; /* atomic */
};

static gpointer ask(gpointer data)
{
	struct asker *asker = data;

	while (!g_atomic_int_get(&asker->over)) {
		if (crew_reserve(asker->crew)) {
			crew_call(asker->crew, count, NULL);
			asker->taken++;
		}
		asker->taken += crew_begin(asker->crew, count, NULL);
		g_atomic_int_set(&asker->begun, 1);
	}
	return NULL;
}

static void test_asked_while_closing(void)
{
	for (int round = 0; round < 200; round++) {
		struct asker asker = { .crew = crew_new(WORKERS, TASKS) };
		GThread *thread;
		gint at_close;

		g_atomic_int_set(&done, 0);
		thread = g_thread_new("asker", ask, &asker);
		while (!g_atomic_int_get(&asker.begun))
			g_thread_yield();
		crew_close(asker.crew);
		at_close = g_atomic_int_get(&done);
		g_atomic_int_set(&asker.over, 1);
		g_thread_join(thread);
		crew_free(asker.crew);
		g_assert_cmpint(at_close, ==, asker.taken);
		g_assert_cmpint(g_atomic_int_get(&done), ==, at_close);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crew/room", test_room);
	g_test_add_func("/crew/closed", test_closed);
	g_test_add_func("/crew/asked-while-closing", test_asked_while_closing);
	return g_test_run();
}

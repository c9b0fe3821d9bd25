/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "pace/flight.h"

#define MS UINT64_C(1000)
#define START (100000 * MS)

/* An acknowledgement is one of its message and of all before it. */
static void test_acked(void)
{
	struct flight f = { 0 };
	uint64_t took = 7;

	g_assert_cmpuint(flight_probe_us(&f), ==, 0);
	flight_sent(&f, 2, 100, START);
	flight_sent(&f, 4, 200, START + 2 * MS);
	flight_sent(&f, 9, 400, START + 4 * MS);
	g_assert_cmpuint(flight_count(&f), ==, 3);
	g_assert_cmpuint(flight_bytes(&f), ==, 700);
	g_assert_false(flight_acked(&f, 3, START + 10 * MS, &took)); /* never sent */
	g_assert_cmpuint(took, ==, 7);
	g_assert_cmpuint(flight_count(&f), ==, 3);
	g_assert_true(flight_acked(&f, 4, START + 10 * MS, &took));
	g_assert_cmpuint(took, ==, 8 * MS);
	g_assert_cmpuint(flight_bytes(&f), ==, 400);
	g_assert_false(flight_acked(&f, 4, START + 11 * MS, &took)); /* twice */
	g_assert_true(flight_acked(&f, 9, START, &took));            /* before it was sent */
	g_assert_cmpuint(took, ==, 1);
	g_assert_cmpuint(flight_count(&f), ==, 0);
}

/* Each message that goes out without an acknowledgement puts off the next one. */
static void test_probe(void)
{
	struct flight f = { 0 };
	uint64_t took;

	flight_sent(&f, 1, 100, START);
	flight_sent(&f, 2, 200, START + MS);
	g_assert_cmpuint(flight_probe_us(&f), ==, START + MS + FLIGHT_PROBE_US);
	flight_sent(&f, 3, 300, START + MS + FLIGHT_PROBE_US);
	g_assert_cmpuint(flight_probe_us(&f), ==, START + MS + 2 * FLIGHT_PROBE_US);
	g_assert_cmpuint(flight_count(&f), ==, 3);
	/* an answer counts however late it is */
	g_assert_true(flight_acked(&f, 1, START + 9 * FLIGHT_PROBE_US, &took));
	g_assert_cmpuint(took, ==, 9 * FLIGHT_PROBE_US);
	g_assert_cmpuint(flight_bytes(&f), ==, 500);
}

/* Without acknowledgements the newest messages are kept. */
static void test_full(void)
{
	struct flight f = { 0 };
	uint64_t took;

	for (uint64_t i = 0; i < 2 * FLIGHT_MAX; i++) {
		g_assert_cmpint(flight_is_full(&f), ==, i >= FLIGHT_MAX);
		flight_sent(&f, i, 1, START + i);
	}
	g_assert_cmpuint(flight_count(&f), ==, FLIGHT_MAX);
	g_assert_false(flight_acked(&f, FLIGHT_MAX - 1, START, &took));
	g_assert_true(flight_acked(&f, FLIGHT_MAX, START, &took));
	flight_clear(&f);
	g_assert_cmpuint(flight_count(&f), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/flight/acked", test_acked);
	g_test_add_func("/flight/probe", test_probe);
	g_test_add_func("/flight/full", test_full);
	return g_test_run();
}

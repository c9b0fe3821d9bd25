/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/stats.h"

static void test_percentiles(void)
{
	static struct stats_series s;

	g_assert_cmpfloat(stats_percentile_ms(&s, 50), ==, 0);
	stats_add(&s, 7000);
	g_assert_cmpfloat(stats_percentile_ms(&s, 0), ==, 7);
	g_assert_cmpfloat(stats_percentile_ms(&s, 99), ==, 7);
	memset(&s, 0, sizeof s);
	for (unsigned i = 101; i-- > 0;)
		stats_add(&s, i * 1000);
	g_assert_cmpfloat(stats_percentile_ms(&s, 0), ==, 0);
	g_assert_cmpfloat(stats_percentile_ms(&s, 50), ==, 50);
	g_assert_cmpfloat(stats_percentile_ms(&s, 99), ==, 99);
	g_assert_cmpfloat(stats_percentile_ms(&s, 100), ==, 100);
	stats_add(&s, UINT64_MAX);
	g_assert_cmpfloat(stats_percentile_ms(&s, 100), ==, UINT32_MAX / 1000.0);
}

/* Only the newest count. */
static void test_forgets(void)
{
	static struct stats_series s;

	for (unsigned i = 0; i < 1000; i++)
		stats_add(&s, 1000000);
	for (unsigned i = 0; i < STATS_SAMPLES; i++)
		stats_add(&s, 1000);
	g_assert_cmpfloat(stats_percentile_ms(&s, 100), ==, 1);
}

static void test_meter(void)
{
	struct stats_meter m = { 0 };
	uint64_t now = 5000000;

	for (unsigned i = 0; i <= 60; i++)
		stats_count(&m, 1, 1000, now + i * 1000000 / 60);
	g_assert_cmpfloat_with_epsilon(m.per_second, 60, 1);
	g_assert_cmpfloat_with_epsilon(m.kbps, 480, 10);
	stats_settle(&m, now + 10000000);
	g_assert_cmpfloat(m.per_second, <, 1);
	stats_settle(&m, now + 20000000);
	g_assert_cmpfloat(m.per_second, ==, 0);
	g_assert_cmpfloat(m.kbps, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/percentiles", test_percentiles);
	g_test_add_func("/stats/forgets", test_forgets);
	g_test_add_func("/stats/meter", test_meter);
	return g_test_run();
}

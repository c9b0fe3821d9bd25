/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "retry.h"

static void test_delays(void)
{
	guint i;

	g_assert_cmpuint(retry_delay_ms(0, 0, 0), ==, 0);
	for (i = 1; i < 1000; i++)
		g_assert_cmpuint(retry_delay_ms(i, 0, 0), <=, 700);
	g_assert_cmpuint(retry_delay_ms(500, 300, 0), ==, 400); /* from one beginning to the next */
	g_assert_cmpuint(retry_delay_ms(500, 3000, 0), ==, 0);
	g_assert_cmpuint(retry_delay_ms(100000, 0, 0), ==, 5000);
}

/* A cloud that is away is not asked for addresses each second. */
static void test_renewals(void)
{
	g_assert_cmpuint(retry_delay_ms(1, 0, 1), ==, 100); /* a token that ran out costs no time */
	g_assert_cmpuint(retry_delay_ms(1, 0, 2), ==, 4000);
	g_assert_cmpuint(retry_delay_ms(1, 0, 1000), ==, 15000);
}

static void test_patience(void)
{
	guint i, patient = 0;

	g_assert_cmpuint(retry_connect_ms(1, 0), ==, 700);
	g_assert_cmpuint(retry_connect_ms(1, 900), ==, 1800); /* a slow way, known from before */
	g_assert_cmpuint(retry_connect_ms(1, 60000), ==, 4000);
	for (i = 1; i <= 16; i++)
		patient += retry_connect_ms(i, 0) == 4000;
	g_assert_cmpuint(patient, ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/retry/delays", test_delays);
	g_test_add_func("/retry/renewals", test_renewals);
	g_test_add_func("/retry/patience", test_patience);
	return g_test_run();
}

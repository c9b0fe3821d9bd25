/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "pace/link.h"

#define MS UINT64_C(1000)

/* TCP's value holds while acknowledgements take about as long as TCP's round trips. */
static void test_direct(void)
{
	struct link link = { .rtt_us = 22 * MS, .min_rtt_us = 20 * MS };

	link_add_acks(&link, 150 * MS, 24 * MS); /* a busy viewer */
	g_assert_cmpuint(link.rtt_us, ==, 22 * MS);
	g_assert_cmpuint(link.min_rtt_us, ==, 20 * MS);
}

/* TCP knows the way to a proxy, but not the way behind it. */
static void test_proxy(void)
{
	struct link link = { .rtt_us = 2 * MS, .min_rtt_us = MS };

	link_add_acks(&link, 150 * MS, 24 * MS);
	g_assert_cmpuint(link.rtt_us, ==, 150 * MS);
	g_assert_cmpuint(link.min_rtt_us, ==, 24 * MS);
}

static void test_unix_socket(void)
{
	struct link link = { 0 };

	link_add_acks(&link, 3 * MS, MS);
	g_assert_cmpuint(link.rtt_us, ==, 3 * MS);
	g_assert_cmpuint(link.min_rtt_us, ==, MS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/direct", test_direct);
	g_test_add_func("/link/proxy", test_proxy);
	g_test_add_func("/link/unix-socket", test_unix_socket);
	return g_test_run();
}

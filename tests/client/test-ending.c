/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/ending.h"

#define NOW G_GINT64_CONSTANT(1800000000)

static const struct {
	gint64 ends;
	enum ending_stage ending;
} cases[] = {
	{ 0, ENDING_FAR }, { -1, ENDING_FAR }, { G_MAXINT64, ENDING_FAR },
	{ NOW + 601, ENDING_FAR }, { NOW + 600, ENDING_SOON }, { NOW + 121, ENDING_SOON },
	{ NOW + 120, ENDING_NEAR }, { NOW + 1, ENDING_NEAR }, { NOW, ENDING_OVER },
	{ NOW - 86400, ENDING_OVER }, { 1, ENDING_OVER },
};

static void test_at(void)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(ending_at(cases[i].ends, NOW), ==, cases[i].ending);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ending/at", test_at);
	return g_test_run();
}

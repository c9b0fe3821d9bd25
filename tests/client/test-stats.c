/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/stats.h"

#include <glib/gstdio.h>
#include <string.h>

static void add(struct stats *stats, guint64 frame, gint64 capture, gint64 presented)
{
	struct stats_frame f = {
		.frame = frame, .capture_us = capture, .received_us = 1000, .decoded_us = 3000,
		.presented_us = presented, .bytes = 500, .width = 64, .height = 48,
		.damage_rects = 1,
	};

	stats_add(stats, &f);
}

static void test_summary(void)
{
	struct stats *stats = stats_new(NULL, NULL);
	struct stats_summary s;

	stats_set_names(stats, "h264", "dec", "x11");
	add(stats, 1, 900, 4000); /* the clock is not known yet */
	stats_set_clock_offset(stats, 100);
	add(stats, 2, 1100, 5000); /* captured at 1000 here: 4 ms */
	add(stats, 3, 1100, 7000); /* 6 ms */
	add(stats, 4, 1100, 9000); /* 8 ms */
	add(stats, 5, 1100, 0);
	stats_read(stats, 0, &s);
	g_assert_cmpfloat(s.latency_ms, ==, 6.0);
	g_assert_cmpuint(s.total, ==, 5);
	g_assert_cmpuint(s.total_dropped, ==, 1);
	g_assert_cmpfloat(s.decode_ms, ==, 2.0);
	g_assert_cmpstr(s.decoder, ==, "dec");
	stats_read(stats, 0, &s);
	g_assert_cmpfloat(s.latency_ms, <, 0);
	/* Times from a hostile server. */
	stats_set_clock_offset(stats, G_MININT64);
	add(stats, 6, G_MAXINT64, G_MAXINT64);
	add(stats, 7, G_MININT64, 1);
	stats_read(stats, 99, &s);
	stats_read(stats, 0, &s);
	stats_free(stats);
}

static void test_file(void)
{
	g_autofree char *dir = g_dir_make_tmp("stats-XXXXXX", NULL),
			*path = g_build_filename(dir, "s.jsonl", NULL);
	g_autofree char *text = NULL;
	struct stats *stats = stats_new(path, NULL);
	GStatBuf st;

	stats_event(stats, "start");
	add(stats, 1, 900, 4000);
	stats_set_clock_offset(stats, -5);
	add(stats, 2, 900, 0);
	stats_free(stats);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "{\"event\": \"start\", \"time_us\": "));
	g_assert_nonnull(strstr(text, "\"frame\": 1, \"capture_us\": 900, \"received_us\": 1000, "
			"\"decoded_us\": 3000, "
				      "\"presented_us\": 4000"));
	g_assert_nonnull(strstr(text, "\"dropped\": false, \"clock_offset_us\": null}"));
	g_assert_nonnull(strstr(text, "\"dropped\": true, \"clock_offset_us\": -5}"));
	g_assert_cmpint(g_stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 077, ==, 0);
	g_remove(path);
	g_rmdir(dir);
	g_assert_null(stats_new("/nonexistent/x", NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/summary", test_summary);
	g_test_add_func("/stats/file", test_file);
	return g_test_run();
}

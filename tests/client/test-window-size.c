/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "window/window-size.h"

static const struct window_room full_hd = { 1920, 1040, 320, 200, 1 };
static const struct window_room laptop = { 1366, 700, 320, 200, 1 };
static const struct window_room twice = { 1280, 720, 320, 200, 2 };
static const struct window_room tiny = { 300, 150, 320, 200, 1 };

static const struct {
	const struct window_room *room;
	int guest_width, guest_height, percent, width, height;
	gboolean limited;
} sizes[] = {
	{ &full_hd, 720, 400, 100, 720, 400, FALSE },
	{ &full_hd, 640, 480, 100, 640, 480, FALSE },
	{ &full_hd, 1024, 768, 100, 1024, 768, FALSE },
	{ &full_hd, 16, 16, 100, 320, 200, FALSE },
	{ &full_hd, 1, 1, 100, 320, 200, FALSE },
	{ &full_hd, 1920, 1040, 100, 1920, 1040, FALSE },
	{ &full_hd, 1920, 1080, 100, 1848, 1040, TRUE },
	{ &full_hd, 3840, 1040, 100, 1920, 520, TRUE },
	{ &full_hd, 800, 600, 50, 400, 300, FALSE },
	{ &full_hd, 800, 600, 150, 1200, 900, FALSE },
	{ &full_hd, 800, 600, 400, 1386, 1040, TRUE },
	{ &laptop, 1360, 768, 100, 1239, 700, TRUE },
	{ &laptop, 1280, 700, 100, 1280, 700, FALSE },
	{ &twice, 1280, 800, 100, 640, 400, FALSE },
	{ &twice, 1281, 801, 100, 641, 401, FALSE }, /* never too small for a pixel */
	{ &twice, 2560, 1440, 100, 1280, 720, FALSE },
	{ &twice, 3840, 2160, 100, 1280, 720, TRUE },
	{ &twice, 16, 16, 100, 320, 200, FALSE },
	{ &tiny, 1024, 768, 100, 300, 150, TRUE }, /* no minimum beyond the screen */
	{ &full_hd, 16384, 16384, 400, 1040, 1040, TRUE },
};

static void test_sizes(void)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int width, height;

		g_test_message("%dx%d at %d %%", sizes[i].guest_width, sizes[i].guest_height,
				sizes[i].percent);
		window_size_for_guest(sizes[i].room, sizes[i].guest_width, sizes[i].guest_height,
				sizes[i].percent, &width, &height);
		g_assert_cmpint(width, ==, sizes[i].width);
		g_assert_cmpint(height, ==, sizes[i].height);
		g_assert_cmpint(window_size_is_limited(sizes[i].room, sizes[i].guest_width,
				sizes[i].guest_height, sizes[i].percent), ==, sizes[i].limited);
	}
}

/* A window manager answers each wish, late, with a pixel more or less. */
static void test_ours(void)
{
	struct window_size size = { 0 };
	int i;

	g_assert_false(window_size_is_ours(&size, 1024, 768));
	window_size_asked(&size, 1024, 768);
	window_size_asked(&size, 720, 400);
	window_size_asked(&size, 640, 480);
	g_assert_true(window_size_is_ours(&size, 720, 400));
	g_assert_true(window_size_is_ours(&size, 1024, 768));
	g_assert_true(window_size_is_ours(&size, 639, 481));
	g_assert_false(window_size_is_ours(&size, 640, 400));
	g_assert_false(window_size_is_ours(&size, 900, 700));
	for (i = 0; i < WINDOW_SIZE_ASKED; i++)
		window_size_asked(&size, 800 + 10 * i, 600);
	g_assert_false(window_size_is_ours(&size, 720, 400));
	g_assert_true(window_size_is_ours(&size, 800, 600));
	g_assert_false(size.window_leads);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/window-size/for-guest", test_sizes);
	g_test_add_func("/window-size/ours", test_ours);
	return g_test_run();
}

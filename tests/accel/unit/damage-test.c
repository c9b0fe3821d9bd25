/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/damage.h"
#include "check-rect.h"

#define WIDTH 320
#define HEIGHT 200

/* The pixels that a region covers, one by one: the truth that the rectangles are held against. */
static void paint(uint8_t *map, const struct damage *d)
{
	memset(map, 0, WIDTH * HEIGHT);
	for (unsigned i = 0; i < d->n; i++) {
		const struct spice_accel_rect *r = &d->rects[i];

		g_assert_cmpint(r->x, >=, 0);
		g_assert_cmpint(r->y, >=, 0);
		g_assert_cmpint(r->width, >, 0);
		g_assert_cmpint(r->height, >, 0);
		g_assert_cmpint(r->x + r->width, <=, WIDTH);
		g_assert_cmpint(r->y + r->height, <=, HEIGHT);
		for (int y = r->y; y < r->y + r->height; y++)
			memset(map + y * WIDTH + r->x, 1, (size_t)r->width);
	}
}

static void test_clips(void)
{
	struct damage d = { 0 };
	struct spice_accel_rect outside[] = {
		{ -10, 0, 10, 10 }, { WIDTH, 0, 5, 5 }, { 0, HEIGHT, 5, 5 }, { 3, 3, 0, 5 },
		{ 3, 3, 5, -1 }, { INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX },
		{ INT32_MIN, 0, INT32_MAX, 5 },
	};
	struct spice_accel_rect over = { -5, -6, 1000, 20 };

	for (unsigned i = 0; i < G_N_ELEMENTS(outside); i++)
		damage_add(&d, &outside[i], WIDTH, HEIGHT);
	g_assert_true(damage_is_empty(&d));
	damage_add(&d, &over, WIDTH, HEIGHT);
	g_assert_cmpuint(d.n, ==, 1);
	g_assert_cmpint(d.rects[0].x, ==, 0);
	g_assert_cmpint(d.rects[0].y, ==, 0);
	g_assert_cmpint(d.rects[0].width, ==, WIDTH);
	g_assert_cmpint(d.rects[0].height, ==, 14);
}

static void test_swallows(void)
{
	struct damage d = { 0 };
	struct spice_accel_rect inner = { 10, 10, 5, 5 }, outer = { 5, 5, 50, 50 };

	damage_add(&d, &inner, WIDTH, HEIGHT);
	damage_add(&d, &outer, WIDTH, HEIGHT);
	g_assert_cmpuint(d.n, ==, 1);
	damage_add(&d, &inner, WIDTH, HEIGHT);
	g_assert_cmpuint(d.n, ==, 1);
	g_assert_cmpuint(damage_area(&d), ==, 2500);
}

static void test_all(void)
{
	struct damage d = { 0 };
	struct spice_accel_rect part = { 0, 0, WIDTH, HEIGHT - 1 };

	damage_add(&d, &part, WIDTH, HEIGHT);
	g_assert_false(damage_is_all(&d, WIDTH, HEIGHT));
	damage_add_all(&d, WIDTH, HEIGHT);
	g_assert_true(damage_is_all(&d, WIDTH, HEIGHT));
	g_assert_cmpuint(damage_area(&d), ==, WIDTH * HEIGHT);
	damage_clear(&d);
	g_assert_true(damage_is_empty(&d));
	g_assert_cmpuint(damage_area(&d), ==, 0);
}

/* However many rectangles: never more than the limit, and no pixel is lost. */
static void test_loses_nothing(void)
{
	static uint8_t want[WIDTH * HEIGHT], have[WIDTH * HEIGHT];

	for (int round = 0; round < 60; round++) {
		struct damage d = { 0 };

		memset(want, 0, sizeof want);
		for (int i = 0; i < 60; i++) {
			struct spice_accel_rect r = { g_test_rand_int_range(-20, WIDTH),
				g_test_rand_int_range(-20, HEIGHT), g_test_rand_int_range(1, 60),
				g_test_rand_int_range(1, 60) };

			damage_add(&d, &r, WIDTH, HEIGHT);
			for (int y = MAX(r.y, 0); y < MIN(r.y + r.height, HEIGHT); y++)
				for (int x = MAX(r.x, 0); x < MIN(r.x + r.width, WIDTH); x++)
					want[y * WIDTH + x] = 1;
			g_assert_cmpuint(d.n, <=, DAMAGE_MAX_RECTS);
			paint(have, &d);
			for (int p = 0; p < WIDTH * HEIGHT; p++)
				g_assert_true(have[p] >= want[p]);
		}
	}
}

/* Two far apart groups stay two: joining takes the pair that wastes least. */
static void test_joins_cheaply(void)
{
	struct damage d = { 0 };

	for (int i = 0; i < 2 * DAMAGE_MAX_RECTS; i++) {
		struct spice_accel_rect r = { i % 2 ? 300 : 2 * (i / 2) % 16, 3 * (i / 2), 2, 2 };

		damage_add(&d, &r, WIDTH, HEIGHT);
	}
	for (unsigned i = 0; i < d.n; i++)
		g_assert_true(d.rects[i].x >= 300 || d.rects[i].x + d.rects[i].width < 100);
}

static void test_merge(void)
{
	struct damage a = { 0 }, b = { 0 };
	struct spice_accel_rect r = { 1, 2, 3, 4 }, s = { 100, 100, 7, 7 };

	damage_add(&a, &r, WIDTH, HEIGHT);
	damage_add(&b, &s, WIDTH, HEIGHT);
	damage_merge(&a, &b, 103, HEIGHT);
	g_assert_cmpuint(a.n, ==, 2);
	g_assert_cmpuint(damage_area(&a), ==, 12 + 3 * 7);
}

static void test_marks_blocks(void)
{
	uint8_t map[20 * 13];
	struct damage d = { 0 };
	struct spice_accel_rect r = { 15, 16, 2, 16 }, corner = { WIDTH - 1, HEIGHT - 1, 1, 1 };

	memset(map, 9, sizeof map);
	damage_add(&d, &r, WIDTH, HEIGHT);
	damage_add(&d, &corner, WIDTH, HEIGHT);
	damage_mark_blocks(&d, map, 20, 13, 16, 0);
	for (int y = 0; y < 13; y++)
		for (int x = 0; x < 20; x++) {
			bool touched = (y == 1 && x < 2) || (y == 12 && x == 19);

			g_assert_cmpuint(map[y * 20 + x], ==, touched ? 0 : 9);
		}
}

static void test_bounds(void)
{
	struct spice_accel_rect a = { 10, 20, 30, 40 }, b = { 100, 5, 10, 10 }, bounds;
	struct damage d = { 0 };

	bounds = damage_bounds(&d);
	g_assert_cmpint(bounds.width, ==, 0);
	damage_add(&d, &a, WIDTH, HEIGHT);
	damage_add(&d, &b, WIDTH, HEIGHT);
	bounds = damage_bounds(&d);
	check_rect(&bounds, 10, 5, 100, 55);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/damage/clips", test_clips);
	g_test_add_func("/damage/swallows", test_swallows);
	g_test_add_func("/damage/all", test_all);
	g_test_add_func("/damage/loses-nothing", test_loses_nothing);
	g_test_add_func("/damage/joins-cheaply", test_joins_cheaply);
	g_test_add_func("/damage/merge", test_merge);
	g_test_add_func("/damage/marks-blocks", test_marks_blocks);
	g_test_add_func("/damage/bounds", test_bounds);
	return g_test_run();
}

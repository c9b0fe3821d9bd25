/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "tiles/tile-map.h"

#define MS UINT64_C(1000)
#define START (100000 * MS)
#define REST (150 * MS)
#define WIDTH 330u /* 20 whole blocks and one of 10 pixels */
#define HEIGHT 100u /* 6 and one of 4 */

static struct damage one(int32_t x, int32_t y, int32_t width, int32_t height)
{
	return (struct damage){ 1, { { x, y, width, height } } };
}

/* The source changed in all blocks that the rectangle touches. */
static void change(struct tile_map *map, const struct spice_accel_rect *rect, uint64_t now)
{
	struct tile_span s = blocks_touched(&map->blocks, rect);

	for (uint32_t y = s.y0; y < s.y1; y++)
		for (uint32_t x = s.x0; x < s.x1; x++)
			tile_map_changed_at(map, (size_t)y * map->blocks.columns + x, now);
}

/* All that has rested is given once, and lies in the picture. */
static void test_brings_everything(void)
{
	static uint8_t covered[HEIGHT][WIDTH];
	struct spice_accel_rect rects[7];
	struct tile_map map;
	uint64_t wake;
	unsigned n;

	memset(covered, 0, sizeof covered);
	g_assert_cmpint(tile_map_init(&map, WIDTH, HEIGHT, START), ==, 0);
	g_assert_cmpuint(map.n_lossy, ==, 21 * 7);
	g_assert_cmpuint(tile_map_rested(&map, START + REST - 1, REST, 5000, rects, 7, &wake),
			==, 0);
	g_assert_cmpuint(wake, ==, START + REST);
	while ((n = tile_map_rested(&map, START + REST, REST, 5000, rects, 7, &wake))) {
		unsigned pixels = 0;

		for (unsigned i = 0; i < n; i++) {
			const struct spice_accel_rect *r = &rects[i];

			for (int32_t y = r->y; y < r->y + r->height; y++)
				for (int32_t x = r->x; x < r->x + r->width; x++)
					g_assert_cmpuint(covered[y][x]++, ==, 0);
			pixels += (unsigned)(r->width * r->height);
			tile_map_set_exact(&map, r);
		}
		g_assert_cmpuint(pixels, <=, 5000);
	}
	g_assert_cmpuint(wake, ==, 0);
	g_assert_true(tile_map_is_exact(&map));
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			g_assert_cmpuint(covered[y][x], ==, 1);
	tile_map_finish(&map);
}

/* However little may be sent, something is. */
static void test_one_block_at_least(void)
{
	struct spice_accel_rect rects[4];
	struct tile_map map;
	uint64_t wake;

	g_assert_cmpint(tile_map_init(&map, WIDTH, HEIGHT, START), ==, 0);
	g_assert_cmpuint(tile_map_rested(&map, START + REST, REST, 1, rects, 4, &wake), ==, 1);
	g_assert_cmpint(rects[0].width, ==, 16);
	g_assert_cmpint(rects[0].height, ==, 16);
	tile_map_finish(&map);
}

/* Pixels that cover a block in part leave it as it was; video spoils what it touches. */
static void test_parts(void)
{
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT }, most = { 16, 16, 15, 16 };
	struct damage dot = one(40, 40, 1, 1);
	struct tile_map map;

	g_assert_cmpint(tile_map_init(&map, WIDTH, HEIGHT, START), ==, 0);
	tile_map_set_exact(&map, &most);
	g_assert_cmpuint(map.n_lossy, ==, 21 * 7);
	tile_map_set_exact(&map, &all);
	tile_map_set_exact(&map, &all);
	g_assert_true(tile_map_is_exact(&map));
	tile_map_set_lossy(&map, &dot);
	tile_map_set_lossy(&map, &dot);
	g_assert_cmpuint(map.n_lossy, ==, 1);
	tile_map_set_exact(&map, &most);
	g_assert_cmpuint(map.n_lossy, ==, 1);
	tile_map_set_all_lossy(&map);
	g_assert_cmpuint(map.n_lossy, ==, 21 * 7);
	tile_map_finish(&map);
}

/* Tiles that change wait until they rest; the rest of the picture does not. */
static void test_motion(void)
{
	struct spice_accel_rect video = { 0, 0, 320, 32 }, rects[8];
	struct tile_map map;
	uint64_t wake, now = START;
	unsigned n;

	g_assert_cmpint(tile_map_init(&map, WIDTH, HEIGHT, START), ==, 0);
	for (unsigned i = 0; i < 20; i++, now += 16 * MS) {
		g_assert_true(tile_map_is_hot(&map, &video) == (i > TILE_HOT - 1));
		change(&map, &video, now);
	}
	n = tile_map_rested(&map, now, REST, 1u << 20, rects, 8, &wake);
	g_assert_cmpuint(n, >=, 1);
	for (unsigned i = 0; i < n; i++) {
		g_assert_true(rects[i].y >= 32 || rects[i].x >= 320);
		tile_map_set_exact(&map, &rects[i]);
	}
	g_assert_cmpuint(tile_map_rested(&map, now, REST, 1u << 20, rects, 8, &wake), ==, 0);
	g_assert_cmpuint(wake, ==, now - 16 * MS + REST);
	change(&map, &video, now + TILE_MOTION_US);
	g_assert_false(tile_map_is_hot(&map, &video));
	tile_map_finish(&map);
}

/* Rectangles that a caller should never give do no harm. */
static void test_outside(void)
{
	struct spice_accel_rect far[] = { { -50, -50, 20, 20 }, { 5000, 10, 10, 10 },
		{ 0, 0, 0, 0 },
		{ INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX }, { -5, -5, 10, 10 } };
	struct tile_map map;

	g_assert_cmpint(tile_map_init(&map, WIDTH, HEIGHT, START), ==, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(far); i++) {
		struct damage damage = { 1, { far[i] } };

		change(&map, &far[i], START);
		tile_map_set_lossy(&map, &damage);
		tile_map_set_exact(&map, &far[i]);
		g_assert_false(tile_map_is_hot(&map, &far[i]));
	}
	g_assert_cmpuint(map.n_lossy, ==, 21 * 7);
	tile_map_finish(&map);
	tile_map_finish(&map);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tile-map/brings-everything", test_brings_everything);
	g_test_add_func("/tile-map/one-block-at-least", test_one_block_at_least);
	g_test_add_func("/tile-map/parts", test_parts);
	g_test_add_func("/tile-map/motion", test_motion);
	g_test_add_func("/tile-map/outside", test_outside);
	return g_test_run();
}

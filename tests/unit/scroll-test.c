/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "exact/scroll.h"

#define WIDTH 800u
#define HEIGHT 600u

static uint32_t pixels[HEIGHT][WIDTH], old[HEIGHT][WIDTH];

struct stage {
	struct spice_accel_frame *frame;
	struct tile_map map;
	struct shadow shadow;
};

/* Lines of text on white: most rows of a strip look like others. */
static void draw_text(uint32_t seed)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(seed);

	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			pixels[y][x] = y % 16 < 11 && g_rand_int_range(random, 0, 4) == 0 ? 0x202020 : 0xffffff;
}

static void open_stage(struct stage *s)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = WIDTH, .height = HEIGHT,
		.fourcc = DRM_FORMAT_XRGB8888, .stride = WIDTH * 4, .data = pixels };
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };

	draw_text(1);
	g_assert_cmpint(spice_accel_frame_create_memory(&s->frame, &params), ==, 0);
	g_assert_cmpint(tile_map_init(&s->map, WIDTH, HEIGHT, 1), ==, 0);
	g_assert_cmpint(shadow_init(&s->shadow, s->frame, &s->map), ==, 0);
	shadow_copy(&s->shadow, s->frame, &all);
	tile_map_set_exact(&s->map, &all);
	memcpy(old, pixels, sizeof old);
}

static void close_stage(struct stage *s)
{
	shadow_finish(&s->shadow);
	tile_map_finish(&s->map);
	spice_accel_frame_unref(s->frame);
}

/* Moves a part of the picture and draws something new into what it leaves. */
static void scroll_pixels(const struct spice_accel_rect *r, int32_t dy)
{
	for (int32_t y = r->y; y < r->y + r->height; y++)
		for (int32_t x = r->x; x < r->x + r->width; x++) {
			int32_t from = y - dy;
			bool inside = from >= r->y && from < r->y + r->height;

			pixels[y][x] = inside ? old[from][x] : (uint32_t)(x * 77 + y * 13);
		}
}

static void test_finds(void)
{
	static const int32_t by[] = { -48, -3, 16, 200, -250 };
	struct spice_accel_rect r = { 64, 32, 640, 512 };

	for (unsigned i = 0; i < G_N_ELEMENTS(by); i++) {
		struct scroll found;
		struct stage s;

		open_stage(&s);
		scroll_pixels(&r, by[i]);
		g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &r, &found), ==, 1);
		g_assert_cmpint(found.dy, ==, by[i]);
		g_assert_cmpint(found.to.x, ==, r.x);
		g_assert_cmpint(found.to.width, ==, r.width);
		g_assert_cmpint(found.to.height, ==, r.height - ABS(by[i]));
		scroll_apply(&found, &s.shadow, &s.map);
		for (int32_t y = found.to.y; y < found.to.y + found.to.height; y++)
			g_assert_cmpmem(s.shadow.pixels + (size_t)y * s.shadow.row_bytes + (size_t)found.to.x * 4,
					(size_t)found.to.width * 4, &pixels[y][found.to.x], (size_t)found.to.width * 4);
		close_stage(&s);
	}
}

/* A scroll bar beside it and a line that stays below do not hinder. */
static void test_parts(void)
{
	struct spice_accel_rect r = { 0, 0, WIDTH, HEIGHT }, text = { 0, 0, 784, 560 };
	struct scroll found;
	struct stage s;

	open_stage(&s);
	scroll_pixels(&text, -32);
	for (unsigned y = 100; y < 160; y++)
		for (unsigned x = 784; x < WIDTH; x++)
			pixels[y][x] ^= 0x404040;
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &r, &found), ==, 1);
	g_assert_cmpint(found.dy, ==, -32);
	g_assert_cmpint(found.to.width, ==, 784);
	g_assert_cmpint(found.to.height, ==, 528);
	close_stage(&s);
}

/* Where the viewer does not have the source exactly it is no copy. */
static void test_lossy(void)
{
	struct damage damage = { 1, { { 64, 32, 640, 512 } } };
	struct scroll found;
	struct stage s;

	open_stage(&s);
	tile_map_set_lossy(&s.map, &damage);
	scroll_pixels(&damage.rects[0], -48);
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &damage.rects[0], &found), ==, 0);
	close_stage(&s);
}

/* Other content, the same content, one colour, small areas: nothing. */
static void test_nothing(void)
{
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT }, small = { 0, 0, 100, 600 }, flat = { 0, 0, WIDTH, 63 };
	struct scroll found;
	struct stage s;

	open_stage(&s);
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &all, &found), ==, 0);
	draw_text(2);
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &all, &found), ==, 0);
	scroll_pixels(&all, 16);
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &small, &found), ==, 0);
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &flat, &found), ==, 0);
	memset(pixels, 0x80, sizeof pixels);
	g_assert_cmpint(scroll_find(&s.shadow, &s.map, s.frame, &all, &found), ==, 0);
	close_stage(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scroll/finds", test_finds);
	g_test_add_func("/scroll/parts", test_parts);
	g_test_add_func("/scroll/lossy", test_lossy);
	g_test_add_func("/scroll/nothing", test_nothing);
	return g_test_run();
}

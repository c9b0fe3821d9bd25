/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "check-rect.h"
#include "tiles/tiler.h"

#define MS UINT64_C(1000)
#define START (100000 * MS)
#define REST (150 * MS)
#define WIDTH 1920u
#define HEIGHT 1080u

static uint32_t pixels[WIDTH * HEIGHT];
static const struct exact_link lan = { 100000, 1 * MS };

static struct damage one(int32_t x, int32_t y, int32_t width, int32_t height)
{
	return (struct damage){ 1, { { x, y, width, height } } };
}

static struct spice_accel_frame *make_frame(void)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = WIDTH, .height = HEIGHT,
		.fourcc = DRM_FORMAT_XRGB8888, .stride = WIDTH * 4, .data = pixels };
	struct spice_accel_frame *frame;

	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

/* Other pixels there, reported and divided. */
static void change(struct exact *e, const struct spice_accel_frame *frame, struct damage *damage, uint64_t now)
{
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];

		for (int32_t y = r->y; y < r->y + r->height; y++)
			for (int32_t x = r->x; x < r->x + r->width; x++)
				pixels[y * (int32_t)WIDTH + x]++;
	}
	e->reported = *damage;
	damage_clear(damage);
	exact_look(e, frame, damage, now);
	exact_split(e, damage, &lan, now);
}

/* Text goes as tiles, a whole screen as video. */
static void test_sizes(void)
{
	struct damage text = one(100, 100, 16, 16), screen = one(0, 0, WIDTH, HEIGHT);
	struct spice_accel_frame *frame = make_frame();
	struct exact e = { 0 };

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	change(&e, frame, &text, START);
	g_assert_true(damage_is_empty(&text));
	g_assert_cmpuint(e.tiles.n, ==, 1);
	damage_clear(&e.tiles);
	change(&e, frame, &screen, START + MS);
	g_assert_true(damage_is_empty(&e.tiles));
	g_assert_true(damage_is_all(&screen, WIDTH, HEIGHT));
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* A video in a part of the screen goes as video soon, and text beside it does not. */
static void test_video_beside_text(void)
{
	struct spice_accel_frame *frame = make_frame();
	unsigned as_video = 0, as_tiles = 0;
	struct exact e = { 0 };

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	for (unsigned i = 0; i < 300; i++) {
		struct damage damage = one(200, 200, 320, 240);
		struct spice_accel_rect letter = { 1000 + (int32_t)i % 50 * 10, 900, 10, 16 };
		uint64_t now = START + i * 16 * MS;

		damage_add(&damage, &letter, WIDTH, HEIGHT);
		change(&e, frame, &damage, now);
		as_tiles += e.tiles.n;
		as_video += damage.n;
		g_assert_cmpuint(e.tiles.n, >=, 1);
		exact_video(&e, frame, &damage);
		g_assert_cmpint(exact_take_changes(&e, frame), ==, 1);
		exact_sent(&e, i + 1, 2000, true, now);
	}
	g_assert_cmpuint(as_tiles, <, 310);
	g_assert_cmpuint(as_video, >, 290);
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* Tiles never take more than their part of the link. */
static void test_spends_its_part(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct exact e = { 0 };
	double bytes = 0;

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	for (unsigned i = 0; i < 10 * 60; i++) {
		/* always elsewhere, so never hot */
		struct damage damage = one((int32_t)(i * 61 % 1800), (int32_t)(i * 37 % 900), 100, 100);
		uint64_t now = START + i * 1000 * MS / 60;

		change(&e, frame, &damage, now);
		if (exact_take_changes(&e, frame) > 0) {
			exact_sent(&e, i, e.batch.size, true, now);
			bytes += (double)e.batch.size;
		}
	}
	/* 16 Mbit/s for ten seconds, and half a second at once */
	g_assert_cmpfloat(bytes * 8 / 10 / 1000, <, 16000 * 1.1);
	g_assert_cmpfloat(bytes * 8 / 10 / 1000, >, 16000 * 0.4);
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* A picture at rest becomes exact, as fast as acknowledgements come. */
static void test_becomes_exact(void)
{
	struct spice_accel_frame *frame = make_frame();
	uint64_t now = START, number = 0, wake, took;
	struct exact e = { 0 };

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	g_assert_cmpint(exact_take_rested(&e, frame, 100000, REST, now, &wake), ==, 0);
	g_assert_cmpuint(wake, ==, START + REST);
	for (now = wake; !exact_is_exact(&e) && now < START + 100 * REST; now += 5 * MS) {
		size_t room = exact_room(&e, &lan, now);

		if (!room || exact_take_rested(&e, frame, room, REST, now, &wake) <= 0)
			continue;
		g_assert_cmpuint(e.batch.message.n_rects, >, 0);
		exact_sent(&e, ++number, e.batch.size / 3, false, now);
		if (number > 2)
			g_assert_true(exact_acked(&e, number - 2, now, &took));
	}
	g_assert_true(exact_is_exact(&e));
	g_assert_false(exact_acked(&e, 1, now, &took));
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* Without acknowledgements a bounded number of bytes goes out, until they are given up. */
static void test_window(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct exact e = { 0 };
	size_t before = SIZE_MAX, room;
	uint64_t number = 0;

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	while ((room = exact_room(&e, &lan, START))) {
		g_assert_cmpuint(room, <, before);
		before = room;
		exact_sent(&e, ++number, 100000, false, START);
	}
	g_assert_cmpuint(number, <=, 12);
	g_assert_cmpuint(exact_room(&e, &lan, START + EXACT_ACK_TIMEOUT_US + 1), >, 0);
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* What was taken and cannot be sent is not lost. */
static void test_give_back(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct damage damage = one(10, 20, 30, 40), back = { 0 };
	struct exact e = { 0 };

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	change(&e, frame, &damage, START);
	g_assert_cmpint(exact_take_changes(&e, frame), ==, 1);
	g_assert_true(e.stale);
	exact_give_back(&e, &back);
	g_assert_cmpuint(back.n, ==, 1);
	check_rect(&back.rects[0], 10, 20, 30, 40);
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* Video is taken in whole blocks, which are lossy then. */
static void test_video(void)
{
	struct damage damage = one(17, 18, 2, 3), edge = one(1915, 1075, 5, 5);
	struct spice_accel_frame *frame = make_frame();
	struct exact e = { 0 };
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	tile_map_set_exact(&e.map, &all);
	g_assert_true(exact_is_exact(&e));
	exact_video(&e, frame, &damage);
	check_rect(&damage.rects[0], 16, 16, 16, 16);
	exact_video(&e, frame, &edge);
	check_rect(&edge.rects[0], 1904, 1072, 16, 8);
	g_assert_cmpuint(e.map.n_lossy, ==, 2);
	exact_video_all(&e);
	g_assert_false(exact_is_exact(&e));
	exact_end(&e);
	g_assert_false(exact_is_exact(&e));
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

/* A guest that reports the whole screen each time: only what changed is sent, and a
 * picture that only is reported as changed becomes exact and stays so. */
static void test_looks(void)
{
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };
	struct spice_accel_frame *frame = make_frame();
	struct damage damage = { 0 };
	uint64_t now = START, wake;
	struct exact e = { 0 };

	g_assert_cmpint(exact_begin(&e, frame, START), ==, 0);
	for (; now < START + 400 * MS; now += 16 * MS) {
		damage_clear(&damage);
		damage_add(&e.reported, &all, WIDTH, HEIGHT);
		exact_look(&e, frame, &damage, now);
		while (exact_take_rested(&e, frame, SIZE_MAX / 2, REST, now, &wake) > 0)
			continue;
	}
	g_assert_true(exact_is_exact(&e));
	g_assert_true(damage_is_empty(&damage));
	pixels[500 * WIDTH + 700]++;
	pixels[1079 * WIDTH + 1919]++;
	damage_add(&e.reported, &all, WIDTH, HEIGHT);
	exact_look(&e, frame, &damage, now);
	g_assert_cmpuint(damage.n, ==, 2);
	check_rect(&damage.rects[0], 688, 496, 16, 16);
	check_rect(&damage.rects[1], 1904, 1072, 16, 8);
	/* as video: what it showed is known */
	exact_video(&e, frame, &damage);
	pixels[500 * WIDTH + 700]--;
	damage_clear(&damage);
	damage_add(&e.reported, &all, WIDTH, HEIGHT);
	exact_look(&e, frame, &damage, now + 16 * MS);
	g_assert_cmpuint(damage.n, ==, 1);
	check_rect(&damage.rects[0], 688, 496, 16, 16);
	/* as large video: it is not */
	damage = one(0, 0, WIDTH, HEIGHT / 2);
	exact_video(&e, frame, &damage);
	damage_clear(&damage);
	damage_add(&e.reported, &all, WIDTH, HEIGHT);
	exact_look(&e, frame, &damage, now + 32 * MS);
	g_assert_cmpuint(damage.n, ==, 1);
	check_rect(&damage.rects[0], 0, 0, WIDTH, 544);
	exact_finish(&e);
	spice_accel_frame_unref(frame);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exact/sizes", test_sizes);
	g_test_add_func("/exact/video-beside-text", test_video_beside_text);
	g_test_add_func("/exact/spends-its-part", test_spends_its_part);
	g_test_add_func("/exact/becomes-exact", test_becomes_exact);
	g_test_add_func("/exact/window", test_window);
	g_test_add_func("/exact/give-back", test_give_back);
	g_test_add_func("/exact/video", test_video);
	g_test_add_func("/exact/looks", test_looks);
	return g_test_run();
}

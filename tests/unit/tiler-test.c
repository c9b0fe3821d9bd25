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
static const struct link lan = { .target_kbps = 100000, .min_rtt_us = 1 * MS };

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
static void change(struct tiler *t, const struct spice_accel_frame *frame, struct damage *damage, uint64_t now)
{
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];

		for (int32_t y = r->y; y < r->y + r->height; y++)
			for (int32_t x = r->x; x < r->x + r->width; x++)
				pixels[y * (int32_t)WIDTH + x]++;
	}
	t->reported = *damage;
	damage_clear(damage);
	tiler_look(t, frame, damage, now);
	tiler_split(t, damage, &lan, now);
}

/* Text goes as tiles, a whole screen as video. */
static void test_sizes(void)
{
	struct damage text = one(100, 100, 16, 16), screen = one(0, 0, WIDTH, HEIGHT);
	struct spice_accel_frame *frame = make_frame();
	struct tiler t = { 0 };

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	change(&t, frame, &text, START);
	g_assert_true(damage_is_empty(&text));
	g_assert_cmpuint(t.tiles.n, ==, 1);
	damage_clear(&t.tiles);
	change(&t, frame, &screen, START + MS);
	g_assert_true(damage_is_empty(&t.tiles));
	g_assert_true(damage_is_all(&screen, WIDTH, HEIGHT));
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

/* A video in a part of the screen goes as video soon, and text beside it does not. */
static void test_video_beside_text(void)
{
	struct spice_accel_frame *frame = make_frame();
	unsigned as_video = 0, as_tiles = 0;
	struct tiler t = { 0 };

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	for (unsigned i = 0; i < 300; i++) {
		struct damage damage = one(200, 200, 320, 240);
		struct spice_accel_rect letter = { 1000 + (int32_t)i % 50 * 10, 900, 10, 16 };
		uint64_t now = START + i * 16 * MS;

		damage_add(&damage, &letter, WIDTH, HEIGHT);
		change(&t, frame, &damage, now);
		as_tiles += t.tiles.n;
		as_video += damage.n;
		g_assert_cmpuint(t.tiles.n, >=, 1);
		tiler_video(&t, frame, &damage);
		g_assert_cmpint(tiler_take_changes(&t, frame), ==, 1);
		tiler_sent(&t, i + 1, 2000, true, now);
	}
	g_assert_cmpuint(as_tiles, <, 310);
	g_assert_cmpuint(as_video, >, 290);
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

/* Tiles never take more than their part of the link. */
static void test_spends_its_part(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct tiler t = { 0 };
	double bytes = 0;

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	for (unsigned i = 0; i < 10 * 60; i++) {
		/* always elsewhere, so never hot */
		struct damage damage = one((int32_t)(i * 61 % 1800), (int32_t)(i * 37 % 900), 100, 100);
		uint64_t now = START + i * 1000 * MS / 60;

		change(&t, frame, &damage, now);
		if (tiler_take_changes(&t, frame) > 0) {
			tiler_sent(&t, i, t.batch.size, true, now);
			bytes += (double)t.batch.size;
		}
	}
	/* 16 Mbit/s for ten seconds, and half a second at once */
	g_assert_cmpfloat(bytes * 8 / 10 / 1000, <, 16000 * 1.1);
	g_assert_cmpfloat(bytes * 8 / 10 / 1000, >, 16000 * 0.4);
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

/* A picture at rest becomes exact, as fast as acknowledgements come. */
static void test_becomes_exact(void)
{
	struct spice_accel_frame *frame = make_frame();
	uint64_t now = START, number = 0, wake, took;
	struct tiler t = { 0 };

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	g_assert_cmpint(tiler_take_rested(&t, frame, 100000, REST, now, &wake), ==, 0);
	g_assert_cmpuint(wake, ==, START + REST);
	for (now = wake; !tiler_is_exact(&t) && now < START + 100 * REST; now += 5 * MS) {
		size_t room = tiler_room(&t, &lan, now);

		if (!room || tiler_take_rested(&t, frame, room, REST, now, &wake) <= 0)
			continue;
		g_assert_cmpuint(t.batch.message.n_rects, >, 0);
		tiler_sent(&t, ++number, t.batch.size / 3, false, now);
		if (number > 2)
			g_assert_true(tiler_acked(&t, number - 2, now, &took));
	}
	g_assert_true(tiler_is_exact(&t));
	g_assert_false(tiler_acked(&t, 1, now, &took));
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

/* Without acknowledgements a bounded number of bytes goes out, until they are given up. */
static void test_window(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct tiler t = { 0 };
	size_t before = SIZE_MAX, room;
	uint64_t number = 0;

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	while ((room = tiler_room(&t, &lan, START))) {
		g_assert_cmpuint(room, <, before);
		before = room;
		tiler_sent(&t, ++number, 100000, false, START);
	}
	g_assert_cmpuint(number, <=, 12);
	g_assert_cmpuint(tiler_room(&t, &lan, START + FLIGHT_ACK_TIMEOUT_US + 1), >, 0);
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

/* What was taken and cannot be sent is not lost. */
static void test_give_back(void)
{
	struct spice_accel_frame *frame = make_frame();
	struct damage damage = one(10, 20, 30, 40), back = { 0 };
	struct tiler t = { 0 };

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	change(&t, frame, &damage, START);
	g_assert_cmpint(tiler_take_changes(&t, frame), ==, 1);
	g_assert_true(t.stale);
	tiler_give_back(&t, &back);
	g_assert_cmpuint(back.n, ==, 1);
	check_rect(&back.rects[0], 10, 20, 30, 40);
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

/* Video is taken in whole blocks, which are lossy then. */
static void test_video(void)
{
	struct damage damage = one(17, 18, 2, 3), edge = one(1915, 1075, 5, 5);
	struct spice_accel_frame *frame = make_frame();
	struct tiler t = { 0 };
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	tile_map_set_exact(&t.map, &all);
	g_assert_true(tiler_is_exact(&t));
	tiler_video(&t, frame, &damage);
	check_rect(&damage.rects[0], 16, 16, 16, 16);
	tiler_video(&t, frame, &edge);
	check_rect(&edge.rects[0], 1904, 1072, 16, 8);
	g_assert_cmpuint(t.map.n_lossy, ==, 2);
	tiler_video_all(&t);
	g_assert_false(tiler_is_exact(&t));
	tiler_end(&t);
	g_assert_false(tiler_is_exact(&t));
	tiler_finish(&t);
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
	struct tiler t = { 0 };

	g_assert_cmpint(tiler_begin(&t, frame, START), ==, 0);
	for (; now < START + 400 * MS; now += 16 * MS) {
		damage_clear(&damage);
		damage_add(&t.reported, &all, WIDTH, HEIGHT);
		tiler_look(&t, frame, &damage, now);
		while (tiler_take_rested(&t, frame, SIZE_MAX / 2, REST, now, &wake) > 0)
			continue;
	}
	g_assert_true(tiler_is_exact(&t));
	g_assert_true(damage_is_empty(&damage));
	pixels[500 * WIDTH + 700]++;
	pixels[1079 * WIDTH + 1919]++;
	damage_add(&t.reported, &all, WIDTH, HEIGHT);
	tiler_look(&t, frame, &damage, now);
	g_assert_cmpuint(damage.n, ==, 2);
	check_rect(&damage.rects[0], 688, 496, 16, 16);
	check_rect(&damage.rects[1], 1904, 1072, 16, 8);
	/* as video: what it showed is known */
	tiler_video(&t, frame, &damage);
	pixels[500 * WIDTH + 700]--;
	damage_clear(&damage);
	damage_add(&t.reported, &all, WIDTH, HEIGHT);
	tiler_look(&t, frame, &damage, now + 16 * MS);
	g_assert_cmpuint(damage.n, ==, 1);
	check_rect(&damage.rects[0], 688, 496, 16, 16);
	/* as large video: it is not */
	damage = one(0, 0, WIDTH, HEIGHT / 2);
	tiler_video(&t, frame, &damage);
	damage_clear(&damage);
	damage_add(&t.reported, &all, WIDTH, HEIGHT);
	tiler_look(&t, frame, &damage, now + 32 * MS);
	g_assert_cmpuint(damage.n, ==, 1);
	check_rect(&damage.rects[0], 0, 0, WIDTH, 544);
	tiler_finish(&t);
	spice_accel_frame_unref(frame);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tiler/sizes", test_sizes);
	g_test_add_func("/tiler/video-beside-text", test_video_beside_text);
	g_test_add_func("/tiler/spends-its-part", test_spends_its_part);
	g_test_add_func("/tiler/becomes-exact", test_becomes_exact);
	g_test_add_func("/tiler/window", test_window);
	g_test_add_func("/tiler/give-back", test_give_back);
	g_test_add_func("/tiler/video", test_video);
	g_test_add_func("/tiler/looks", test_looks);
	return g_test_run();
}

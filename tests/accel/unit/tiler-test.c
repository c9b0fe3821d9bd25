/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "check-rect.h"
#include "pace/flight.h"
#include "tiles/look.h"
#include "tiles/tile-batch.h"
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
	struct spice_accel_memory_params params = { .size = sizeof params, .width = WIDTH,
		.height = HEIGHT,
		.fourcc = DRM_FORMAT_XRGB8888, .stride = WIDTH * 4, .data = pixels };
	struct spice_accel_frame *frame;

	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

struct stage {
	struct spice_accel_frame *frame;
	struct pixels *pixels;
	struct tiler *tiler;
	struct backlog backlog;
};

static void open_stage(struct stage *s)
{
	struct damage all;

	s->frame = make_frame();
	g_assert_cmpint(tiler_create(&s->tiler), ==, 0);
	g_assert_false(tiler_is_active(s->tiler));
	g_assert_cmpint(pixels_create(&s->pixels, s->frame), ==, 0);
	pixels_show(s->pixels, s->frame);
	g_assert_cmpint(tiler_begin(s->tiler, WIDTH, HEIGHT, START), ==, 0);
	g_assert_true(tiler_is_active(s->tiler));
	memset(&s->backlog, 0, sizeof s->backlog);
	backlog_resize(&s->backlog, WIDTH, HEIGHT);
	backlog_take_video(&s->backlog, 0, &all);
}

static void close_stage(struct stage *s)
{
	tiler_destroy(s->tiler);
	pixels_destroy(s->pixels);
	spice_accel_frame_unref(s->frame);
}

static const struct damage *at(const struct stage *s, enum backlog_stage stage)
{
	return backlog_at(&s->backlog, stage);
}

static void report(struct stage *s, const struct damage *damage, uint64_t now)
{
	backlog_add(&s->backlog, BACKLOG_REPORTED, damage);
	look_run(tiler_look_begin(s->tiler, &s->backlog, now), s->pixels);
	tiler_look_finish(s->tiler, &s->backlog);
	g_assert_false(backlog_has(&s->backlog, BACKLOG_REPORTED));
}

static void draw(const struct damage *damage)
{
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];

		for (int32_t y = r->y; y < r->y + r->height; y++)
			for (int32_t x = r->x; x < r->x + r->width; x++)
				pixels[y * (int32_t)WIDTH + x]++;
	}
}

/* Other pixels there, reported and divided. */
static void change(struct stage *s, const struct damage *damage, uint64_t now)
{
	draw(damage);
	report(s, damage, now);
	tiler_divide(s->tiler, &s->backlog, &lan, now);
}

/* Sends all that waits for video. */
static struct damage take_video(struct stage *s)
{
	struct damage damage;

	if (tiler_take_video(s->tiler, &s->backlog, &damage))
		for (unsigned i = 0; i < damage.n; i++)
			pixels_remember(s->pixels, &damage.rects[i]);
	return damage;
}

/* As tiler_take_changes() and tiler_take_rested(), with the pixels. */
static int take_changes(struct stage *s)
{
	int ret = tiler_take_changes(s->tiler, &s->backlog);

	if (ret > 0)
		g_assert_cmpint(tile_batch_read(tiler_batch(s->tiler), s->pixels), ==, 0);
	return ret;
}

static int take_rested(struct stage *s, size_t room, uint64_t now, uint64_t *wake)
{
	int ret = tiler_take_rested(s->tiler, room, REST, now, wake);

	if (ret > 0)
		g_assert_cmpint(tile_batch_read(tiler_batch(s->tiler), s->pixels), ==, 0);
	return ret;
}

/* Sends all lossy areas. */
static void make_exact(struct stage *s, uint64_t now)
{
	uint64_t wake;

	while (take_rested(s, SIZE_MAX / 2, now, &wake) > 0)
		continue;
	g_assert_true(tiler_is_exact(s->tiler));
}

/* Text goes as tiles, a whole screen as video. */
static void test_sizes(void)
{
	struct damage text = one(100, 100, 16, 16), screen = one(0, 0, WIDTH, HEIGHT), tiles;
	struct stage s;

	open_stage(&s);
	change(&s, &text, START);
	g_assert_false(backlog_has(&s.backlog, BACKLOG_VIDEO));
	g_assert_cmpuint(at(&s, BACKLOG_TILES)->n, ==, 1);
	backlog_take_tiles(&s.backlog, &tiles);
	change(&s, &screen, START + MS);
	g_assert_false(backlog_has(&s.backlog, BACKLOG_TILES));
	g_assert_true(damage_is_all(at(&s, BACKLOG_VIDEO), WIDTH, HEIGHT));
	close_stage(&s);
}

/* A video in a part of the screen goes as video soon, and text beside it does not. */
static void test_video_beside_text(void)
{
	unsigned as_video = 0, as_tiles = 0;
	struct stage s;

	open_stage(&s);
	for (unsigned i = 0; i < 300; i++) {
		struct damage damage = one(200, 200, 320, 240);
		struct spice_accel_rect letter = { 1000 + (int32_t)i % 50 * 10, 900, 10, 16 };
		uint64_t now = START + i * 16 * MS;

		damage_add(&damage, &letter, WIDTH, HEIGHT);
		change(&s, &damage, now);
		as_tiles += at(&s, BACKLOG_TILES)->n;
		as_video += at(&s, BACKLOG_VIDEO)->n;
		g_assert_cmpuint(at(&s, BACKLOG_TILES)->n, >=, 1);
		take_video(&s);
		g_assert_cmpint(take_changes(&s), ==, 1);
		tiler_sent(s.tiler, i + 1, 2000, true, now);
	}
	/* 300 letters, and the first frames of the video until its blocks are hot */
	g_assert_cmpuint(as_tiles, <, 310);
	g_assert_cmpuint(as_video, >, 290);
	close_stage(&s);
}

/* Tiles never take more than their part of the link. */
static void test_spends_its_part(void)
{
	struct stage s;
	double bytes = 0;

	open_stage(&s);
	for (unsigned i = 0; i < 10 * 60; i++) {
		/* always elsewhere, so never hot */
		struct damage damage = one((int32_t)(i * 61 % 1800), (int32_t)(i * 37 % 900),
				100, 100);
		uint64_t now = START + i * 1000 * MS / 60;

		change(&s, &damage, now);
		if (take_changes(&s) > 0) {
			size_t size = tiler_batch(s.tiler)->size;

			tiler_sent(s.tiler, i, size, true, now);
			bytes += (double)size;
		}
		take_video(&s);
	}
	/* 16 Mbit/s for ten seconds, and half a second at once */
	g_assert_cmpfloat(bytes * 8 / 10 / 1000, <, 16000 * 1.1);
	g_assert_cmpfloat(bytes * 8 / 10 / 1000, >, 16000 * 0.4);
	close_stage(&s);
}

/* A picture at rest becomes exact, as fast as acknowledgements come. */
static void test_becomes_exact(void)
{
	uint64_t now = START, number = 0, wake, took;
	struct stage s;

	open_stage(&s);
	g_assert_cmpint(take_rested(&s, 100000, now, &wake), ==, 0);
	g_assert_cmpuint(wake, ==, START + REST);
	for (now = wake; !tiler_is_exact(s.tiler) && now < START + 100 * REST; now += 5 * MS) {
		size_t room = tiler_room(s.tiler, &lan, now);

		if (!room || take_rested(&s, room, now, &wake) <= 0)
			continue;
		g_assert_cmpuint(tiler_batch(s.tiler)->message.n_rects, >, 0);
		tiler_sent(s.tiler, ++number, tiler_batch(s.tiler)->size / 3, false, now);
		if (number > 2)
			g_assert_true(tiler_acked(s.tiler, number - 2, now, &took));
	}
	g_assert_true(tiler_is_exact(s.tiler));
	g_assert_cmpuint(tiler_counts(s.tiler).batches, ==, number);
	g_assert_false(tiler_acked(s.tiler, 1, now, &took));
	close_stage(&s);
}

/* Without acknowledgements a bounded number of bytes goes out, and then as many each second. */
static void test_window(void)
{
	size_t before = SIZE_MAX, room;
	uint64_t number = 0;
	struct stage s;

	open_stage(&s);
	while ((room = tiler_room(s.tiler, &lan, START))) {
		g_assert_cmpuint(room, <, before);
		before = room;
		tiler_sent(s.tiler, ++number, 100000, false, START);
	}
	g_assert_cmpuint(number, <=, 12);
	for (uint64_t at = FLIGHT_PROBE_US; at <= 5 * FLIGHT_PROBE_US; at += FLIGHT_PROBE_US) {
		g_assert_cmpuint(tiler_room(s.tiler, &lan, START + at - 1), ==, 0);
		g_assert_cmpuint(tiler_room(s.tiler, &lan, START + at), >, 0);
		tiler_sent(s.tiler, ++number, 100000, false, START + at);
		g_assert_cmpuint(tiler_room(s.tiler, &lan, START + at), ==, 0);
	}
	close_stage(&s);
}

/* Moves cost a slow viewer time, whatever they cost on the wire: their number is bounded. */
static void test_moves_wait(void)
{
	uint64_t number = 0, wake, took;
	struct stage s;

	open_stage(&s);
	while (!tiler_waits(s.tiler, START, &wake))
		tiler_move_sent(s.tiler, ++number, 40, START);
	g_assert_cmpuint(number, ==, FLIGHT_MAX);
	g_assert_cmpuint(wake, ==, START + FLIGHT_PROBE_US);
	g_assert_cmpuint(tiler_room(s.tiler, &lan, START), ==, 0);
	g_assert_false(tiler_waits(s.tiler, wake, &wake));
	g_assert_true(tiler_acked(s.tiler, 1, START, &took));
	g_assert_false(tiler_waits(s.tiler, START, &wake));
	close_stage(&s);
}

/* A batch that was taken and cannot be sent is not lost. */
static void test_give_back(void)
{
	struct damage damage = one(10, 20, 30, 40);
	struct stage s;

	open_stage(&s);
	change(&s, &damage, START);
	g_assert_false(tiler_is_stale(s.tiler));
	g_assert_cmpint(take_changes(&s), ==, 1);
	g_assert_true(tiler_is_stale(s.tiler));
	g_assert_true(backlog_is_empty(&s.backlog));
	tiler_give_back(s.tiler, &s.backlog);
	g_assert_cmpuint(at(&s, BACKLOG_VIDEO)->n, ==, 1);
	check_rect(&at(&s, BACKLOG_VIDEO)->rects[0], 10, 20, 30, 40);
	close_stage(&s);
}

/* Video is taken in whole blocks, which are lossy then. */
static void test_video(void)
{
	struct damage damage = one(17, 18, 2, 3), edge = one(1915, 1075, 5, 5);
	double per_block, all_blocks = (WIDTH / 16.0) * ((HEIGHT + 15) / 16);
	struct stage s;

	open_stage(&s);
	per_block = tiler_seconds_left(s.tiler, &lan) / all_blocks;
	make_exact(&s, START + REST);
	backlog_add(&s.backlog, BACKLOG_VIDEO, &damage);
	damage = take_video(&s);
	check_rect(&damage.rects[0], 16, 16, 16, 16);
	backlog_add(&s.backlog, BACKLOG_VIDEO, &edge);
	edge = take_video(&s);
	check_rect(&edge.rects[0], 1904, 1072, 16, 8);
	g_assert_cmpfloat(tiler_seconds_left(s.tiler, &lan), >, per_block * 1.9);
	g_assert_cmpfloat(tiler_seconds_left(s.tiler, &lan), <, per_block * 2.1);
	tiler_video_all(s.tiler);
	g_assert_false(tiler_is_exact(s.tiler));
	tiler_end(s.tiler);
	g_assert_false(tiler_is_exact(s.tiler));
	close_stage(&s);
}

/* A guest that reports the whole screen each time: only what changed is sent, and a
 * picture that only is reported as changed becomes exact and stays so. */
static void test_looks(void)
{
	const struct damage all = one(0, 0, WIDTH, HEIGHT), half = one(0, 0, WIDTH, HEIGHT / 2);
	const struct damage *video;
	uint64_t now = START, wake;
	struct stage s;

	open_stage(&s);
	video = at(&s, BACKLOG_VIDEO);
	for (; now < START + 400 * MS; now += 16 * MS) {
		struct damage dropped;

		backlog_take_video(&s.backlog, 0, &dropped);
		report(&s, &all, now);
		while (take_rested(&s, SIZE_MAX / 2, now, &wake) > 0)
			continue;
	}
	g_assert_true(tiler_is_exact(s.tiler));
	g_assert_true(backlog_is_empty(&s.backlog));
	pixels[500 * WIDTH + 700]++;
	pixels[1079 * WIDTH + 1919]++;
	report(&s, &all, now);
	g_assert_cmpuint(video->n, ==, 2);
	check_rect(&video->rects[0], 688, 496, 16, 16);
	check_rect(&video->rects[1], 1904, 1072, 16, 8);
	/* as video: what it showed is known */
	take_video(&s);
	pixels[500 * WIDTH + 700]--;
	report(&s, &all, now + 16 * MS);
	g_assert_cmpuint(video->n, ==, 1);
	check_rect(&video->rects[0], 688, 496, 16, 16);
	/* as large video: what it showed is not known, and rests but for the last change */
	backlog_add(&s.backlog, BACKLOG_VIDEO, &half);
	take_video(&s);
	report(&s, &all, now + 32 * MS);
	g_assert_cmpuint(video->n, ==, 1);
	check_rect(&video->rects[0], 688, 496, 16, 16);
	take_video(&s);
	now += 32 * MS + REST;
	while (take_rested(&s, SIZE_MAX / 2, now, &wake) > 0)
		continue;
	g_assert_true(tiler_is_exact(s.tiler));
	close_stage(&s);
}

/* The whole screen is reported again while each frame is encoded, which takes a second. A picture
 * that does not change becomes exact all the same. */
static void test_slow_video(void)
{
	const struct damage all = one(0, 0, WIDTH, HEIGHT);
	uint64_t now = START, wake;
	struct stage s;

	open_stage(&s);
	for (int i = 0; i < 5 && !tiler_is_exact(s.tiler); i++, now += 1000 * MS) {
		report(&s, &all, now);
		if (backlog_has(&s.backlog, BACKLOG_VIDEO))
			take_video(&s);
		else
			while (take_rested(&s, SIZE_MAX / 2, now, &wake) > 0)
				continue;
	}
	g_assert_true(tiler_is_exact(s.tiler));
	report(&s, &all, now);
	g_assert_true(backlog_is_empty(&s.backlog));
	close_stage(&s);
}

/* Coarse areas that have been still wait for one better frame. */
static void test_add_rested(void)
{
	struct stage s;

	open_stage(&s);
	tiler_add_rested(s.tiler, REST, START + REST - 1, &s.backlog);
	g_assert_true(backlog_is_empty(&s.backlog));
	tiler_add_rested(s.tiler, REST, START + REST, &s.backlog);
	g_assert_true(damage_is_all(at(&s, BACKLOG_VIDEO), WIDTH, HEIGHT));
	close_stage(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tiler/sizes", test_sizes);
	g_test_add_func("/tiler/video-beside-text", test_video_beside_text);
	g_test_add_func("/tiler/spends-its-part", test_spends_its_part);
	g_test_add_func("/tiler/becomes-exact", test_becomes_exact);
	g_test_add_func("/tiler/window", test_window);
	g_test_add_func("/tiler/moves-wait", test_moves_wait);
	g_test_add_func("/tiler/give-back", test_give_back);
	g_test_add_func("/tiler/video", test_video);
	g_test_add_func("/tiler/looks", test_looks);
	g_test_add_func("/tiler/slow-video", test_slow_video);
	g_test_add_func("/tiler/add-rested", test_add_rested);
	return g_test_run();
}

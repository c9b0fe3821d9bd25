/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "frame/frame.h"
#include "pixels/pixels.h"

#define WIDTH 40u /* two whole blocks and one of 8 pixels */
#define HEIGHT 36u /* two and one of 4 */
#define COLUMNS 3
#define N 9

static uint32_t screen[HEIGHT][WIDTH];
static const struct tile_span everything = { 0, 0, COLUMNS, 3 };

static struct spice_accel_frame *make_frame(uint32_t fourcc, uint32_t width)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = width,
		.height = HEIGHT, .fourcc = fourcc, .stride = WIDTH * 4, .data = screen };
	struct spice_accel_frame *frame;

	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

/* All of it is remembered. */
static struct pixels *open_screen(struct spice_accel_frame **frame)
{
	const struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };
	struct pixels *pixels;

	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			screen[y][x] = y << 16 | x << 8 | 7;
	*frame = make_frame(DRM_FORMAT_XRGB8888, WIDTH);
	g_assert_true(pixels_available(*frame));
	g_assert_cmpint(pixels_create(&pixels, *frame), ==, 0);
	pixels_show(pixels, *frame);
	pixels_remember(pixels, &all);
	return pixels;
}

static void close_screen(struct pixels *pixels, struct spice_accel_frame *frame)
{
	pixels_destroy(pixels);
	pixels_destroy(NULL);
	spice_accel_frame_unref(frame);
}

/* Asks the same of all blocks; returns the sum of 1 << block for those that changed. */
static unsigned changed(struct pixels *pixels, enum pixels_ask ask)
{
	uint8_t questions[N], answers[N] = { 0 };
	unsigned sum = 0;

	memset(questions, ask, sizeof questions);
	pixels_changed(pixels, &everything, questions, answers);
	for (unsigned i = 0; i < N; i++)
		sum |= (unsigned)answers[i] << i;
	return sum;
}

static void test_fits(void)
{
	struct spice_accel_frame *frame, *other = make_frame(DRM_FORMAT_XBGR8888, WIDTH);
	struct spice_accel_frame *narrow = make_frame(DRM_FORMAT_XRGB8888, WIDTH - 1);
	struct pixels *pixels = open_screen(&frame);

	g_assert_true(pixels_fits(pixels, frame));
	g_assert_false(pixels_fits(pixels, other));
	g_assert_false(pixels_fits(pixels, narrow));
	g_assert_false(pixels_fits(NULL, frame));
	spice_accel_frame_unref(other);
	spice_accel_frame_unref(narrow);
	close_screen(pixels, frame);
}

/* One pixel changes in the last block, which is cut by two edges. */
static void test_changed(void)
{
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);
	const struct spice_accel_rect one = { WIDTH - 1, HEIGHT - 1, 1, 1 };

	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 0);
	screen[HEIGHT - 1][WIDTH - 1]++;
	g_assert_cmpuint(changed(pixels, PIXELS_SKIP), ==, 0);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 1 << 8);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 1 << 8);
	pixels_remember(pixels, &one);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 0);
	close_screen(pixels, frame);
}

/* A sample sees some rows, and sees each change once. */
static void test_sample(void)
{
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);

	screen[17][20]++;
	g_assert_cmpuint(changed(pixels, PIXELS_SAMPLE), ==, 0);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 1 << 4);
	screen[16][20]++;
	g_assert_cmpuint(changed(pixels, PIXELS_SAMPLE), ==, 1 << 4);
	g_assert_cmpuint(changed(pixels, PIXELS_SAMPLE), ==, 0);
	close_screen(pixels, frame);
}

static void test_read(void)
{
	const struct spice_accel_rect rect = { 3, 5, 2, 2 }, outside = { 39, 0, 2, 2 };
	static const uint8_t expected[] = { 7, 3, 5, 7, 4, 5, 7, 3, 6, 7, 4, 6 };
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);
	uint8_t bgr[12];

	g_assert_cmpint(pixels_read(pixels, &rect, bgr), ==, 0);
	g_assert_cmpmem(bgr, sizeof bgr, expected, sizeof expected);
	g_assert_cmpint(pixels_read(pixels, &outside, bgr), ==, -EINVAL);
	close_screen(pixels, frame);
}

/* Remembered pixels are copied in any direction, also over themselves. */
static void test_copy(void)
{
	static const int32_t by[][2] = { { 0, 3 }, { 0, -3 }, { 5, 0 }, { -5, 0 }, { 2, -1 },
		{ -2, 1 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(by); i++) {
		const struct spice_accel_rect to = { 8, 8, 20, 20 };
		struct spice_accel_frame *frame;
		struct pixels *pixels = open_screen(&frame);
		uint32_t before[HEIGHT][WIDTH];

		memcpy(before, screen, sizeof before);
		pixels_copy(pixels, &to, by[i][0], by[i][1]);
		g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), !=, 0);
		for (int32_t y = to.y; y < to.y + to.height; y++)
			for (int32_t x = to.x; x < to.x + to.width; x++)
				screen[y][x] = before[y - by[i][1]][x - by[i][0]];
		g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 0);
		close_screen(pixels, frame);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pixels/fits", test_fits);
	g_test_add_func("/pixels/changed", test_changed);
	g_test_add_func("/pixels/sample", test_sample);
	g_test_add_func("/pixels/read", test_read);
	g_test_add_func("/pixels/copy", test_copy);
	return g_test_run();
}

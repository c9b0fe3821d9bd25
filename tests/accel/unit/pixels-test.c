/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "frame/frame.h"
#ifdef GL_DOUBLE
#include "gl-double.h"
#include "pixels/copied-pixels.h"
#include "pixels/gpu-pixels.h"
#endif
#include "kinds.h"
#include "pixels/pixels.h"

#define WIDTH 40u /* two whole blocks and one of 8 pixels */
#define HEIGHT 36u /* two and one of 4 */
#define COLUMNS 3
#define N 9

/* A memfd, so that it can be a DMA-BUF too. */
static uint32_t (*screen)[WIDTH];
static int screen_fd;
static struct spice_accel_frame *shown;
static const struct tile_span everything = { 0, 0, COLUMNS, 3 };

static struct spice_accel_frame *make_dmabuf(uint32_t fourcc, uint32_t width)
{
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = width,
		.height = HEIGHT, .fourcc = fourcc, .n_planes = 1, .fd = { screen_fd },
		.stride = { WIDTH * 4 }, .modifier = SPICE_ACCEL_MODIFIER_UNKNOWN };
	struct spice_accel_frame *frame;

	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	return frame;
}

static struct spice_accel_frame *make_frame(uint32_t fourcc, uint32_t width)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = width,
		.height = HEIGHT, .fourcc = fourcc, .stride = WIDTH * 4, .data = screen };
	struct spice_accel_frame *frame;

	if (kind != MEMORY)
		return make_dmabuf(fourcc, width);
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

static int create(struct pixels **out, const struct spice_accel_frame *frame)
{
#ifdef GL_DOUBLE
	char why[512];

	if (kind == GPU)
		return gpu_pixels_create(out, gl_double_open(), frame, why, sizeof why);
	if (kind == COPIED)
		return copied_pixels_create(out, gl_double_open(), frame);
#endif
	return pixels_create(out, frame);
}

/* A GPU's texture in the test is not the buffer itself. */
static void show_again(struct pixels *pixels)
{
	if (kind == GPU || kind == COPIED)
		g_assert_cmpint(pixels_show(pixels, shown), ==, 0);
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
	g_assert_cmpint(create(&pixels, *frame), ==, 0);
	g_assert_cmpint(pixels_show(pixels, *frame), ==, 0);
	shown = *frame;
	pixels_remember(pixels, &all);
	return pixels;
}

static void close_screen(struct pixels *pixels, struct spice_accel_frame *frame)
{
	g_assert_cmpint(pixels_error(pixels), ==, 0);
	g_assert_cmpint(pixels_show(pixels, NULL), ==, 0);
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
	show_again(pixels);
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

/* One rectangle after the other, and what was taken is remembered. */
static void test_take(void)
{
	const struct spice_accel_rect rects[] = { { 3, 5, 2, 2 }, { 39, 35, 1, 1 } };
	const struct spice_accel_rect outside[] = { { 3, 5, 2, 2 }, { 39, 0, 2, 2 } };
	static const uint8_t expected[] = { 8, 3, 5, 7, 4, 5, 7, 3, 6, 7, 4, 6, 7, 39, 35 };
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);
	uint8_t bgr[15];

	screen[5][3]++;
	g_assert_cmpint(pixels_take(pixels, outside, 2, bgr), ==, -EINVAL);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 1);
	g_assert_cmpint(pixels_take(pixels, rects, 2, bgr), ==, 0);
	g_assert_cmpmem(bgr, sizeof bgr, expected, sizeof expected);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 0);
	close_screen(pixels, frame);
}

static gboolean drawing, stop_drawing;

/* A guest that never stops. */
static gpointer draw_on(gpointer opaque)
{
	for (uint32_t i = 0; !g_atomic_int_get(&stop_drawing); i++) {
		for (unsigned y = 0; y < HEIGHT; y++)
			for (unsigned x = 0; x < WIDTH; x++)
				g_atomic_int_set((int *)&screen[y][x], (int)(i & 0xffffff));
		g_atomic_int_set(&drawing, TRUE);
	}
	return NULL;
}

/* While the guest draws, the pixels that are sent are the pixels that are remembered: a
 * change in between would never be sent. */
static void test_take_of_moving(void)
{
	const struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);
	static uint8_t bgr[HEIGHT][WIDTH][3];

#ifdef __SANITIZE_THREAD__
	g_test_skip("the guest's drawing is a race on purpose");
	close_screen(pixels, frame);
	return;
#endif
	for (unsigned round = 0; round < 200; round++) {
		GThread *thread;

		g_atomic_int_set(&drawing, FALSE);
		g_atomic_int_set(&stop_drawing, FALSE);
		thread = g_thread_new("guest", draw_on, NULL);
		while (!g_atomic_int_get(&drawing))
			g_thread_yield();
		show_again(pixels);
		g_assert_cmpint(pixels_take(pixels, &all, 1, bgr[0][0]), ==, 0);
		g_atomic_int_set(&stop_drawing, TRUE);
		g_thread_join(thread);
		for (unsigned y = 0; y < HEIGHT; y++)
			for (unsigned x = 0; x < WIDTH; x++)
				screen[y][x] = (uint32_t)bgr[y][x][2] << 16 |
						(uint32_t)bgr[y][x][1] << 8 | bgr[y][x][0];
		g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 0);
	}
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

/* A frame of the other kind does not fit. */
static void test_kinds(void)
{
	struct spice_accel_frame *frame, *other;
	struct pixels *pixels = open_screen(&frame);
	int before = kind;

	kind = kind == MEMORY ? MAPPED : MEMORY;
	other = make_frame(DRM_FORMAT_XRGB8888, WIDTH);
	kind = before;
	g_assert_false(pixels_fits(pixels, other));
	spice_accel_frame_unref(other);
	close_screen(pixels, frame);
}

/* Pixels that cannot show a frame have failed. */
static void check_fails(struct spice_accel_frame *bad, int error)
{
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);

	g_assert_cmpint(pixels_show(pixels, bad), ==, error);
	g_assert_cmpint(pixels_show(pixels, frame), ==, 0);
	g_assert_cmpint(pixels_error(pixels), ==, error);
	pixels_destroy(pixels);
	spice_accel_frame_unref(frame);
}

/* A DMA-BUF that is tiled or too short is no memory. */
static void test_fails(void)
{
	struct spice_accel_frame *tiled = make_dmabuf(DRM_FORMAT_XRGB8888, WIDTH);
	struct spice_accel_frame *small = make_dmabuf(DRM_FORMAT_XRGB8888, WIDTH);
	struct pixels *none;

	tiled->dmabuf.modifier = I915_FORMAT_MOD_X_TILED;
	small->dmabuf.backing_height = HEIGHT + 4096;
	g_assert_cmpint(pixels_create(&none, tiled), ==, -ENODEV);
	g_assert_cmpint(pixels_create(&none, small), ==, -EINVAL);
	if (kind == MAPPED)
		check_fails(tiled, -ENODEV);
	if (kind != MEMORY)
		check_fails(small, -EINVAL);
	spice_accel_frame_unref(tiled);
	spice_accel_frame_unref(small);
}

/* Each byte of the scanout that the processor reads is counted. */
static void test_counts(void)
{
	const struct spice_accel_rect rect = { 1, 2, 10, 5 };
	struct spice_accel_frame *frame;
	struct pixels *pixels = open_screen(&frame);
	uint8_t bgr[150];
	uint64_t before = pixels->read_bytes;

	g_assert_cmpuint(before, ==, kind == GPU ? 0 : WIDTH * HEIGHT * 4);
	g_assert_cmpuint(changed(pixels, PIXELS_SKIP), ==, 0);
	g_assert_cmpuint(pixels->read_bytes, ==, before);
	g_assert_cmpuint(changed(pixels, PIXELS_COMPARE), ==, 0);
	g_assert_cmpuint(pixels->read_bytes, ==, before * 2);
	show_again(pixels);
	g_assert_cmpint(pixels_take(pixels, &rect, 1, bgr), ==, 0);
	g_assert_cmpuint(pixels->read_bytes, ==, kind == GPU ? 150 :
			before * 2 + (kind == COPIED ? 16 * 16 * 4 : 200));
	g_assert_cmpint(pixels_take(pixels, &rect, 1, bgr), ==, 0);
	g_assert_cmpuint(pixels->read_bytes, ==, kind == GPU ? 300 :
			before * 2 + (kind == COPIED ? 16 * 16 * 4 : 400)); /* copied once */
	close_screen(pixels, frame);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "fits", test_fits },
	{ "changed", test_changed },
	{ "sample", test_sample },
	{ "take", test_take },
	{ "take-of-moving", test_take_of_moving },
	{ "copy", test_copy },
	{ "kinds", test_kinds },
	{ "fails", test_fails },
	{ "counts", test_counts },
};

static void add(const char *where, enum kind of)
{
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strdup_printf("/pixels/%s%s", where, tests[i].name);

		kinds_add(path, of, tests[i].run);
	}
}

int main(int argc, char **argv)
{
	int ret;

	g_test_init(&argc, &argv, NULL);
	screen = kinds_screen(sizeof screen[0] * HEIGHT, &screen_fd);
	add("cpu/memory-", MEMORY);
	add("cpu/mapped-", MAPPED);
#ifdef GL_DOUBLE
	add("gpu/shaders-", GPU);
	add("gpu/copied-", COPIED);
#endif
	ret = g_test_run();
#ifdef GL_DOUBLE
	gl_double_close();
#endif
	return ret;
}

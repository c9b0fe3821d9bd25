/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Messages of tiles, read back as osvdi-accel-protocol.h says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>
#include <glib.h>
#include <zstd.h>

#include "frame/frame.h"
#include "pixels/pixels.h"
#include "tiles/tile-batch.h"

#define WIDTH 200u
#define HEIGHT 90u

static uint32_t pixels[HEIGHT][WIDTH];

static struct spice_accel_frame *make_frame(uint32_t fourcc, int32_t stride)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = WIDTH,
		.height = HEIGHT, .fourcc = fourcc, .stride = stride, .data = pixels };
	struct spice_accel_frame *frame;

	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

static struct pixels *show(const struct spice_accel_frame *frame)
{
	struct pixels *shown;

	g_assert_cmpint(pixels_create(&shown, frame), ==, 0);
	pixels_show(shown, frame);
	return shown;
}

/* smooth: noise on a gradient; else a few colours in runs */
static void draw(bool smooth)
{
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++) {
			unsigned grain = (unsigned)g_random_int_range(0, 9);

			pixels[y][x] = smooth ? (x + grain) << 16 | (y * 2 + grain) << 8 |
					(x + y) / 2 : (x / 7 + y / 5) % 3 * 0x205080u;
		}
}

/* The median of left, above and their plane's value at the corner. */
static int middle(int a, int b, int c)
{
	return a > b ? (b > c ? b : a > c ? c : a) : (a > c ? a : b > c ? c : b);
}

static void undo_prediction(uint8_t *p, int width, int height)
{
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			uint8_t *at = p + y * width + x;
			int left = x ? at[-1] : 0, above = y ? at[-width] : 0;

			if (x && y)
				*at = (uint8_t)(*at + middle(left, above,
						left + above - at[-width - 1]));
			else
				*at = (uint8_t)(*at + (y ? above : left));
		}
}

/* The value of a pixel in the bytes of a rectangle: 0xRRGGBB. */
static uint32_t value_at(const uint8_t *raw, unsigned coding, size_t n, size_t i)
{
	uint8_t g = raw[i];

	if (coding == OSVDI_TILES_ZSTD)
		return (uint32_t)raw[3 * i] | (uint32_t)raw[3 * i + 1] << 8 |
				(uint32_t)raw[3 * i + 2] << 16;
	return (uint8_t)(raw[n + i] + g) | (uint32_t)g << 8 |
			(uint32_t)(uint8_t)(raw[2 * n + i] + g) << 16;
}

static void check(const struct packet *packet, unsigned coding)
{
	struct osvdi_msg_header header = { 0 };
	static uint8_t raw[OSVDI_TILES_MAX_PIXELS * 3];
	struct osvdi_tiles m = { 0 };
	uint8_t *at = raw;
	size_t size;

	g_assert_cmpint(osvdi_msg_peek(packet->data, packet->size, OSVDI_ACCEL_MAX_FROM_SERVER,
			&header), ==, 1);
	g_assert_cmpuint(header.type, ==, OSVDI_MSG_TILES);
	g_assert_cmpuint(header.size + OSVDI_MSG_HEADER_SIZE, ==, packet->size);
	g_assert_true(osvdi_read_tiles(packet->data + OSVDI_MSG_HEADER_SIZE, header.size, &m));
	g_assert_cmpuint(m.number, ==, 77);
	g_assert_cmpuint(m.coding, ==, coding);
	size = ZSTD_decompress(raw, sizeof raw, m.data, m.data_size);
	g_assert_false(ZSTD_isError(size));
	for (unsigned i = 0; i < m.n_rects; i++) {
		const struct osvdi_rect *r = &m.rects[i];
		size_t n = (size_t)r->width * r->height;

		for (unsigned plane = 0; plane < 3 && coding == OSVDI_TILES_ZSTD_MED; plane++)
			undo_prediction(at + plane * n, r->width, r->height);
		for (size_t k = 0; k < n; k++)
			g_assert_cmphex(value_at(at, coding, n, k), ==,
					pixels[r->y + k / r->width][r->x + k % r->width] &
					0xffffff);
		at += n * 3;
	}
	g_assert_cmpuint(size, ==, at - raw);
}

static void test_round_trip(void)
{
	static const struct spice_accel_rect rects[] = { { 0, 0, 1, 1 }, { 3, 5, 17, 31 },
		{ 199, 0, 1, 90 },
		{ 0, 89, 200, 1 }, { 0, 0, 200, 90 } };
	struct tile_batch batch = { 0 };
	struct packet packet = { 0 };

	for (unsigned smooth = 0; smooth < 2; smooth++) {
		struct spice_accel_frame *frame = make_frame(DRM_FORMAT_XRGB8888, WIDTH * 4);
		struct pixels *shown = show(frame);

		draw(smooth);
		tile_batch_reset(&batch);
		batch.message.number = 77;
		for (unsigned i = 0; i < G_N_ELEMENTS(rects); i++)
			g_assert_cmpint(tile_batch_add(&batch, &rects[i]), ==, 0);
		g_assert_cmpint(tile_batch_read(&batch, shown), ==, 0);
		packet_reset(&packet);
		g_assert_cmpint(tile_batch_encode(&batch, &packet), ==, 0);
		check(&packet, smooth ? OSVDI_TILES_ZSTD_MED : OSVDI_TILES_ZSTD);
		g_assert_cmpuint(packet.size, <, batch.size);
		pixels_destroy(shown);
		spice_accel_frame_unref(frame);
	}
	tile_batch_finish(&batch);
	packet_finish(&packet);
}

/* Each format's pixel of the same colour. */
static void test_formats(void)
{
	static const struct { uint32_t fourcc, word; } formats[] = {
		{ DRM_FORMAT_XRGB8888, 0x00102030 }, { DRM_FORMAT_ARGB8888, 0xff102030 },
		{ DRM_FORMAT_XBGR8888, 0x00302010 }, { DRM_FORMAT_RGBX8888, 0x10203000 },
		{ DRM_FORMAT_BGRX8888, 0x30201000 },
		{ DRM_FORMAT_XRGB2101010, 0x40u << 20 | 0x80u << 10 | 0xc0u },
		{ DRM_FORMAT_RGB565, 0x11061106 },
	};
	struct spice_accel_rect rect = { 3, 2, 5, 4 };
	struct tile_batch batch = { 0 };

	for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
		struct spice_accel_frame *frame = make_frame(formats[i].fourcc, WIDTH * 4);
		struct pixels *shown = show(frame);

		for (unsigned k = 0; k < WIDTH * HEIGHT; k++)
			pixels[k / WIDTH][k % WIDTH] = formats[i].word;
		tile_batch_reset(&batch);
		g_assert_cmpint(tile_batch_add(&batch, &rect), ==, 0);
		g_assert_cmpint(tile_batch_read(&batch, shown), ==, 0);
		g_assert_cmpuint(batch.size, ==, 5 * 4 * 3);
		for (unsigned k = 0; k < batch.size; k += 3) {
			g_assert_cmpint(abs(batch.pixels[k] - 0x30), <, 5);
			g_assert_cmpint(abs(batch.pixels[k + 1] - 0x20), <, 5);
			g_assert_cmpint(abs(batch.pixels[k + 2] - 0x10), <, 5);
		}
		pixels_destroy(shown);
		spice_accel_frame_unref(frame);
	}
	tile_batch_finish(&batch);
}

static void test_limits(void)
{
	struct spice_accel_frame *frame = make_frame(DRM_FORMAT_XRGB8888, WIDTH * 4);
	struct pixels *shown = show(frame);
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT }, dot = { 1, 1, 1, 1 },
			out = { 190, 0, 11, 1 };
	struct tile_batch batch = { 0 };
	unsigned n = 0;

	g_assert_cmpint(tile_batch_add(&batch, &out), ==, 0);
	g_assert_cmpint(tile_batch_read(&batch, shown), ==, -EINVAL);
	tile_batch_reset(&batch);
	while (tile_batch_add(&batch, &all) == 0)
		n++;
	g_assert_cmpuint(n, ==, OSVDI_TILES_MAX_PIXELS / (WIDTH * HEIGHT));
	tile_batch_reset(&batch);
	for (n = 0; tile_batch_add(&batch, &dot) == 0; n++)
		continue;
	g_assert_cmpuint(n, ==, OSVDI_TILES_MAX_RECTS);
	tile_batch_finish(&batch);
	pixels_destroy(shown);
	spice_accel_frame_unref(frame);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tile-batch/round-trip", test_round_trip);
	g_test_add_func("/tile-batch/formats", test_formats);
	g_test_add_func("/tile-batch/limits", test_limits);
	return g_test_run();
}

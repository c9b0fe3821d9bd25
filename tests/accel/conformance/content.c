/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "content.h"

#include <drm_fourcc.h>
#include <glib.h>

void canvas_init(struct canvas *c, uint32_t width, uint32_t height)
{
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = width,
		.height = height,
		.fourcc = DRM_FORMAT_XRGB8888,
		.stride = (int32_t)width * 4,
	};

	c->width = width;
	c->height = height;
	c->pixels = g_malloc0((gsize)width * height * 4);
	params.data = c->pixels;
	g_assert_cmpint(spice_accel_frame_create_memory(&c->frame, &params), ==, 0);
}

void canvas_finish(struct canvas *c)
{
	spice_accel_frame_unref(c->frame);
	g_free(c->pixels);
}

static uint32_t hash(uint32_t x, uint32_t y, uint32_t seed)
{
	uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ seed * 0xc2b2ae3du;

	h = (h ^ h >> 15) * 0x2c1b3c6du;
	return h ^ h >> 13;
}

/* Cells of 8x16 pixels with strokes of one pixel. */
static uint32_t text_pixel(uint32_t x, uint32_t y, uint32_t seed)
{
	uint32_t cell = hash(x / 8, y / 16, seed), u = x % 8, v = y % 16;
	bool ink = u > 0 && u < 7 && v > 2 && v < 13 && cell % 7 &&
			((u == 1 + cell % 5) || (v == 3 + (cell >> 8) % 9) ||
					(u + v == 6 + (cell >> 16) % 8));

	return ink ? 0x101010 : 0xf8f8f8;
}

static uint32_t gradient_pixel(uint32_t x, uint32_t y, uint32_t seed, uint32_t grain)
{
	uint32_t r = 40 + (x + seed * 13) / 8 % 160, g = 60 + (y + seed * 7) / 8 % 150,
			b = 90 + (x + y) / 16 % 100;

	if (grain) {
		uint32_t h = hash(x, y, seed);

		r += h % grain;
		g += (h >> 8) % grain;
		b += (h >> 16) % grain;
	}
	return r << 16 | g << 8 | b;
}

void canvas_paint(struct canvas *c, enum content content, uint32_t seed, int x0, int y0, int width,
		int height)
{
	for (int y = MAX(y0, 0); y < MIN(y0 + height, (int)c->height); y++)
		for (int x = MAX(x0, 0); x < MIN(x0 + width, (int)c->width); x++) {
			uint32_t *p = &c->pixels[(size_t)y * c->width + (size_t)x];

			*p = content == CONTENT_TEXT ? text_pixel((uint32_t)x, (uint32_t)y, seed) :
					gradient_pixel((uint32_t)x, (uint32_t)y, seed,
							content == CONTENT_NOISE ? 24 : 0);
		}
}

void canvas_fill(struct canvas *c, enum content content, uint32_t seed)
{
	canvas_paint(c, content, seed, 0, 0, (int)c->width, (int)c->height);
}

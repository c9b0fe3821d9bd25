/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include <drm_fourcc.h>

#include "soft-va.h"

/* Tile shapes: Intel Graphics PRM (Skylake) vol. 5 "Memory Views", tiled
 * resources; the modifiers' text in drm_fourcc.h. All tiles are 4 KiB. */
enum { TILE_BYTES = 4096 };

struct tile_shape {
	size_t width; /* bytes */
	size_t height; /* rows */
	/* Offset in the tile of byte x of row y; runs of 16 bytes are whole. */
	size_t (*offset)(size_t x, size_t y);
};

static size_t offset_x(size_t x, size_t y)
{
	return y * 512 + x;
}

/* Columns of 16 bytes, each 32 rows high. */
static size_t offset_y(size_t x, size_t y)
{
	return (x / 16) * 512 + y * 16 + x % 16;
}

/* Address bits of Yf for 16 and 32 bits a pixel, from the highest:
 * x6 y4 x5 y3 x4 y2 y1 y0 x3 x2 x1 x0. */
static size_t offset_yf(size_t x, size_t y)
{
	return (x & 15) | (y & 7) << 4 | (x >> 4 & 1) << 7 | (y >> 3 & 1) << 8 |
			(x >> 5 & 1) << 9 | (y >> 4 & 1) << 10 | (x >> 6 & 1) << 11;
}

static const struct tile_shape *tile_shape(uint64_t modifier)
{
	static const struct tile_shape x = { 512, 8, offset_x };
	static const struct tile_shape y = { 128, 32, offset_y };
	static const struct tile_shape yf = { 128, 32, offset_yf };

	switch (modifier) {
	case I915_FORMAT_MOD_X_TILED: return &x;
	case I915_FORMAT_MOD_Y_TILED: return &y;
	case I915_FORMAT_MOD_Yf_TILED: return &yf;
	default: return NULL;
	}
}

static size_t round_up(size_t v, size_t to)
{
	return (v + to - 1) / to * to;
}

size_t soft_va_plane_pitch(uint64_t modifier, size_t row_bytes)
{
	const struct tile_shape *tile = tile_shape(modifier);

	if (modifier == DRM_FORMAT_MOD_LINEAR)
		return round_up(row_bytes, 64);
	return tile ? round_up(row_bytes, tile->width) : 0;
}

size_t soft_va_plane_size(uint64_t modifier, size_t pitch, size_t rows)
{
	const struct tile_shape *tile = tile_shape(modifier);

	if (modifier == DRM_FORMAT_MOD_LINEAR)
		return pitch * rows;
	return tile ? pitch * round_up(rows, tile->height) : 0;
}

static size_t tiled_offset(const struct tile_shape *tile, size_t pitch, size_t x, size_t y)
{
	size_t tiles_a_row = pitch / tile->width;
	size_t index = y / tile->height * tiles_a_row + x / tile->width;

	return index * TILE_BYTES + tile->offset(x % tile->width, y % tile->height);
}

static void copy_row(const struct tile_shape *tile, size_t tiled_pitch, size_t y,
		uint8_t *tiled, uint8_t *linear, size_t row_bytes, int to_tiled)
{
	for (size_t x = 0; x < row_bytes; x += 16) {
		size_t n = row_bytes - x < 16 ? row_bytes - x : 16;
		uint8_t *t = tiled + tiled_offset(tile, tiled_pitch, x, y);

		if (to_tiled)
			memcpy(t, linear + x, n);
		else
			memcpy(linear + x, t, n);
	}
}

static int copy_plane(uint64_t modifier, uint8_t *tiled, size_t tiled_pitch,
		uint8_t *linear, size_t linear_pitch, size_t row_bytes, size_t rows, int to_tiled)
{
	const struct tile_shape *tile = tile_shape(modifier);

	if (modifier == DRM_FORMAT_MOD_LINEAR) {
		for (size_t y = 0; y < rows; y++) {
			uint8_t *t = tiled + y * tiled_pitch, *l = linear + y * linear_pitch;

			memcpy(to_tiled ? t : l, to_tiled ? l : t, row_bytes);
		}
		return 0;
	}
	if (!tile || tiled_pitch % tile->width || row_bytes > tiled_pitch)
		return -EINVAL;
	for (size_t y = 0; y < rows; y++)
		copy_row(tile, tiled_pitch, y, tiled, linear + y * linear_pitch, row_bytes,
				to_tiled);
	return 0;
}

int soft_va_tile(uint64_t modifier, void *tiled, size_t tiled_pitch,
		const void *linear, size_t linear_pitch, size_t row_bytes, size_t rows)
{
	return copy_plane(modifier, tiled, tiled_pitch, (uint8_t *)linear, linear_pitch,
			row_bytes, rows, 1);
}

int soft_va_detile(uint64_t modifier, void *linear, size_t linear_pitch,
		const void *tiled, size_t tiled_pitch, size_t row_bytes, size_t rows)
{
	return copy_plane(modifier, (uint8_t *)tiled, tiled_pitch, linear, linear_pitch,
			row_bytes, rows, 0);
}

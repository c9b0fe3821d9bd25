/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/blocks.h"

#include <string.h>

static uint32_t clamp(int64_t value, uint32_t max)
{
	return value < 0 ? 0 : value > max ? max : (uint32_t)value;
}

struct blocks blocks_of(uint32_t width, uint32_t height)
{
	return (struct blocks){ width, height, (width + TILE_BLOCK - 1) / TILE_BLOCK,
		(height + TILE_BLOCK - 1) / TILE_BLOCK };
}

size_t blocks_count(const struct blocks *b)
{
	return (size_t)b->columns * b->rows;
}

struct tile_span blocks_touched(const struct blocks *b, const struct spice_accel_rect *r)
{
	int64_t x1 = (int64_t)r->x + r->width, y1 = (int64_t)r->y + r->height;

	return (struct tile_span){
		clamp(r->x, b->width) / TILE_BLOCK,
		clamp(r->y, b->height) / TILE_BLOCK,
		(clamp(x1, b->width) + TILE_BLOCK - 1) / TILE_BLOCK,
		(clamp(y1, b->height) + TILE_BLOCK - 1) / TILE_BLOCK,
	};
}

struct tile_span blocks_inside(const struct blocks *b, const struct spice_accel_rect *r)
{
	uint32_t x1 = clamp((int64_t)r->x + r->width, b->width);
	uint32_t y1 = clamp((int64_t)r->y + r->height, b->height);

	return (struct tile_span){
		(clamp(r->x, b->width) + TILE_BLOCK - 1) / TILE_BLOCK,
		(clamp(r->y, b->height) + TILE_BLOCK - 1) / TILE_BLOCK,
		x1 == b->width ? b->columns : x1 / TILE_BLOCK,
		y1 == b->height ? b->rows : y1 / TILE_BLOCK,
	};
}

bool blocks_have(const struct blocks *b, const uint8_t *bytes,
		const struct spice_accel_rect *rect, uint8_t value)
{
	struct tile_span s = blocks_touched(b, rect);

	for (uint32_t y = s.y0; y < s.y1; y++)
		if (memchr(bytes + (size_t)y * b->columns + s.x0, value, s.x1 - s.x0))
			return true;
	return false;
}

struct spice_accel_rect blocks_cut(const struct spice_accel_rect *r, uint32_t x0, uint32_t x1,
		uint32_t row)
{
	int32_t left = (int32_t)(x0 * TILE_BLOCK), right = (int32_t)(x1 * TILE_BLOCK);
	int32_t top = (int32_t)(row * TILE_BLOCK), bottom = top + (int32_t)TILE_BLOCK;

	left = left > r->x ? left : r->x;
	top = top > r->y ? top : r->y;
	right = right < r->x + r->width ? right : r->x + r->width;
	bottom = bottom < r->y + r->height ? bottom : r->y + r->height;
	return (struct spice_accel_rect){ left, top, right - left, bottom - top };
}

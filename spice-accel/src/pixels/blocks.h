/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* A picture divided into blocks. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spice-accel/frame.h>

#define TILE_BLOCK 16u /* pixels, both ways: a macroblock */

/* The blocks at the right and lower edge of the picture may be smaller. */
struct blocks {
	uint32_t width, height; /* of the picture, pixels */
	uint32_t columns, rows; /* of blocks */
};

/* Columns from x0 to before x1 and rows likewise. */
struct tile_span {
	uint32_t x0, y0, x1, y1;
};

struct blocks blocks_of(uint32_t width, uint32_t height);
size_t blocks_count(const struct blocks *blocks);

/* The blocks that the rectangle touches. */
struct tile_span blocks_touched(const struct blocks *blocks, const struct spice_accel_rect *rect);
/* The blocks that lie in the rectangle. */
struct tile_span blocks_inside(const struct blocks *blocks, const struct spice_accel_rect *rect);

/* An array of a byte a block has `value` somewhere in what the rectangle touches. */
bool blocks_have(const struct blocks *blocks, const uint8_t *bytes,
		const struct spice_accel_rect *rect, uint8_t value);
/* The part of the rectangle in columns x0 to before x1 of a row of blocks. */
struct spice_accel_rect blocks_cut(const struct spice_accel_rect *rect, uint32_t x0, uint32_t x1,
		uint32_t row);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The search for content that moved, wherever the pixels are: what is looked for and what is
 * worth a copy is decided here, and the pixels are read by four functions. */
#ifndef MOVE_SEARCH_H
#define MOVE_SEARCH_H

#include "pixels/pixels.h"

/* A place is known by a strip of so many pixels of a row. */
#define MOVE_STRIP 32
#define MOVE_COLUMNS 12    /* of strips, at most */
#define MOVE_STRIPS 4096u  /* at most */
#define MOVE_SLOTS 16384u  /* a power of two */
#define MOVE_LINES 32u     /* that are compared in one call */

/* The strips of the scanout: one at each of the columns in one row in `step`. */
struct move_grid {
	int32_t x[MOVE_COLUMNS];
	uint32_t columns;
	int32_t y, step; /* the first row; rows */
	uint32_t rows;
};

/* Strips to look for in the remembered pixels. */
struct move_scan {
	const uint32_t *slots;          /* hashes, each in its move_slot(); 0: none */
	const uint8_t *known;           /* a byte for each block */
	struct spice_accel_rect before; /* in this rectangle, in one row in `step` */
	int32_t step;
	/* A strip of known pixels begins at (x, y) that has the hash of this slot. */
	void (*hit)(void *opaque, unsigned slot, int32_t x, int32_t y);
	void *opaque;
};

/**
 * Hashes are an implementation's own: strips of the same pixels have the same, and a strip's
 * hash is never 0. A hash may be that of other pixels by chance.
 *
 * Result: 0, negative errno.
 */
struct move_ops {
	/* The hash of each strip, row by row. 0: the strip has one colour only, or is what is
	 * remembered at the same place. */
	int (*hash)(struct pixels *pixels, const struct move_grid *grid, uint32_t *hashes);
	/* Tells of strips that were found; of several ones close to each other, some. */
	int (*scan)(struct pixels *pixels, const struct move_scan *scan);
	/* Sets the answer of each block that is asked for (not 0): 1 if the scanout has there
	 * what is remembered dx to the left and dy above, inside of the picture; else 0. */
	int (*moved)(struct pixels *pixels, const struct tile_span *span, const uint8_t *ask,
			int32_t dx, int32_t dy, uint8_t *answer);
	/* The same for at most MOVE_LINES rectangles, whose sources lie in the picture. */
	int (*lines)(struct pixels *pixels, const struct spice_accel_rect *lines, unsigned n,
			int32_t dx, int32_t dy, uint8_t *answer);
};

static inline unsigned move_slot(uint32_t hash)
{
	return hash * 0x9e3779b1u >> 18;
}

_Static_assert(MOVE_SLOTS == UINT64_C(1) << (32 - 18), "a slot is the upper bits of a product");

/* As pixels_find_move(). */
int move_search(const struct move_ops *ops, struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same);

#endif

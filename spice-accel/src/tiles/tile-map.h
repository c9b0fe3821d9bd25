/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Tells which parts of the viewer's picture are the source's pixels, and which parts only look
 * like them. */
#ifndef TILE_MAP_H
#define TILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/damage.h"
#include "pixels/blocks.h"

/* A block that changes again within this time is in motion. */
#define TILE_MOTION_US 250000u
/* A block that changes so often without a rest is hot. */
#define TILE_HOT 4u

/**
 * A grid of blocks of TILE_BLOCK pixels. Pure: the clock is an argument.
 *
 * Thread: none of its own; the owner serialises. Zeroed: no picture.
 */
struct tile_map {
	struct blocks blocks;
	uint32_t n_lossy;        /* blocks */
	uint8_t *lossy;          /* a byte a block: 1 where video was drawn */
	uint8_t *was;            /* the same before a move */
	uint8_t *heat;           /* changes in a row, without a rest between */
	uint64_t *changed_us;    /* when the source last did */
};

/* Everything is lossy and changed now. 0, -ENOMEM. Owner: tile_map_finish(). */
int tile_map_init(struct tile_map *map, uint32_t width, uint32_t height, uint64_t now_us);
void tile_map_finish(struct tile_map *map);

/* The source changed in the i-th block. */
void tile_map_changed_at(struct tile_map *map, size_t i, uint64_t now_us);
/* Video was drawn there, or everywhere: these blocks are lossy. */
void tile_map_set_lossy(struct tile_map *map, const struct damage *damage);
void tile_map_set_all_lossy(struct tile_map *map);
/* The source's pixels were drawn there: blocks that lie inside are exact now. */
void tile_map_set_exact(struct tile_map *map, const struct spice_accel_rect *rect);

/* The rectangle was copied from dx to the left and dy above. Each block is now as exact as its
 * source, and lossy blocks are in motion. */
void tile_map_move(struct tile_map *map, const struct spice_accel_rect *to, int32_t dx, int32_t dy,
		uint64_t now_us);

bool tile_map_is_exact(const struct tile_map *map);
/* The i-th block is lossy and has rested for rest_us. */
bool tile_map_rests_at(const struct tile_map *map, size_t i, uint64_t now_us, uint64_t rest_us);
/* At least half of the blocks there are hot. */
bool tile_map_is_hot(const struct tile_map *map, const struct spice_accel_rect *rect);

/**
 * Lossy blocks that have rested for rest_us, from the top, as rectangles.
 *
 * Shapes: at most max_rects rectangles of whole blocks (cut at the picture's
 *         edges) and max_pixels pixels, but at least one block.
 * Result: their number; when 0, *wake_us is when the next block will have
 *         rested, or 0 when none is lossy.
 */
unsigned tile_map_rested(const struct tile_map *map, uint64_t now_us, uint64_t rest_us,
		uint32_t max_pixels, struct spice_accel_rect *rects, unsigned max_rects,
		uint64_t *wake_us);

#endif

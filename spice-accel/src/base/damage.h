/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <spice-accel/frame.h>

#define DAMAGE_MAX_RECTS 16

/**
 * A region of a picture as a few rectangles. Zeroed: empty.
 *
 * Adding merges: a rectangle inside another disappears, and beyond
 * DAMAGE_MAX_RECTS those two are joined that waste the fewest pixels. The
 * region never loses a damaged pixel.
 *
 * Thread: none of its own; the owner serialises.
 */
struct damage {
	unsigned n;
	struct spice_accel_rect rects[DAMAGE_MAX_RECTS];
};

void damage_clear(struct damage *damage);
/* Clipped to width x height pixels; empty rectangles are ignored. */
void damage_add(struct damage *damage, const struct spice_accel_rect *rect,
		uint32_t width, uint32_t height);
void damage_add_all(struct damage *damage, uint32_t width, uint32_t height);
void damage_merge(struct damage *damage, const struct damage *other,
		uint32_t width, uint32_t height);
bool damage_is_empty(const struct damage *damage);
/* One rectangle that covers the picture? */
bool damage_is_all(const struct damage *damage, uint32_t width, uint32_t height);
/* Grows the damage to whole blocks of edge x edge pixels (cut at the picture's edges). */
void damage_align(struct damage *damage, uint32_t edge, uint32_t width, uint32_t height);
/* The rectangle around the damage; empty if there is no damage. */
struct spice_accel_rect damage_bounds(const struct damage *damage);
/* Pixels, overlaps counted twice. */
uint64_t damage_area(const struct damage *damage);

/**
 * Marks the blocks of edge x edge pixels that the region touches.
 *
 * Shapes: map has ceil(height/edge) rows of columns = ceil(width/edge) bytes;
 *         touched blocks get the byte `touched`, the others are left.
 */
void damage_mark_blocks(const struct damage *damage, uint8_t *map, uint32_t columns,
		uint32_t rows, uint32_t edge, uint8_t touched);

#endif

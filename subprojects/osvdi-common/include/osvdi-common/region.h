/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_REGION_H
#define OSVDI_COMMON_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pixels. Without width or height: nothing. */
struct rect {
	int32_t x, y, width, height;
};

/* A region holds at most this many rectangles: 256 KiB. */
#define REGION_MAX_RECTS 16384u

/*
 * A set of pixels, exactly.
 *
 * Shapes: rectangles that do not overlap, in bands: rectangles of a band have the
 *         same y and height and do not touch, and go from left to right; bands go
 *         from top to bottom. Each set of pixels has one such list.
 * Units:  pixels; all coordinates between -2^30 and 2^30.
 * Errors: a function that returns bool returns false when the result would have more
 *         than REGION_MAX_RECTS rectangles or memory is out. The region is then as
 *         it was.
 * Owner:  one at a time. Zeroed: an empty region. End it with region_finish().
 */
struct region {
	struct rect *rects; /* to read */
	uint32_t n;
	uint32_t capacity;  /* private */
};

void region_finish(struct region *region);
/* Nothing, but keeps the memory. */
void region_clear(struct region *region);

bool region_set(struct region *region, const struct rect *rect);
bool region_copy(struct region *to, const struct region *from);

bool region_add(struct region *region, const struct region *other);
bool region_subtract(struct region *region, const struct region *other);
bool region_intersect(struct region *region, const struct region *other);
bool region_add_rect(struct region *region, const struct rect *rect);
bool region_intersect_rect(struct region *region, const struct rect *rect);

bool region_is_empty(const struct region *region);
/* Whether all pixels of the rectangle are in the region; true for an empty one. */
bool region_covers(const struct region *region, const struct rect *rect);
/* Whether any pixel of the rectangle is in the region. */
bool region_touches(const struct region *region, const struct rect *rect);
/* The smallest rectangle around the region. */
struct rect region_bounds(const struct region *region);

/* The pixels that both rectangles have. */
struct rect rect_intersect(const struct rect *a, const struct rect *b);
bool rect_is_empty(const struct rect *rect);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The pixels that the viewer was shown. They tell real changes from reported ones: guests
 * report the box around all changes, or the whole screen each time. */
#ifndef SHADOW_H
#define SHADOW_H

#include "tiles/tile-map.h"
#include "frame/frame.h"

/**
 * A copy of the source's pixels, in the source's format. A block is known if all of it
 * was sent, as video or as tiles; exact blocks are always known. For a known block the
 * shadow holds the source's pixels at the time of sending. For any other block the shadow
 * holds a few sample rows from the last look.
 *
 * Thread: host thread. Zeroed: no picture.
 */
struct shadow {
	uint32_t fourcc;
	uint8_t *pixels;     /* rows of row_bytes */
	size_t row_bytes;
	uint32_t pixel_bytes;
	uint8_t *known;      /* a byte a block */
	uint8_t *same;       /* likewise: compared already, while changes are looked at */
	uint64_t *looked_us; /* the last look at a block that is not known */
};

static inline uint8_t *shadow_at(const struct shadow *shadow, int32_t x, int32_t y)
{
	return shadow->pixels + (size_t)y * shadow->row_bytes + (size_t)x * shadow->pixel_bytes;
}

/* 0, -ENOMEM. Owner: shadow_finish(). */
int shadow_init(struct shadow *shadow, const struct spice_accel_frame *frame,
		const struct tile_map *map);
void shadow_finish(struct shadow *shadow);

/* These pixels were sent: blocks that lie inside are known now. */
void shadow_copy(struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_frame *frame, const struct spice_accel_rect *rect);
/* The viewer fills `to` with the pixels that are dx to the left and dy above: known ones. */
void shadow_move(struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_rect *to, int32_t dx, int32_t dy);
/* Forgets which blocks were compared already. */
void shadow_clear_same(struct shadow *shadow, const struct tile_map *map);
/* The blocks there are not known any more. */
void shadow_forget(struct shadow *shadow, const struct tile_map *map, const struct damage *damage);
void shadow_forget_all(struct shadow *shadow, const struct tile_map *map);
/* All blocks that the rectangle touches are known. */
bool shadow_is_known(const struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_rect *rect);

/**
 * Adds to `changed` the part of the damage that is a change: known blocks that differ
 * from the pixels that were sent, and all blocks that are not known. Notes in the map
 * which blocks changed, so that a block that is only reported as damaged comes to rest.
 */
void shadow_trim(struct shadow *shadow, struct tile_map *map, const struct spice_accel_frame *frame,
		const struct damage *damage, struct damage *changed, uint64_t now_us);

#endif

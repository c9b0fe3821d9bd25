/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What the viewer was shown, to tell real changes from reported ones: guests
 * report the box around all that changed, or the whole screen each time. */
#ifndef SHADOW_H
#define SHADOW_H

#include "tiles/tile-map.h"
#include "frame/frame.h"

/**
 * A copy of the source's pixels, in its format. Of whole blocks, and exact ones are,
 * it holds what was sent, losslessly or as video; of others some rows of what was
 * there a moment ago.
 *
 * Thread: host thread. Zeroed: no picture.
 */
struct shadow {
	uint32_t fourcc;
	uint8_t *pixels;     /* rows of row_bytes */
	size_t row_bytes;
	uint32_t pixel_bytes;
	uint8_t *whole;      /* a byte a block */
	uint8_t *same;       /* likewise: compared already, while changes are looked at */
	uint64_t *looked_us; /* at a block that is not whole, last */
};

static inline uint8_t *shadow_at(const struct shadow *shadow, int32_t x, int32_t y)
{
	return shadow->pixels + (size_t)y * shadow->row_bytes + (size_t)x * shadow->pixel_bytes;
}

/* 0, -ENOMEM. Owner: shadow_finish(). */
int shadow_init(struct shadow *shadow, const struct spice_accel_frame *frame,
		const struct tile_map *map);
void shadow_finish(struct shadow *shadow);

/* These pixels were sent: blocks that lie inside are whole. */
void shadow_copy(struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_frame *frame, const struct spice_accel_rect *rect);
/* The viewer copies what is in whole blocks so far left and up of the rectangle. */
void shadow_move(struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_rect *to, int32_t dx, int32_t dy);
/* No block was compared yet. */
void shadow_clear_same(struct shadow *shadow, const struct tile_map *map);
/* What was sent there is not known. */
void shadow_forget(struct shadow *shadow, const struct tile_map *map, const struct damage *damage);
void shadow_forget_all(struct shadow *shadow, const struct tile_map *map);
/* All blocks that the rectangle touches are whole. */
bool shadow_is_whole(const struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_rect *rect);

/**
 * Adds to `changed` what of the damage is a change: whole blocks that differ from
 * what was sent, and all others. Notes in the map when blocks changed; those that
 * only are reported as damaged come to rest.
 */
void shadow_trim(struct shadow *shadow, struct tile_map *map, const struct spice_accel_frame *frame,
		const struct damage *damage, struct damage *changed, uint64_t now_us);

#endif

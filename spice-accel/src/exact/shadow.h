/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What the viewer was shown, to tell real changes from reported ones: guests
 * report the box around all that changed, or the whole screen each time. */
#ifndef SHADOW_H
#define SHADOW_H

#include "exact/tile-map.h"
#include "frame/frame.h"

/**
 * A copy of the source's pixels, in its format. Of exact blocks it holds what
 * was sent; of lossy ones some rows of what was there a moment ago.
 *
 * Thread: host thread. Zeroed: no picture.
 */
struct shadow {
	uint32_t fourcc;
	uint8_t *pixels;     /* rows of row_bytes */
	size_t row_bytes;
	uint32_t pixel_bytes;
	uint64_t *looked_us; /* at a lossy block last */
};

/* 0, -ENOMEM. Owner: shadow_finish(). */
int shadow_init(struct shadow *shadow, const struct spice_accel_frame *frame,
		const struct tile_map *map);
void shadow_finish(struct shadow *shadow);

/* These pixels were sent. */
void shadow_copy(struct shadow *shadow, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect);

/**
 * Adds to `changed` what of the damage is a change: exact blocks that differ from
 * what was sent, and all lossy ones. Notes in the map when blocks changed; lossy
 * ones that only are reported as damaged come to rest.
 */
void shadow_trim(struct shadow *shadow, struct tile_map *map, const struct spice_accel_frame *frame,
		const struct damage *damage, struct damage *changed, uint64_t now_us);

#endif

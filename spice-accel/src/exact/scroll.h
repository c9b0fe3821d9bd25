/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Finds content that only moved up or down: the viewer has it already. */
#ifndef SCROLL_H
#define SCROLL_H

#include "exact/shadow.h"

struct scroll {
	struct spice_accel_rect to; /* whose pixels are now those that the viewer has */
	int32_t dy;                 /* so many rows above (negative: below) */
};

/**
 * Looks for a large part of the rectangle that was scrolled.
 *
 * The part's source lies in the rectangle and in exact blocks, and each of its
 * pixels was compared: a copy is right, not likely.
 *
 * Result: 1 found, 0 not, -ENOMEM.
 * Thread: host thread. Cost: the part's pixels are read once or twice.
 */
int scroll_find(const struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_frame *frame, const struct spice_accel_rect *rect,
		struct scroll *scroll);

/* The viewer will copy it: so does the shadow, and the map notes what is exact. */
void scroll_apply(const struct scroll *scroll, struct shadow *shadow, struct tile_map *map);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Finds content that only moved: a page that scrolls, a window that is dragged.
 * The viewer has it already. */
#ifndef MOVE_H
#define MOVE_H

#include "tiles/shadow.h"

struct move {
	struct spice_accel_rect to; /* where the pixels are now */
	int32_t dx, dy;             /* so far right and down of where they were */
};

/**
 * Looks in `rect` for pixels that the viewer has elsewhere, in `before`.
 *
 * What is found is the copy that saves the most: pixels in it that do not fit are
 * still to be sent. Its source is of whole blocks; a lossy one stays as lossy as it was.
 * Blocks that fit are noted in shadow->same, for when the move is applied.
 *
 * Shapes: both rectangles lie in the picture.
 * Result: 1 found, 0 not, -ENOMEM.
 * Thread: host thread. Cost: some rows of `before` are searched, `rect` is read twice.
 */
int move_find(struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_frame *frame, const struct spice_accel_rect *rect,
		const struct spice_accel_rect *before, struct move *move);

/* The viewer will copy it: so does the shadow, and the map notes what is exact. */
void move_apply(const struct move *move, struct shadow *shadow, struct tile_map *map,
		uint64_t now_us);

#endif

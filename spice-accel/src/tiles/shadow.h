/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The pixels that the viewer was shown. They tell real changes from reported ones: guests
 * report the box around all changes, or the whole screen each time. */
#ifndef SHADOW_H
#define SHADOW_H

#include "pixels/pixels.h"
#include "tiles/tile-map.h"

/**
 * A block is known if all of it was sent, as video or as tiles; exact blocks are always known.
 * For a known block the source's pixels at the time of sending are remembered. For any other
 * block a few sample rows from the last look are remembered.
 *
 * Thread: host thread, but for the functions that get the pixels: they run where the pixels
 * are, while the shadow is lent. Zeroed: no picture.
 */
struct shadow {
	struct blocks blocks;
	/* each of them a value a block */
	uint8_t *known;
	uint8_t *same;       /* compared already, while changes are looked at */
	uint64_t *looked_us; /* the last look at a block that is not known */
	uint8_t *ask, *answer; /* of the last shadow_compare() */
};

/* No block is known. 0, -ENOMEM. Owner: shadow_finish(). */
int shadow_init(struct shadow *shadow, uint32_t width, uint32_t height);
void shadow_finish(struct shadow *shadow);

/* These pixels are sent, and pixels_take() or pixels_remember() remembers them: blocks that lie
 * inside are known now. */
void shadow_note(struct shadow *shadow, const struct spice_accel_rect *rect);
/* The viewer carries out the move: its source is known, and so is its target now. */
void shadow_move(struct shadow *shadow, struct pixels *pixels, const struct move *move);
/* As pixels_find_move(). Blocks that were compared are not compared by the next
 * shadow_compare(), unless shadow_clear_same() comes before. */
int shadow_find_move(struct shadow *shadow, struct pixels *pixels,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move);
/* Forgets which blocks were compared already. */
void shadow_clear_same(struct shadow *shadow);
/* The blocks there, or all blocks, are not known any more. */
void shadow_forget(struct shadow *shadow, const struct damage *damage);
void shadow_forget_all(struct shadow *shadow);

/* Compares the blocks that the damage touches: those that are known as a whole, and now and
 * then some rows of the others. */
void shadow_compare(struct shadow *shadow, struct pixels *pixels, const struct damage *damage,
		uint64_t now_us);

/**
 * Goes on with the answers of shadow_compare() for the same damage.
 *
 * Adds to `changed` the part of the damage that is a change: known blocks that differ
 * from the pixels that were sent, and blocks that are not known and do not rest. Notes in the
 * map which blocks changed, so that a block that is only reported as damaged comes to rest.
 */
void shadow_trim(struct shadow *shadow, struct tile_map *map, const struct damage *damage,
		struct damage *changed, uint64_t now_us);

#endif

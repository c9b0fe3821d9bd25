/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/look.h"

/* Reported rectangles are searched as one if the box around them has at most so many times
 * their pixels. */
#define CLOSE_PART 2u

static uint64_t area(const struct spice_accel_rect *r)
{
	return (uint64_t)r->width * (uint64_t)r->height;
}

/* Searches one rectangle for a move. Pixels outside the reported damage did not change, but
 * the move may copy over them: its target is added to the damage. */
static void find_move(struct look *look, struct pixels *pixels,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *all)
{
	struct move *move = &look->moves[look->n_moves];
	const struct blocks *blocks = &pixels->blocks;

	if (look->n_moves == LOOK_MAX_MOVES ||
			shadow_find_move(look->shadow, pixels, rect, all, move) <= 0)
		return;
	shadow_move(look->shadow, pixels, move);
	damage_add(&look->reported, &move->to, blocks->width, blocks->height);
	if (look->n_moves++) /* it may have changed pixels that the search before compared */
		shadow_clear_same(look->shadow);
}

/* A dragged window is reported as the place where it was and the place where it is. The two
 * may overlap. */
static void find_moves(struct look *look, struct pixels *pixels)
{
	const struct damage before = look->reported;
	const struct spice_accel_rect all = damage_bounds(&before);

	look->n_moves = 0;
	if (area(&all) <= damage_area(&before) * CLOSE_PART) {
		find_move(look, pixels, &all, &all);
		return;
	}
	for (unsigned i = 0; i < before.n; i++)
		find_move(look, pixels, &before.rects[i], &all);
}

void look_run(struct look *look, struct pixels *pixels)
{
	find_moves(look, pixels);
	shadow_compare(look->shadow, pixels, &look->reported, look->now_us);
}

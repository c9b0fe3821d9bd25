/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef MOVE_WORTH_H
#define MOVE_WORTH_H

#include "pixels/move-search.h"

/* Finds the part of `rect` for which a copy by the move's distance saves the most. 1: it is
 * move->to; 0: none is worth it; negative errno. Blocks that fit are set to 1 in `same`. */
int move_weigh(const struct move_ops *ops, struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, struct move *move, uint8_t *same);

#endif

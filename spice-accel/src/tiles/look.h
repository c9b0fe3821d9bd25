/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* One look at reported damage: which of it changed, and which only moved. */
#ifndef LOOK_H
#define LOOK_H

#include "base/damage.h"
#include "tiles/shadow.h"

#define LOOK_MAX_MOVES 4u

/**
 * The tiler asks, look_run() answers where the pixels are, and the tiler goes on with the
 * answer. The shadow is lent from the question to the answer.
 */
struct look {
	struct shadow *shadow;
	struct damage reported; /* grows by the targets of moves */
	uint64_t now_us;
	/* the answer; more of it is in the shadow */
	struct move moves[LOOK_MAX_MOVES];
	unsigned n_moves;
};

/* Finds what moved, carries the moves out on the remembered pixels, and compares.
 * Thread: the pixels'. */
void look_run(struct look *look, struct pixels *pixels);

#endif

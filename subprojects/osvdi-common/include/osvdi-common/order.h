/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_ORDER_H
#define OSVDI_COMMON_ORDER_H

#include <osvdi-common/update.h>

/* Frames whose damage is remembered. */
#define ORDER_FRAMES 128u
/* Limits of what may wait for a frame. The server has a megabyte and 32 messages in flight at
 * most. */
#define ORDER_MAX_PIXELS (32u << 20)
#define ORDER_MAX_UPDATES 4096u

/*
 * Puts updates and frames, which come over channels of their own, into the server's
 * order: an update waits for the frame that it belongs after, and does not touch what
 * a later frame has changed.
 *
 * Memory: the damage of ORDER_FRAMES frames; waiting updates of ORDER_MAX_PIXELS and
 *         ORDER_MAX_UPDATES.
 * Owner:  one at a time. Zeroed: empty. End it with order_finish().
 */
struct order {
	/* private */
	uint64_t frame;     /* the newest that was taken */
	uint64_t forgotten; /* frames up to this one are not all remembered */
	struct {
		uint64_t number;
		struct region damage;
	} frames[ORDER_FRAMES]; /* the last ones, a ring */
	unsigned n_frames, next;
	struct update *first, *last; /* waiting */
	size_t n_pixels, n_updates;
};

/* Forgets frames and updates. */
void order_clear(struct order *order);
void order_finish(struct order *order);

/* A frame was taken: an update may touch its damage only if the update came after it. */
void order_add_frame(struct order *order, uint64_t number, const struct region *damage);

/* Takes ownership. False: a server that floods us; all that waited is gone. */
bool order_push(struct order *order, struct update *update);

/**
 * The next update whose turn it is, or NULL.
 *
 * region: set to what of the update is still of use.
 * lost:   true when that cannot be known any more, or a copy's source is gone: the
 *         region is empty then. Ask for a key frame.
 * Owner:  caller, of the update; the region is the caller's all the time.
 */
struct update *order_pop(struct order *order, struct region *region, bool *lost);

#endif

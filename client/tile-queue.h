/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TILE_QUEUE_H
#define OSVDI_TILE_QUEUE_H

#include "tiles.h"

#define TILE_QUEUE_FRAMES 128

/*
 * Puts tiles and frames, which come over channels of their own, into the
 * server's order: tiles wait for the frame that they belong after, and do not
 * touch what a later frame has changed. One owner at a time; zeroed: empty.
 */
struct tile_queue {
	guint64 frame; /* the newest that was taken */
	struct {
		guint64 number;
		cairo_region_t *damage;
	} frames[TILE_QUEUE_FRAMES]; /* the last ones, a ring */
	guint n_frames, next;
	GQueue waiting; /* struct tiles */
	gsize n_waiting; /* pixels */
};

void tile_queue_clear(struct tile_queue *queue);

/* A frame was taken; tiles may touch its damage no more unless they came after. */
void tile_queue_frame(struct tile_queue *queue, guint64 number, const cairo_region_t *damage);

/* Takes ownership. FALSE: a server that floods us; all that waited is gone. */
gboolean tile_queue_push(struct tile_queue *queue, struct tiles *tiles);

/**
 * The next tiles whose turn it is, or NULL.
 *
 * region: a new region of what of them is still of use.
 * lost:   TRUE when it cannot be known any more, or a copy's source is gone: ask
 *         for a key frame.
 * Owner:  caller, both.
 */
struct tiles *tile_queue_pop(struct tile_queue *queue, cairo_region_t **region, gboolean *lost);

#endif

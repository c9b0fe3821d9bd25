/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Source pixels of some rectangles, on their way into a TILES message of
 * osvdi-accel-protocol.h. */
#ifndef TILE_BATCH_H
#define TILE_BATCH_H

#include <osvdi-accel-protocol.h>

#include "frame/packet.h"

struct ZSTD_CCtx_s;
struct pixels;
struct spice_accel_rect;

/**
 * Rectangles are added in the host thread, pixels are read where they are, and the batch is
 * encoded in the encode thread: one of them at a time. Zeroed: empty. Owner:
 * tile_batch_finish().
 */
struct tile_batch {
	struct osvdi_tiles message; /* without coding and data */
	uint8_t *pixels;            /* B, G, R, one rectangle after the other */
	size_t size, capacity;      /* bytes; the size counts pixels that are not read yet, too */
	/* encode thread only */
	uint8_t *planes;            /* scratch of OSVDI_TILES_ZSTD_MED */
	size_t planes_capacity;
	struct ZSTD_CCtx_s *zstd;
};

void tile_batch_finish(struct tile_batch *batch);

/* Empties the batch. */
void tile_batch_reset(struct tile_batch *batch);
/* Takes the label's display, number, after_frame, capture_us and flags for the message. */
void tile_batch_label(struct tile_batch *batch, const struct osvdi_tiles *label);

/* The rectangle belongs to the batch. 0; -ENOSPC too many rectangles or pixels. */
int tile_batch_add(struct tile_batch *batch, const struct spice_accel_rect *rect);
/* Takes the rectangles' pixels. 0; -ENOMEM; else as pixels_take(). Thread: the pixels'. */
int tile_batch_read(struct tile_batch *batch, struct pixels *pixels);

/* Appends the message. 0, -ENOMEM, -EIO. Thread: encode thread. */
int tile_batch_encode(struct tile_batch *batch, struct packet *out);
/* The same with data that another process encoded, in this coding. 0; -ENOMEM; -EINVAL no such
 * coding, or more data than there can be. */
int tile_batch_put(struct tile_batch *batch, uint8_t coding, const void *data, size_t size,
		struct packet *out);
/* Bytes of a message before its data. */
size_t tile_batch_head(const struct tile_batch *batch);

#endif

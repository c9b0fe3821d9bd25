/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_UPDATE_H
#define OSVDI_COMMON_UPDATE_H

#include <osvdi-accel-protocol.h>
#include <osvdi-common/region.h>

enum update_kind {
	UPDATE_TILES, /* brings pixels */
	UPDATE_COPY,  /* takes them from another place of the canvas */
};

/*
 * An update that the extension port brings for a canvas: one TILES or one COPY message.
 * Does not change once made. Owner: one at a time, update_free().
 */
struct update {
	enum update_kind kind;
	uint32_t display;
	bool exact;          /* TILES: the whole picture equals its source with these */
	bool change;         /* new content, not only what was there made exact */
	uint64_t number, after_frame;
	int64_t capture_us;  /* server's clock */
	int64_t received_us; /* the caller's clock */
	size_t bytes;        /* of the message */
	size_t n_pixels;     /* that the message brings; 0 for COPY */
	uint32_t n_rects;    /* 1 for COPY */
	struct rect rects[OSVDI_TILES_MAX_RECTS]; /* where it goes */
	uint8_t *pixels;     /* TILES: BGRX, one rectangle after the other, rows from the top */
	int32_t from_x, from_y; /* COPY: the source's upper left corner */
	struct update *next; /* for who keeps them in a list */
};

/**
 * Decompresses a message that osvdi_read_tiles() took.
 *
 * bytes:  size of the message, for statistics.
 * now_us: becomes received_us.
 * Errors: NULL when the data is not what the message says of it, or memory is out.
 */
struct update *update_new_tiles(const struct osvdi_tiles *message, size_t bytes, int64_t now_us);
/* NULL: no memory. */
struct update *update_new_copy(const struct osvdi_copy *message, size_t bytes, int64_t now_us);
void update_free(struct update *update);

/* A region of all rectangles. False: see region.h. */
bool update_region(const struct update *update, struct region *region);

/* Whether a copy's source lies in a canvas of that size. */
bool update_source_fits(const struct update *copy, int32_t width, int32_t height);

/**
 * Calls for each part of tiles that lies in the region and in a canvas of that size,
 * with its pixels.
 *
 * stride: bytes from a row to the next.
 */
typedef void (*update_part_func)(void *opaque, const struct rect *part, const uint8_t *pixels,
		size_t stride);
void update_foreach(const struct update *tiles, const struct region *region, int32_t width,
		int32_t height, update_part_func func, void *opaque);

/* A canvas in memory: BGRX, height * stride bytes. */
struct update_canvas {
	uint8_t *pixels;
	size_t stride; /* bytes */
	int32_t width, height;
};

/*
 * Paints what of an update lies in the region. A copy takes all its pixels from the
 * canvas as it was before, also where source and target overlap. Nothing is painted
 * for a copy whose source is not all in the canvas.
 */
void update_paint(const struct update *update, const struct region *region,
		const struct update_canvas *canvas);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TILES_H
#define OSVDI_TILES_H

#include <cairo.h>
#include <glib.h>
#include "osvdi-accel-protocol.h"

/* Pixels for some rectangles, from one TILES message; or those of another place of
 * the canvas, from one COPY message. */
struct tiles {
	int display;
	gboolean exact;      /* the whole picture equals its source with these */
	gboolean change;     /* new content, not only what was there made exact */
	guint64 number, after_frame;
	gint64 capture_us;   /* server's clock */
	gint64 received_us;  /* CLOCK_MONOTONIC, here */
	gsize bytes;         /* of the message */
	gsize n_pixels;
	guint n_rects;
	cairo_rectangle_int_t rects[OSVDI_TILES_MAX_RECTS];
	guint8 *pixels;      /* BGRX, one rectangle after the other, rows from the top; NULL for a copy */
	gboolean copy;       /* of one rectangle */
	int from_x, from_y;
};

/**
 * Decompresses a message that osvdi_read_tiles() took.
 *
 * bytes:  size of the message, for statistics.
 * Errors: NULL when the data is not what the message says of it.
 * Owner:  caller, tiles_free(). Thread: any.
 */
struct tiles *tiles_new(const struct osvdi_tiles *message, gsize bytes);
/* A copy: its pixels are taken when it is applied. */
struct tiles *tiles_new_copy(const struct osvdi_copy *message, gsize bytes);
void tiles_free(struct tiles *tiles);

/**
 * Calls for each part of the tiles that lies in the region and in a picture of that
 * size, with its pixels (NULL for a copy that was not grabbed).
 *
 * stride: bytes from a row to the next.
 */
typedef void (*tiles_part_func)(const cairo_rectangle_int_t *part, const guint8 *pixels, gsize stride, gpointer data);
void tiles_foreach(const struct tiles *tiles, const cairo_region_t *region, int width, int height,
		tiles_part_func func, gpointer data);

/* Whether a copy's source lies in a picture of that size. */
gboolean tiles_copy_fits(const struct tiles *copy, int width, int height);

/* A new region of all rectangles. */
cairo_region_t *tiles_region(const struct tiles *tiles);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CANVAS_H
#define OSVDI_CANVAS_H

#include <osvdi-common/update.h>
#include "media/picture.h"

/* The pixels of a picture in memory: BGRX, height x stride bytes. Not locked. */
struct canvas {
	guint8 *data; /* NULL: no picture yet */
	int width, height;
	gsize stride; /* bytes */
};

/* Converts the damaged part of a picture that has the size of the canvas. */
gboolean canvas_apply(
		struct canvas *canvas, const struct picture *picture, const cairo_region_t *damage);

/* Paints the part of an update that lies in the region; see update_paint(). */
void canvas_put(struct canvas *canvas, const struct update *update, const struct region *region);

/* Copies an image surface (RGB24 or ARGB32) that has the size of the canvas. */
void canvas_load(struct canvas *canvas, cairo_surface_t *surface);

/* A new RGB24 surface with the same pixels, or NULL if there is no picture. */
cairo_surface_t *canvas_copy(const struct canvas *canvas);

#endif

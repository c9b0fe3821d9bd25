/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Test pictures: DRM_FORMAT_XRGB8888, deterministic. */
#ifndef CONTENT_H
#define CONTENT_H

#include <stdint.h>

#include "frame/frame.h"

enum content {
	CONTENT_TEXT,     /* black glyphs on white, as a desktop has them */
	CONTENT_GRADIENT, /* smooth */
	CONTENT_NOISE,    /* grain over a gradient */
};

struct canvas {
	uint32_t width, height;
	uint32_t *pixels;
	struct spice_accel_frame *frame;
};

void canvas_init(struct canvas *canvas, uint32_t width, uint32_t height);
void canvas_finish(struct canvas *canvas);
/* Other seeds give other pictures of that kind. Clipped to the canvas. */
void canvas_paint(struct canvas *canvas, enum content content, uint32_t seed, int x, int y,
		int width, int height);
void canvas_fill(struct canvas *canvas, enum content content, uint32_t seed);

#endif

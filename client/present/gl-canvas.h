/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_CANVAS_H
#define OSVDI_GL_CANVAS_H

#include <cairo.h>
#include "present/gl-program.h"

/*
 * The pixels of a picture in GPU memory. The canvas holds the whole picture as RGB and is
 * updated part by part. Every function needs the context current. Not locked.
 */
struct gl_canvas {
	struct gl_program program;
	GLuint texture, framebuffer; /* RGBA, the picture's first row first */
	int width, height;           /* 0: no picture yet */
	GLuint staging, staging_framebuffer; /* pixels on their way; grows */
	int staging_width, staging_height;
	GLuint upload[3]; /* samples from memory */
	int upload_width, upload_height;
	enum gl_layout upload_layout;
};

/* FALSE with a message in *log (owner: caller) if a shader does not build. */
gboolean gl_canvas_init(struct gl_canvas *canvas, char **log);
void gl_canvas_finish(struct gl_canvas *canvas);

/* Sets the size. TRUE: the size was another one, and the pixels are lost. */
gboolean gl_canvas_resize(struct gl_canvas *canvas, int width, int height);

/* Whether gl_canvas_upload() takes frames with these properties. */
gboolean gl_canvas_takes(const GstVideoInfo *info);

/* Uploads the damaged part of a mapped frame that has the size of the canvas. The driver
 * makes the only copy. */
void gl_canvas_upload(
		struct gl_canvas *canvas, const GstVideoFrame *frame, const cairo_region_t *damage);

/* Puts BGRX pixels at x, y. All of them must lie inside the canvas. */
void gl_canvas_put(struct gl_canvas *canvas, const guint8 *data, gsize stride, int x, int y,
		int width, int height);

/* Copies the rectangle at from_x, from_y to another place, but only the pixels that land in
 * the region. Both rectangles lie inside the canvas and may overlap. */
void gl_canvas_copy(struct gl_canvas *canvas, int from_x, int from_y,
		const cairo_rectangle_int_t *to, const cairo_region_t *region);

/**
 * Draws the damaged part of textures that hold a whole picture.
 *
 * names: a texture for each plane; for GL_LAYOUT_EXTERNAL one GL_TEXTURE_EXTERNAL_OES.
 */
void gl_canvas_draw(struct gl_canvas *canvas, const guint *names, enum gl_layout layout,
		const GstVideoInfo *info, const cairo_region_t *damage);

/**
 * Shows the canvas in the current window surface.
 *
 * place: in pixels from the lower left corner of the window.
 * parts: the parts of the window to draw, in the same pixels; NULL for all.
 */
void gl_canvas_show(struct gl_canvas *canvas, const cairo_rectangle_int_t *place,
		const cairo_region_t *parts);

/* A new RGB24 surface with the same pixels, or NULL if there are none. */
cairo_surface_t *gl_canvas_read(struct gl_canvas *canvas);

#endif

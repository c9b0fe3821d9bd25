/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_CANVAS_H
#define OSVDI_GL_CANVAS_H

#include <cairo.h>
#include "present/gl-program.h"

/*
 * A picture's pixels in the GPU's memory: RGB, all of the picture, which is
 * brought up to date part by part. Every function needs the context current;
 * not locked.
 */
struct gl_canvas {
	struct gl_program program;
	GLuint texture, framebuffer; /* RGBA, the picture's first row first */
	int width, height;           /* 0: no picture yet */
	GLuint staging, staging_framebuffer; /* pixels on their way, grows */
	int staging_width, staging_height;
	GLuint upload[3];            /* samples that came from memory */
	int upload_width, upload_height;
	enum gl_layout upload_layout;
};

/* FALSE with a message in *log (owner: caller) when a shader does not build. */
gboolean gl_canvas_init(struct gl_canvas *canvas, char **log);
void gl_canvas_finish(struct gl_canvas *canvas);

/* TRUE when it had another size: what it held is lost. */
gboolean gl_canvas_resize(struct gl_canvas *canvas, int width, int height);

/* Whether gl_canvas_upload() takes frames of this kind. */
gboolean gl_canvas_takes(const GstVideoInfo *info);

/* The damaged part of a mapped frame of the canvas' own size: one copy, by the driver. */
void gl_canvas_upload(struct gl_canvas *canvas, const GstVideoFrame *frame, const cairo_region_t *damage);

/* BGRX pixels to x, y; all inside the canvas. */
void gl_canvas_put(struct gl_canvas *canvas, const guint8 *data, gsize stride, int x, int y, int width, int height);

/* The pixels of a rectangle at from_x, from_y, which may overlap with it and is inside
 * the canvas; only what of them lies in the region. */
void gl_canvas_copy(struct gl_canvas *canvas, int from_x, int from_y, const cairo_rectangle_int_t *to,
		const cairo_region_t *region);

/**
 * The damaged part of textures that hold all of a picture.
 *
 * names: a texture a plane; for GL_LAYOUT_EXTERNAL one GL_TEXTURE_EXTERNAL_OES.
 */
void gl_canvas_draw(struct gl_canvas *canvas, const guint *names, enum gl_layout layout, const GstVideoInfo *info,
		const cairo_region_t *damage);

/**
 * Shows the canvas in the current window surface.
 *
 * place: where, in pixels from the window's lower left corner.
 * parts: of the window, in the same pixels, or NULL for all.
 */
void gl_canvas_show(struct gl_canvas *canvas, const cairo_rectangle_int_t *place, const cairo_region_t *parts);

/* A new RGB24 surface with the same pixels, or NULL. */
cairo_surface_t *gl_canvas_read(struct gl_canvas *canvas);

#endif

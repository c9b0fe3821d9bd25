/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_PROGRAM_H
#define OSVDI_GL_PROGRAM_H

#include <cairo.h>
#include <epoxy/gl.h>
#include <gst/video/video.h>

/*
 * Textures and shader of one picture (OpenGL ES 3.0). Every function needs the
 * context current.
 */
struct gl_program {
	GLuint program, buffer, textures[3];
	GLint matrix, offset, layout;
	int width, height; /* of the textures */
	int planes;        /* 3: I420, 2: NV12, 1: BGRX */
	gboolean swap_uv;  /* YV12 */
};

/* FALSE with a message in *log (owner: caller) when the shader does not build. */
gboolean gl_program_init(struct gl_program *gl, char **log);
void gl_program_finish(struct gl_program *gl);

/* Whether frames of this kind can be uploaded as they are. */
gboolean gl_program_takes(const GstVideoFrame *frame);

/* Uploads the damaged part; all of it when size or format changed. */
void gl_program_upload(struct gl_program *gl, const GstVideoFrame *frame, const cairo_region_t *damage);

/* Uploads BGRX pixels. */
void gl_program_upload_bgrx(struct gl_program *gl, const guint8 *data, gsize stride, int width, int height);

/* Fills the current viewport. */
void gl_program_draw(struct gl_program *gl, gboolean sharp);

#endif

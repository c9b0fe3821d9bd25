/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_PROGRAM_H
#define OSVDI_GL_PROGRAM_H

#include <epoxy/gl.h>
#include <gst/video/video.h>

/* The samples of a texture, or of several textures. */
enum gl_layout {
	GL_LAYOUT_BGRX = 1, /* B, G, R, X as R, G, B, A */
	GL_LAYOUT_NV12 = 2, /* Y, CbCr; also 10 bits (P010) */
	GL_LAYOUT_I420 = 3, /* Y, Cb, Cr */
	GL_LAYOUT_EXTERNAL, /* one external texture; the driver turns it into R, G, B */
};

/*
 * The shaders (OpenGL ES 3.0). One turns samples into the colours of the canvas, pixel by
 * pixel. Another one shows the canvas at any size. Every function needs the context
 * current.
 */
struct gl_program {
	GLuint samples, external, show; /* programs; external may be missing (0) */
	GLuint buffer;
	GLint matrix, offset, scale, layout, origin; /* of the program samples */
};

/* FALSE with a message in *log (owner: caller) if a shader does not build. */
gboolean gl_program_init(struct gl_program *gl, char **log);
void gl_program_finish(struct gl_program *gl);

/* Whether the shader can compute colours from samples with this colorimetry. */
gboolean gl_program_knows(const GstVideoColorimetry *colour);

/**
 * Prepares gl_program_draw() for samples. The textures are bound to the units 0, 1 and 2;
 * their first sample belongs to x, y of the canvas.
 *
 * bits: of a sample: 8, or 10 in the upper part of 16.
 */
void gl_program_use_samples(struct gl_program *gl, enum gl_layout layout,
		const GstVideoColorimetry *colour, int bits, int x, int y);

/* Prepares gl_program_draw() to show the canvas, bound to unit 0, upright in a window. */
void gl_program_use_canvas(struct gl_program *gl);

/* Fills the current viewport, clipped by the scissors. */
void gl_program_draw(struct gl_program *gl);

#endif

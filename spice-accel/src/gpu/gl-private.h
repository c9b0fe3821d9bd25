/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GL_PRIVATE_H
#define GL_PRIVATE_H

#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include "gpu/gl-device.h"

struct gbm_device;

enum gl_pass {
	GL_PASS_LUMA,
	GL_PASS_CHROMA,
	GL_PASS_COPY,
	GL_PASSES,
};

struct gl_program {
	GLuint name;
	GLint crop, size, flip; /* uniforms */
};

struct gl_pixels_programs;

struct gl_device {
	struct gbm_device *gbm;
	EGLDisplay display;
	EGLContext context;
	bool modifiers;  /* EGL_EXT_image_dma_buf_import_modifiers */
	bool dmabufs;
	bool software; /* the renderer is the processor */
	GLuint vao, framebuffer, renderbuffer;
	struct gl_program programs[2][GL_PASSES]; /* [external] */
	struct gl_pixels_programs *pixels_programs; /* NULL: not needed so far */
};

/* The sampler of a scanout, by the kind of its texture. */
#define GL_SOURCE_2D "uniform highp sampler2D source;\n"
#define GL_SOURCE_EXTERNAL \
	"#extension GL_OES_EGL_image_external_essl3 : require\n" \
	"uniform samplerExternalOES source;\n"

/* A triangle that covers the target, without buffers. */
extern const char gl_vertex_source[];

/* gl-device.c: makes the context current. 0 or -EIO. */
int gl_make_current(struct gl_device *device);
/* gl-device.c: the same, and errors of before are forgotten. 0; -EIO, also if the GPU was
 * reset. */
int gl_begin(struct gl_device *device);

/* gl-convert.c: waits until the GPU is done. 0; -ETIME; -EIO. */
int gl_wait_done(struct gl_device *device);

/* gl-programs.c, with the context current. Compiles all passes; those for external
 * textures only where the driver has them. 0 or -ENODEV. */
int gl_programs_create(struct gl_device *device, char *why, size_t size);
void gl_programs_finish(struct gl_device *device);
/* A program of a vertex shader and a fragment shader in n pieces; 0: `why` gets a sentence. */
GLuint gl_link(const char *vertex, const char *const *sources, unsigned n, char *why, size_t size);

/* gl-pixels-programs.c, with the context current. NULL allowed. */
void gl_pixels_programs_destroy(struct gl_pixels_programs *programs);

#endif

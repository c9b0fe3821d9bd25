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

struct gl_device {
	struct gbm_device *gbm;
	EGLDisplay display;
	EGLContext context;
	bool modifiers;  /* EGL_EXT_image_dma_buf_import_modifiers */
	bool dmabufs;
	GLuint vao, framebuffer, renderbuffer;
	struct gl_program programs[2][GL_PASSES]; /* [external] */
};

/* gl-device.c: makes the context current. 0 or -EIO. */
int gl_make_current(struct gl_device *device);

/* gl-programs.c, with the context current. Compiles all passes; those for external
 * textures only where the driver has them. 0 or -ENODEV. */
int gl_programs_create(struct gl_device *device, char *why, size_t size);
void gl_programs_finish(struct gl_device *device);

#endif

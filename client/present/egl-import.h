/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EGL_IMPORT_H
#define OSVDI_EGL_IMPORT_H

#include <epoxy/egl.h>
#include "present/gl-program.h"
#include "media/picture.h"

/* How many formats are asked about, and how many modifiers are remembered for each. */
#define EGL_IMPORT_FORMATS 6
#define EGL_IMPORT_MODIFIERS 64
/* How many buffers have their images kept: more than the pool of a decoder has. */
#define EGL_IMPORT_IMAGES 32

struct egl_import_format {
	guint32 fourcc;
	gboolean known;
	gint n;
	EGLuint64KHR modifiers[EGL_IMPORT_MODIFIERS];
	EGLBoolean external[EGL_IMPORT_MODIFIERS]; /* cannot be read plane by plane */
};

struct egl_import_entry {
	guint64 id, used; /* id 0: free */
	GstVideoInfo info;
	EGLImageKHR images[2];
	enum gl_layout layout;
};

/*
 * DMA-BUFs as textures, without a copy: either an image for each plane, for our own colour
 * matrix, or the driver's YUV image. The images of a buffer are kept as long as the decoder
 * uses the buffer again. The context must be current. Not locked.
 */
struct egl_import {
	EGLDisplay display;
	gboolean usable, has_modifiers, has_external;
	struct egl_import_format formats[EGL_IMPORT_FORMATS];
	GLuint planes[2], external; /* textures */
	struct egl_import_entry entries[EGL_IMPORT_IMAGES];
	guint64 clock;
};

/* has_external: there is a shader for external textures. */
void egl_import_init(struct egl_import *import, EGLDisplay display, gboolean has_external);
void egl_import_finish(struct egl_import *import);

/* The caps that can be imported, or NULL. Owner: caller. */
GstCaps *egl_import_get_caps(const struct egl_import *import);

/**
 * Makes the textures for a picture, which are valid until the next call.
 *
 * Returns 0 if this buffer cannot be imported.
 */
enum gl_layout egl_import_take(
		struct egl_import *import, const struct picture *picture, const guint **names);

#endif

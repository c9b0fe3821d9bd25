/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GL_DEVICE_H
#define GL_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame/frame.h"

/**
 * An EGL display and an OpenGL ES 3 context without a window, for what the
 * video processor cannot do: import, convert and read back DMA-BUFs.
 *
 * Thread: all calls in one thread; the context is made current by each.
 */
struct gl_device;

/* A plane or a picture in a DMA-BUF. */
struct gl_buffer {
	uint32_t width, height; /* pixels */
	uint32_t fourcc;        /* DRM_FORMAT_* */
	unsigned n_planes;
	int fd[SPICE_ACCEL_MAX_PLANES]; /* borrowed until return */
	uint32_t offset[SPICE_ACCEL_MAX_PLANES], stride[SPICE_ACCEL_MAX_PLANES]; /* bytes */
	uint64_t modifier; /* SPICE_ACCEL_MODIFIER_UNKNOWN: the kernel's tiling */
};

struct gl_texture {
	unsigned name;   /* of GL */
	bool external;   /* GL_TEXTURE_EXTERNAL_OES */
	void *image;     /* EGLImage, or NULL */
};

/* The part of a texture that is shown. */
struct gl_view {
	uint32_t x, y, width, height; /* pixels */
	bool y_flip;
};

/**
 * Opens the GPU of a DRM node; -1: any renderer, without DMA-BUFs (for tests).
 *
 * Errors:  0; -ENODEV no EGL, or it lacks what is needed, or it is a software renderer on a
 *          render node: `why` gets a sentence.
 * Owner:   gl_device_close(); drm_fd stays the caller's and must stay open.
 */
int gl_device_open(struct gl_device **out, int drm_fd, char *why, size_t size);
void gl_device_close(struct gl_device *device); /* NULL allowed */
/* OpenGL is drawn by the processor. */
bool gl_device_is_software(const struct gl_device *device);

/* The calling thread lets go of its device. Another thread may close the device then. */
void gl_release_thread(void);

/* 0; -ENOTSUP the driver does not take this buffer. */
int gl_import(struct gl_device *device, const struct gl_buffer *buffer, struct gl_texture *out);
/* A frame's whole buffer. */
int gl_import_frame(struct gl_device *device, const struct spice_accel_frame *frame,
		struct gl_texture *out);
/* RGBA bytes from memory, for tests. */
int gl_upload(struct gl_device *device, const uint8_t *rgba, uint32_t width, uint32_t height,
		struct gl_texture *out);
void gl_texture_finish(struct gl_device *device, struct gl_texture *texture);

/* The part of its buffer that a frame shows. */
struct gl_view gl_view_of(const struct spice_accel_frame *frame);

/**
 * Draws the view as NV12 (BT.601, limited range) into two textures, of which
 * the first has R8 and the size rounded up to even, the second GR88 and half
 * of it. An odd last column or row is repeated. Waits until the GPU is done.
 *
 * Errors: 0; -ETIME; -EIO.
 */
int gl_convert(struct gl_device *device, const struct gl_texture *source,
		const struct gl_view *view, unsigned luma, unsigned chroma);

/* Reads the view into memory, RGBA bytes, view->width * 4 a row. 0 or -EIO. */
int gl_read(struct gl_device *device, const struct gl_texture *source,
		const struct gl_view *view, uint8_t *rgba);

#endif

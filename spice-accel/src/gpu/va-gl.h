/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_GL_H
#define VA_GL_H

#include "frame/frame.h"
#include "gpu/va-device.h"

/**
 * Conversion by a shader, for drivers without a video processor (Debian's
 * free intel-media-va-driver on Skylake and Kaby Lake): the surface's planes
 * are exported, and drawn to by OpenGL on the same GPU.
 */
struct va_gl;

/**
 * target: an NV12 surface, to which all conversions go.
 *
 * Errors:  0; -ENOTSUP the drivers cannot share it: `why` gets a sentence.
 * Owner:   va_gl_destroy(), before the surface.
 */
int va_gl_create(struct va_gl **out, struct va_device *device, VASurfaceID target, char *why,
		size_t size);
void va_gl_destroy(struct va_gl *gl); /* NULL allowed */

/* 0; -ENOTSUP this frame cannot be imported; -ETIME; -EIO. */
int va_gl_convert(struct va_gl *gl, const struct spice_accel_frame *frame);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Parts of a scanout, read from the GPU into memory. */
#ifndef GL_READER_H
#define GL_READER_H

#include "gpu/gl-device.h"

/**
 * Formats: those of 8 bits a channel. Other ones would be rounded as the driver likes.
 * Thread:  the device's.
 */
struct gl_reader;

/* For scanouts of this format. 0; -ENOMEM; -ENOTSUP another format. Owner: gl_reader_destroy(),
 * before the device. */
int gl_reader_create(struct gl_reader **out, struct gl_device *device, uint32_t fourcc);
void gl_reader_destroy(struct gl_reader *reader); /* NULL allowed */

/* The format of what is read. */
uint32_t gl_reader_fourcc(const struct gl_reader *reader);

/* Reads a rectangle of the view: rows of `stride` bytes, the upper one first. 0; -ENOTSUP the
 * driver does not read such textures; -ETIME the GPU did not answer in 300 ms; -EIO. */
int gl_reader_read(struct gl_reader *reader, const struct gl_texture *source,
		const struct gl_view *view, const struct spice_accel_rect *rect, uint8_t *out,
		size_t stride);

#endif

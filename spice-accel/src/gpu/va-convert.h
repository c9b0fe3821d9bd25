/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_CONVERT_H
#define VA_CONVERT_H

#include "base/damage.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "gpu/va-device.h"

/** Fills NV12 surfaces: by the video processor, or from memory. */
struct va_converter {
	bool ready; /* config and context exist */
	VAConfigID config;
	VAContextID context;
};

/* 0; -ENOTSUP the driver has no video processor. */
int va_converter_init(struct va_device *device, struct va_converter *converter);
void va_converter_finish(struct va_device *device, struct va_converter *converter);

/**
 * Queues the conversion of a frame's imported surface to NV12 at 1:1.
 *
 * Units:   BT.601, limited range, like convert_cpu(). Nearest neighbour: the
 *          drivers' default filter softens even what keeps its size.
 * Shapes:  target has the frame's size or more; the frame's crop and y_flip
 *          are applied. An odd last column or row is taken from the buffer
 *          where it has one.
 * Errors:  0; -ENOTSUP upside-down buffers; -EIO and others: as va_error().
 */
int va_convert(struct va_device *device, struct va_converter *converter, VASurfaceID source,
		const struct spice_accel_frame *frame, VASurfaceID target);

/**
 * Writes the damaged rows of an NV12 picture to a surface of the same size.
 * NULL damage: all.
 */
int va_upload(struct va_device *device, VASurfaceID target, const struct picture *picture,
		const struct damage *damage);

#endif

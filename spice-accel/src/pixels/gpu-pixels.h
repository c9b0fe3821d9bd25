/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GPU_PIXELS_H
#define GPU_PIXELS_H

#include "frame/frame.h"
#include "pixels/pixels.h"

struct gl_device;

/* Pixels of DMA-BUFs like this one, on their GPU. 0; -ENOMEM; -ENODEV with a sentence in `why`.
 * Owner: pixels_destroy(), before the device. Thread: the device's. */
int gpu_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame, char *why, size_t size);

#endif

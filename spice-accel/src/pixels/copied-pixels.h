/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef COPIED_PIXELS_H
#define COPIED_PIXELS_H

#include "frame/frame.h"
#include "pixels/pixels.h"

struct gl_device;

/* Pixels of DMA-BUFs like this one, read back from their GPU and compared by the processor. 0;
 * -ENOMEM; -ENOTSUP such a format is not read back. Owner: pixels_destroy(), before the device.
 * Thread: the device's. */
int copied_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame);

#endif

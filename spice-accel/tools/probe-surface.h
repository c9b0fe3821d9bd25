/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PROBE_SURFACE_H
#define PROBE_SURFACE_H

#include "frame/frame.h"
#include "gpu/va-device.h"

#define PROBE_SURFACES 4

/** Pictures on the GPU, exported as DMA-BUFs like a guest's scanouts. */
struct probe_surfaces {
	unsigned n;
	VASurfaceID ids[PROBE_SURFACES];
	struct spice_accel_frame *frames[PROBE_SURFACES];
};

/**
 * Fills all PROBE_SURFACES with a desktop's like that moves.
 *
 * Errors:  0; -ENOTSUP the driver exports no RGB surface; -EIO; -ENOMEM.
 * Owner:   probe_surfaces_finish(), not after an error.
 */
int probe_surfaces_create(struct va_device *device, struct probe_surfaces *surfaces,
		uint32_t width, uint32_t height);
void probe_surfaces_finish(struct va_device *device, struct probe_surfaces *surfaces);

#endif

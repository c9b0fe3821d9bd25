/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_IMPORT_H
#define VA_IMPORT_H

#include <sys/types.h>

#include "frame/frame.h"
#include "gpu/va-device.h"

#define VA_IMPORT_CACHE 8

/* Guests turn over a handful of buffers (QEMU's vfio display keeps five). An
 * import keeps its buffer alive, so that an inode number cannot come back for
 * another one. */
struct va_import {
	dev_t dev;
	ino_t ino;
	uint32_t width, height, fourcc, n_planes; /* of the whole buffer */
	uint32_t offset[SPICE_ACCEL_MAX_PLANES], stride[SPICE_ACCEL_MAX_PLANES];
	uint64_t modifier;
	VASurfaceID surface;
	uint64_t used; /* 0: free */
};

struct va_imports {
	struct va_import entries[VA_IMPORT_CACHE];
	uint64_t clock;
};

/**
 * The VA surface of a DMA-BUF frame, from the cache or imported.
 *
 * By DRM_PRIME_2 with the modifier where it is known; without one by
 * DRM_PRIME, with which the driver takes the tiling that the kernel knows.
 *
 * Errors:  0; -ENOTSUP the driver cannot import this kind of buffer; -EIO and
 *          others: as va_error().
 * Owner:   the cache; valid until the next call or va_imports_clear().
 */
int va_import(struct va_device *device, struct va_imports *imports,
		const struct spice_accel_frame *frame, VASurfaceID *out);

void va_imports_clear(struct va_device *device, struct va_imports *imports);

/* The VA_FOURCC_* for a DRM_FORMAT_*; 0: the format cannot be imported. */
uint32_t va_fourcc_of_drm(uint32_t fourcc);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef CONVERT_CPU_H
#define CONVERT_CPU_H

#include "base/damage.h"
#include "base/side-thread.h"
#include "frame/frame.h"
#include "frame/picture.h"

/**
 * Converts the damaged parts of RGB pixels to a 4:2:0 picture.
 *
 * Shapes:  frame is width x height; picture has that size rounded up to even
 *          numbers, and the last column or row is repeated into the rest.
 *          Rectangles grow to even coordinates, as chroma needs.
 * Units:   BT.601, limited range for PICTURE_NV12, full range for
 *          PICTURE_J420 (libyuv's ARGBToNV12 and ARGBToJ420).
 * Errors:  0; -EINVAL sizes differ; -ENOTSUP fourcc; -ENODEV a DMA-BUF that
 *          cannot be mapped; -ENOMEM; -EIO libyuv refused.
 * Owner:   frame is borrowed until return.
 * Thread:  the thread that owns the picture; memory frames: host thread.
 */
int convert_cpu(struct picture *picture, const struct spice_accel_frame *frame,
		const struct damage *damage);
/* The same, a large rectangle in two threads. NULL: in one thread. */
int convert_cpu_helped(struct picture *picture, const struct spice_accel_frame *frame,
		const struct damage *damage, struct side_thread *side_thread);

/**
 * Copies a rectangle's pixels out of a memory frame, as they are.
 *
 * Shapes:  rect lies in the frame; dst: rect->height x stride bytes, and gets
 *          3 bytes a pixel: B, G, R (formats of other depths: as 8-bit RGB).
 * Errors:  0; -EINVAL a DMA-BUF, or outside; -ENOMEM; -EIO libyuv refused.
 * Thread:  host thread.
 */
int convert_cpu_bgr(uint8_t *dst, int stride, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect);

#endif

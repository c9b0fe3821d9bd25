/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef MAPPED_PIXELS_H
#define MAPPED_PIXELS_H

#include "frame/frame.h"
#include "pixels/pixels.h"

/* Pixels of DMA-BUFs like this one, by way of the processor. Errors as dmabuf_map(). Owner:
 * pixels_destroy(). Thread: that of all later calls. */
int mapped_pixels_create(struct pixels **out, const struct spice_accel_frame *frame);

#endif

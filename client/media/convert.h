/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CONVERT_H
#define OSVDI_CONVERT_H

#include <cairo.h>
#include <gst/video/video.h>

/* The formats that convert_rect() takes, as a list of formats in GStreamer caps. */
#define CONVERT_FORMATS "I420, NV12, YV12, P010_10LE, I420_10LE, Y444, YUY2, BGRx, BGRA, RGBx, RGBA"

/**
 * Converts one rectangle of a decoded picture to BGRX.
 *
 * Shapes:  rect is clipped to the frame and grown to even coordinates (4:2:0
 *          samples); dst is the whole picture, height x stride bytes, and gets
 *          4 bytes a pixel: B, G, R, 0xff.
 * Errors:  FALSE if the format cannot be converted.
 * Thread:  any; different frames at the same time.
 * Source:  the frame's colorimetry gives matrix and range (ITU-T H.273).
 */
gboolean convert_rect(const GstVideoFrame *frame, const cairo_rectangle_int_t *rect,
		guint8 *dst, gsize stride);

#endif

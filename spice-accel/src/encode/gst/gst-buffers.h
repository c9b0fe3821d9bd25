/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Our pictures as GStreamer's buffers. */
#ifndef GST_BUFFERS_H
#define GST_BUFFERS_H

#include <gst/gst.h>
#include <gst/video/video.h>

#include "frame/frame.h"
#include "frame/picture.h"

/* GStreamer's format for a DRM_FORMAT_*; GST_VIDEO_FORMAT_UNKNOWN if there is none. */
GstVideoFormat gst_buffers_format(uint32_t fourcc);

/* A copy of an NV12 picture: an element may keep the buffer, and the picture
 * changes with the next frame. NULL: no memory. */
GstBuffer *gst_buffers_from_picture(const struct picture *picture);

/* Wraps a frame of one linear plane, and keeps it. *allocator is made when it is
 * NULL. NULL: the descriptor holds less than the frame says. */
GstBuffer *gst_buffers_from_frame(GstAllocator **allocator, struct spice_accel_frame *frame);

#endif

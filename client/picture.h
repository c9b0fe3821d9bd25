/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PICTURE_H
#define OSVDI_PICTURE_H

#include <cairo.h>
#include <gst/video/video.h>
#include "osvdi-accel-protocol.h"

/*
 * One decoded picture, mapped for reading, with what is known of its way here.
 * Reference counted; immutable once published, so any thread may read it.
 */
struct picture {
	gatomicrefcount refs;
	GstVideoFrame frame;          /* mapped read-only until the last unref */
	struct osvdi_frame_info info; /* valid when has_info */
	bool has_info;                /* the stream carried our SEI */
	gsize bytes;                  /* compressed size */
	gint64 received_us;           /* CLOCK_MONOTONIC, here */
	gint64 decoded_us;
};

/**
 * Maps a decoded buffer.
 *
 * Owner:  takes its own reference on the buffer; NULL when it cannot be mapped.
 * Thread: any.
 */
struct picture *picture_new(GstBuffer *buffer, const GstVideoInfo *info);
struct picture *picture_ref(struct picture *picture);
void picture_unref(struct picture *picture);

/**
 * What of the picture differs from the one before, in pixels.
 *
 * Returns a new region inside 0,0,width,height: everything when the stream
 * does not say, the frame's damage otherwise (possibly empty).
 */
cairo_region_t *picture_damage(const struct picture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cairo_region_t, cairo_region_destroy)

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PICTURE_H
#define OSVDI_PICTURE_H

#include <cairo.h>
#include <gst/video/video.h>
#include "osvdi-accel-protocol.h"

/* Where the samples are. */
enum picture_memory {
	PICTURE_SYSTEM, /* memory of this process */
	PICTURE_DMABUF, /* see dmabuf.h */
	PICTURE_GL,     /* textures, see gl-share.h */
};

/*
 * A decoded picture, with what is known of its way here. Reference counted. Once published
 * a picture does not change, so any thread may read it. The last reference gives its
 * buffer back to the decoder: keep a reference while a GPU reads the buffer.
 */
struct picture {
	gatomicrefcount refs;
	GstVideoFrame frame;          /* samples: picture_map(); info: always */
	GstBuffer *buffer;
	enum picture_memory memory;
	guint64 modifier;             /* DRM format modifier, if the stream's caps had one */
	GMutex lock;                  /* for mapped */
	gboolean mapped;
	struct osvdi_frame_info info; /* valid when has_info */
	bool has_info;                /* the stream carried our SEI */
	gsize bytes;                  /* compressed size */
	gint64 received_us;           /* CLOCK_MONOTONIC of this machine */
	gint64 decoded_us;
};

/**
 * Makes a picture of a decoded buffer, when the decoder has finished with the buffer.
 * System memory is mapped at once.
 *
 * Errors: NULL if the buffer cannot be mapped.
 * Owner:  the picture takes its own reference on the buffer.
 * Thread: any.
 */
struct picture *picture_new(GstBuffer *buffer, const GstVideoInfo *info);

/**
 * The samples, for the CPU. This is slow for GPU memory.
 *
 * Returns NULL if the CPU cannot read them. Valid as long as the picture. Any thread.
 */
const GstVideoFrame *picture_map(const struct picture *picture);

struct picture *picture_ref(struct picture *picture);
void picture_unref(struct picture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cairo_region_t, cairo_region_destroy)

#endif

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
 * One decoded picture with what is known of its way here. Reference counted;
 * immutable once published, so any thread may read it. Its buffer goes back to
 * the decoder with the last reference: who lets a GPU read it keeps one until
 * the GPU has done so.
 */
struct picture {
	gatomicrefcount refs;
	GstVideoFrame frame;          /* samples: picture_map(); info: always */
	GstBuffer *buffer;
	enum picture_memory memory;
	guint64 modifier;             /* DRM format modifier of a DMA-BUF, if the stream's caps told one */
	GMutex lock;                  /* for mapped */
	gboolean mapped;
	struct osvdi_frame_info info; /* valid when has_info */
	bool has_info;                /* the stream carried our SEI */
	gsize bytes;                  /* compressed size */
	gint64 received_us;           /* CLOCK_MONOTONIC, here */
	gint64 decoded_us;
};

/**
 * Takes over a decoded buffer; system memory is mapped at once.
 *
 * Owner:  takes its own reference on the buffer; NULL when it cannot be mapped.
 * Thread: any. Returns when the decoder has finished with the buffer.
 */
struct picture *picture_new(GstBuffer *buffer, const GstVideoInfo *info);

/**
 * The samples, for the CPU. For memory that is not the CPU's this is slow.
 *
 * Returns NULL when that is impossible. Valid as long as the picture. Any thread.
 */
const GstVideoFrame *picture_map(const struct picture *picture);

struct picture *picture_ref(struct picture *picture);
void picture_unref(struct picture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cairo_region_t, cairo_region_destroy)

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DMABUF_H
#define OSVDI_DMABUF_H

#include <gst/video/video.h>

/* From drm_fourcc.h: the formats and the modifiers that are used here. */
#define DMABUF_FOURCC(a, b, c, d) \
	((guint32)(a) | (guint32)(b) << 8 | (guint32)(c) << 16 | (guint32)(d) << 24)
#define DMABUF_R8 DMABUF_FOURCC('R', '8', ' ', ' ')
#define DMABUF_GR88 DMABUF_FOURCC('G', 'R', '8', '8')
#define DMABUF_R16 DMABUF_FOURCC('R', '1', '6', ' ')
#define DMABUF_GR1616 DMABUF_FOURCC('G', 'R', '3', '2')
#define DMABUF_NV12 DMABUF_FOURCC('N', 'V', '1', '2')
#define DMABUF_P010 DMABUF_FOURCC('P', '0', '1', '0')
#define DMABUF_LINEAR G_GUINT64_CONSTANT(0)
#define DMABUF_NO_MODIFIER                                                                         \
	G_GUINT64_CONSTANT(0x00ffffffffffffff) /* as the kernel remembers it, if at all */

#define DMABUF_MAX_PLANES 4

/* Where the samples of a picture lie in memory that a GPU can read in place. */
struct dmabuf {
	guint32 fourcc; /* NV12 or P010 */
	int width, height;
	guint64 modifier;
	/* Y, then CbCr. A compressed surface has further planes for the compression; then no
	 * plane can be read by itself. */
	guint n_planes;
	struct {
		int fd;
		guint32 offset, pitch; /* bytes */
	} planes[DMABUF_MAX_PLANES];
	int own[DMABUF_MAX_PLANES]; /* descriptors that dmabuf_close() closes */
	guint n_own;
};

/* Whether the buffer is a DMA-BUF, or a VA surface that can be exported as a DMA-BUF. */
gboolean dmabuf_is(GstBuffer *buffer);

/* Waits until the decoder has finished writing, if the kernel does not do so itself. */
void dmabuf_wait(GstBuffer *buffer);

/* A number that identifies the memory and is never used again; 0 if there is none. */
guint64 dmabuf_get_id(GstBuffer *buffer);

/**
 * Describes a buffer for which dmabuf_is() holds.
 *
 * modifier: used for a buffer that does not tell its own.
 * Errors:   FALSE if the buffer is not 4:2:0 in two planes, or the driver does not export it.
 * Owner:    call dmabuf_close() before the buffer is freed.
 */
gboolean dmabuf_open(struct dmabuf *dmabuf, GstBuffer *buffer, const GstVideoInfo *info,
		guint64 modifier);
void dmabuf_close(struct dmabuf *dmabuf);

/* Whether this build can describe surfaces of libva. */
gboolean dmabuf_has_va(void);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/picture.h"
#include "media/dmabuf.h"
#include "media/gl-share.h"

static enum picture_memory memory_of(GstBuffer *buffer)
{
	if (dmabuf_is(buffer))
		return PICTURE_DMABUF;
	return gl_share_is_texture(buffer) ? PICTURE_GL : PICTURE_SYSTEM;
}

static gboolean map(struct picture *picture)
{
	const GstVideoInfo info = picture->frame.info;

	picture->mapped = gst_video_frame_map(
			&picture->frame, &info, picture->buffer, GST_MAP_READ);
	if (!picture->mapped)
		picture->frame.info = info;
	return picture->mapped;
}

struct picture *picture_new(GstBuffer *buffer, const GstVideoInfo *info)
{
	struct picture *picture = g_new0(struct picture, 1);

	g_atomic_ref_count_init(&picture->refs);
	g_mutex_init(&picture->lock);
	picture->frame.info = *info;
	picture->buffer = gst_buffer_ref(buffer);
	picture->memory = memory_of(buffer);
	picture->modifier = DMABUF_NO_MODIFIER;
	if (picture->memory == PICTURE_DMABUF) {
		dmabuf_wait(buffer);
	} else if (picture->memory == PICTURE_SYSTEM && !map(picture)) {
		picture_unref(picture);
		return NULL;
	}
	return picture;
}

const GstVideoFrame *picture_map(const struct picture *picture)
{
	struct picture *p = (struct picture *)picture; /* no reader sees a difference */
	gboolean mapped;

	if (p->memory == PICTURE_SYSTEM)
		return &p->frame;
	g_mutex_lock(&p->lock);
	mapped = p->mapped || map(p);
	g_mutex_unlock(&p->lock);
	return mapped ? &p->frame : NULL;
}

struct picture *picture_ref(struct picture *picture)
{
	g_atomic_ref_count_inc(&picture->refs);
	return picture;
}

void picture_unref(struct picture *picture)
{
	if (!picture || !g_atomic_ref_count_dec(&picture->refs))
		return;
	if (picture->mapped)
		gst_video_frame_unmap(&picture->frame);
	gst_buffer_unref(picture->buffer);
	g_mutex_clear(&picture->lock);
	g_free(picture);
}

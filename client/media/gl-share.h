/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_SHARE_H
#define OSVDI_GL_SHARE_H

#include <gst/video/video.h>

/*
 * Wraps our OpenGL context for GStreamer, so that decoders that make textures (NVDEC) make
 * them where the presenter can draw them. This header does not use epoxy, because epoxy's
 * headers conflict with GStreamer's.
 */
struct gl_share;

#define GL_SHARE_FORMATS "NV12, I420, P010_10LE"

/**
 * display, context: EGLDisplay and EGLContext, current in the calling thread.
 * Errors:           NULL if GStreamer, or this build, cannot use the context.
 */
struct gl_share *gl_share_new(gpointer display, gpointer context);
void gl_share_free(struct gl_share *share);

/* The GstContexts for a decoder's pipeline. Owner: the share owns the list. */
GList *gl_share_get_contexts(struct gl_share *share);

gboolean gl_share_is_texture(GstBuffer *buffer);

/* The textures of one buffer: a GL_TEXTURE_2D for each plane. */
struct gl_share_textures {
	guint names[3];
	guint n;
	GstVideoFrame frame;
};

/**
 * Gives the textures of a buffer, and makes the GPU wait until the decoder has written them.
 *
 * Errors: FALSE if the textures are not of our context, or of another kind.
 * Owner:  call gl_share_release() when the drawing was submitted.
 * Thread: the thread in which the share's EGLContext is current.
 */
gboolean gl_share_take(struct gl_share *share, GstBuffer *buffer, const GstVideoInfo *info,
		struct gl_share_textures *textures);
void gl_share_release(struct gl_share_textures *textures);

#endif

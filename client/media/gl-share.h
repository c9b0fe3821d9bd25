/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_SHARE_H
#define OSVDI_GL_SHARE_H

#include <gst/video/video.h>

/*
 * Our OpenGL context as GStreamer's, so that decoders that give textures
 * (NVDEC) make them where the presenter can draw them. No epoxy in here: its
 * headers and GStreamer's do not go together.
 */
struct gl_share;

#define GL_SHARE_FORMATS "NV12, I420, P010_10LE"

/**
 * display, context: EGLDisplay, EGLContext; current in the calling thread.
 * Errors:           NULL where GStreamer cannot use it, or this build cannot.
 */
struct gl_share *gl_share_new(gpointer display, gpointer context);
void gl_share_free(struct gl_share *share);

/* GstContexts for a decoder's pipeline. Owner: the list is the share's. */
GList *gl_share_get_contexts(struct gl_share *share);

gboolean gl_share_is_texture(GstBuffer *buffer);

/* Textures of one buffer, GL_TEXTURE_2D, a plane each. */
struct gl_share_textures {
	guint names[3];
	guint n;
	GstVideoFrame frame;
};

/**
 * Has the GPU wait for the decoder's part, and names the textures.
 *
 * Errors: FALSE when they are not for our context, or of another kind.
 * Owner:  gl_share_release() when the drawing was submitted.
 * Thread: that in which the share's EGLContext is current.
 */
gboolean gl_share_take(struct gl_share *share, GstBuffer *buffer, const GstVideoInfo *info,
		struct gl_share_textures *textures);
void gl_share_release(struct gl_share_textures *textures);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "media/gl-share.h"

#ifdef HAVE_GST_GL
#include <gst/gl/egl/gstgldisplay_egl.h>
#include <gst/gl/gl.h>

struct gl_share {
	GstGLDisplay *display;
	GstGLContext *context; /* ours, wrapped */
	GList *contexts;
};

static GList *make_contexts(struct gl_share *share)
{
	GstContext *display = gst_context_new(GST_GL_DISPLAY_CONTEXT_TYPE, TRUE);
	GstContext *app = gst_context_new("gst.gl.app_context", TRUE);

	gst_context_set_gl_display(display, share->display);
	gst_structure_set(gst_context_writable_structure(app), "context", GST_TYPE_GL_CONTEXT,
			share->context, NULL);
	return g_list_append(g_list_append(NULL, display), app);
}

struct gl_share *gl_share_new(gpointer display, gpointer context)
{
	struct gl_share *share = g_new0(struct gl_share, 1);
	g_autoptr(GError) error = NULL;
	gboolean good;

	share->display = GST_GL_DISPLAY(gst_gl_display_egl_new_with_egl_display(display));
	gst_gl_display_filter_gl_api(share->display, GST_GL_API_GLES2);
	share->context = gst_gl_context_new_wrapped(
			share->display, (guintptr)context, GST_GL_PLATFORM_EGL, GST_GL_API_GLES2);
	good = share->context && gst_gl_context_activate(share->context, TRUE);
	if (good) {
		good = gst_gl_context_fill_info(share->context, &error);
		gst_gl_context_activate(share->context, FALSE);
	}
	if (!good) {
		g_info("OpenGL: GStreamer cannot share the context: %s",
				error ? error->message : "not wrapped");
		gl_share_free(share);
		return NULL;
	}
	share->contexts = make_contexts(share);
	return share;
}

void gl_share_free(struct gl_share *share)
{
	if (!share)
		return;
	g_list_free_full(share->contexts, (GDestroyNotify)gst_context_unref);
	g_clear_object(&share->context);
	g_clear_object(&share->display);
	g_free(share);
}

GList *gl_share_get_contexts(struct gl_share *share)
{
	return share->contexts;
}

gboolean gl_share_is_texture(GstBuffer *buffer)
{
	return gst_buffer_n_memory(buffer) && gst_is_gl_memory(gst_buffer_peek_memory(buffer, 0));
}

/* Whether a texture has one or two channels (R or RG), as the shader needs. */
static gboolean fits(GstMemory *memory, GstGLContext *context)
{
	GstGLMemory *gl = (GstGLMemory *)memory;
	GstGLFormat format;

	if (!gst_is_gl_memory(memory) || !gst_gl_context_can_share(gl->mem.context, context) ||
			gst_gl_memory_get_texture_target(gl) != GST_GL_TEXTURE_TARGET_2D)
		return FALSE;
	format = gst_gl_memory_get_texture_format(gl);
	return format == GST_GL_RED || format == GST_GL_RG || format == GST_GL_R8 ||
			format == GST_GL_RG8 || format == GST_GL_R16 || format == GST_GL_RG16;
}

static void wait_for_decoder(struct gl_share *share, GstBuffer *buffer)
{
	GstGLSyncMeta *sync = gst_buffer_get_gl_sync_meta(buffer);

	if (sync && gst_gl_context_activate(share->context, TRUE)) {
		gst_gl_sync_meta_wait(sync, share->context);
		gst_gl_context_activate(share->context, FALSE);
	}
}

gboolean gl_share_take(struct gl_share *share, GstBuffer *buffer, const GstVideoInfo *info,
		struct gl_share_textures *textures)
{
	guint i, n = GST_VIDEO_INFO_N_PLANES(info);

	if (!share || n > G_N_ELEMENTS(textures->names) || gst_buffer_n_memory(buffer) < n)
		return FALSE;
	for (i = 0; i < n; i++)
		if (!fits(gst_buffer_peek_memory(buffer, i), share->context))
			return FALSE;
	if (!gst_video_frame_map(&textures->frame, info, buffer,
			    (GstMapFlags)(GST_MAP_READ | GST_MAP_GL)))
		return FALSE;
	wait_for_decoder(share, buffer);
	textures->n = n;
	for (i = 0; i < n; i++)
		textures->names[i] = *(guint *)textures->frame.data[i];
	return TRUE;
}

void gl_share_release(struct gl_share_textures *textures)
{
	gst_video_frame_unmap(&textures->frame);
}
#else
struct gl_share *gl_share_new(gpointer display, gpointer context)
{
	return NULL;
}

void gl_share_free(struct gl_share *share)
{
}

GList *gl_share_get_contexts(struct gl_share *share)
{
	return NULL;
}

gboolean gl_share_is_texture(GstBuffer *buffer)
{
	return FALSE;
}

gboolean gl_share_take(struct gl_share *share, GstBuffer *buffer, const GstVideoInfo *info,
		struct gl_share_textures *textures)
{
	return FALSE;
}

void gl_share_release(struct gl_share_textures *textures)
{
}
#endif

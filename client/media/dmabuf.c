/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "media/dmabuf.h"

#include <gst/allocators/gstdmabuf.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_GST_VA
#define GST_USE_UNSTABLE_API /* the va library; GStreamer has kept it since 1.22 */
#include <gst/va/gstva.h>
#include <va/va.h>
#include <va/va_drmcommon.h>
#endif

static guint32 fourcc_of(const GstVideoInfo *info)
{
	switch (GST_VIDEO_INFO_FORMAT(info)) {
	case GST_VIDEO_FORMAT_NV12:
		return DMABUF_NV12;
	case GST_VIDEO_FORMAT_P010_10LE:
		return DMABUF_P010;
	default:
		return 0;
	}
}

/* ---- surfaces of GStreamer's va plugin ----------------------------------- */

#ifdef HAVE_GST_VA
static VASurfaceID surface_of(GstBuffer *buffer, VADisplay *display)
{
	GstMemory *memory = gst_buffer_n_memory(buffer) ? gst_buffer_peek_memory(buffer, 0) : NULL;
	GstVaDisplay *of;
	VASurfaceID surface;

	if (!memory || !memory->allocator || !(GST_IS_VA_ALLOCATOR(memory->allocator) ||
						GST_IS_VA_DMABUF_ALLOCATOR(memory->allocator)))
		return VA_INVALID_SURFACE;
	surface = gst_va_buffer_get_surface(buffer);
	of = surface == VA_INVALID_SURFACE ? NULL : gst_va_buffer_peek_display(buffer);
	if (!of)
		return VA_INVALID_SURFACE;
	*display = gst_va_display_get_va_dpy(of);
	return surface;
}

static void close_objects(const VADRMPRIMESurfaceDescriptor *d)
{
	guint i;

	for (i = 0; i < d->num_objects && i < 4; i++)
		close(d->objects[i].fd);
}

/* Collects the planes of all layers in order. A compressed surface has one layer with all
 * planes. */
static gboolean copy_planes(struct dmabuf *dmabuf, const VADRMPRIMESurfaceDescriptor *d)
{
	guint i, j;

	for (i = 0; i < d->num_layers && i < 4; i++)
		for (j = 0; j < d->layers[i].num_planes && j < 4; j++) {
			guint n = dmabuf->n_planes++, object = d->layers[i].object_index[j];

			if (n >= DMABUF_MAX_PLANES || object >= d->num_objects ||
					d->objects[object].drm_format_modifier !=
							d->objects[0].drm_format_modifier)
				return FALSE;
			dmabuf->planes[n].fd = d->objects[object].fd;
			dmabuf->planes[n].offset = d->layers[i].offset[j];
			dmabuf->planes[n].pitch = d->layers[i].pitch[j];
		}
	dmabuf->modifier = d->objects[0].drm_format_modifier;
	return dmabuf->n_planes >= 2;
}

static gboolean is_plane_by_plane(const VADRMPRIMESurfaceDescriptor *d)
{
	return d->num_layers == 2 && d->layers[0].num_planes == 1 && d->layers[1].num_planes == 1;
}

static gboolean export_surface(struct dmabuf *dmabuf, VADisplay display, VASurfaceID surface)
{
	static const uint32_t ways[] = { VA_EXPORT_SURFACE_SEPARATE_LAYERS,
		VA_EXPORT_SURFACE_COMPOSED_LAYERS };
	VADRMPRIMESurfaceDescriptor d;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(ways); i++) {
		memset(&d, 0, sizeof d);
		if (vaExportSurfaceHandle(display, surface, VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2,
				    VA_EXPORT_SURFACE_READ_ONLY | ways[i], &d) != VA_STATUS_SUCCESS)
			continue;
		if (ways[i] == VA_EXPORT_SURFACE_COMPOSED_LAYERS || is_plane_by_plane(&d))
			break;
		close_objects(&d);
	}
	if (i == G_N_ELEMENTS(ways))
		return FALSE;
	for (i = 0; i < d.num_objects && i < 4; i++)
		dmabuf->own[dmabuf->n_own++] = d.objects[i].fd;
	if (copy_planes(dmabuf, &d))
		return TRUE;
	dmabuf_close(dmabuf);
	return FALSE;
}

static gboolean open_surface(struct dmabuf *dmabuf, GstBuffer *buffer)
{
	VADisplay display;
	VASurfaceID surface = surface_of(buffer, &display);

	return surface != VA_INVALID_SURFACE && export_surface(dmabuf, display, surface);
}

static gboolean is_surface(GstBuffer *buffer)
{
	VADisplay display;

	return surface_of(buffer, &display) != VA_INVALID_SURFACE;
}

static void wait_surface(GstBuffer *buffer)
{
	VADisplay display;
	VASurfaceID surface = surface_of(buffer, &display);

	if (surface != VA_INVALID_SURFACE)
		vaSyncSurface(display, surface);
}

gboolean dmabuf_has_va(void)
{
	return TRUE;
}
#else
static gboolean open_surface(struct dmabuf *dmabuf, GstBuffer *buffer)
{
	return FALSE;
}

static gboolean is_surface(GstBuffer *buffer)
{
	return FALSE;
}

static void wait_surface(GstBuffer *buffer)
{
}

gboolean dmabuf_has_va(void)
{
	return FALSE;
}
#endif

/* ---- DMA-BUFs ------------------------------------------------------------ */

static gboolean is_dmabuf(GstBuffer *buffer)
{
	guint i, n = gst_buffer_n_memory(buffer);

	for (i = 0; i < n; i++)
		if (!gst_is_dmabuf_memory(gst_buffer_peek_memory(buffer, i)))
			return FALSE;
	return n > 0;
}

static gboolean open_memories(struct dmabuf *dmabuf, GstBuffer *buffer, const GstVideoInfo *info)
{
	const GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);
	guint i;

	if (!is_dmabuf(buffer))
		return FALSE;
	dmabuf->n_planes = GST_VIDEO_INFO_N_PLANES(info);
	for (i = 0; i < dmabuf->n_planes; i++) {
		gsize offset = meta ? meta->offset[i] : GST_VIDEO_INFO_PLANE_OFFSET(info, i), skip;
		int pitch = meta ? meta->stride[i] : GST_VIDEO_INFO_PLANE_STRIDE(info, i);
		guint index, length;
		GstMemory *memory;

		if (!gst_buffer_find_memory(buffer, offset, 1, &index, &length, &skip) ||
				pitch <= 0)
			return FALSE;
		memory = gst_buffer_peek_memory(buffer, index);
		if (memory->offset + skip > G_MAXUINT32)
			return FALSE;
		dmabuf->planes[i].fd = gst_dmabuf_memory_get_fd(memory);
		dmabuf->planes[i].offset = (guint32)(memory->offset + skip);
		dmabuf->planes[i].pitch = (guint32)pitch;
	}
	return TRUE;
}

/* ---- public -------------------------------------------------------------- */

gboolean dmabuf_is(GstBuffer *buffer)
{
	return is_dmabuf(buffer) || is_surface(buffer);
}

void dmabuf_wait(GstBuffer *buffer)
{
	wait_surface(buffer);
}

guint64 dmabuf_get_id(GstBuffer *buffer)
{
	static GMutex lock;
	static guint64 last;
	GstMemory *memory = gst_buffer_n_memory(buffer) ? gst_buffer_peek_memory(buffer, 0) : NULL;
	GQuark quark = g_quark_from_static_string("osvdi-dmabuf-id");
	guint64 *id;

	if (!memory)
		return 0;
	g_mutex_lock(&lock);
	id = gst_mini_object_get_qdata(GST_MINI_OBJECT_CAST(memory), quark);
	if (!id) {
		id = g_new(guint64, 1);
		*id = ++last;
		gst_mini_object_set_qdata(GST_MINI_OBJECT_CAST(memory), quark, id, g_free);
	}
	g_mutex_unlock(&lock);
	return *id;
}

gboolean dmabuf_open(struct dmabuf *dmabuf, GstBuffer *buffer, const GstVideoInfo *info,
		guint64 modifier)
{
	const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta(buffer);

	*dmabuf = (struct dmabuf){
		.fourcc = fourcc_of(info),
		.width = GST_VIDEO_INFO_WIDTH(info),
		.height = GST_VIDEO_INFO_HEIGHT(info),
		.modifier = modifier,
	};
	if (!dmabuf->fourcc || (crop && (crop->x || crop->y)))
		return FALSE;
	return open_surface(dmabuf, buffer) || open_memories(dmabuf, buffer, info);
}

void dmabuf_close(struct dmabuf *dmabuf)
{
	while (dmabuf->n_own)
		close(dmabuf->own[--dmabuf->n_own]);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/gst/gst-buffers.h"

#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <gst/allocators/gstdmabuf.h>

GstVideoFormat gst_buffers_format(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
		return GST_VIDEO_FORMAT_BGRx;
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		return GST_VIDEO_FORMAT_RGBx;
	case DRM_FORMAT_RGB565:
		return GST_VIDEO_FORMAT_RGB16;
	case DRM_FORMAT_YUYV:
		return GST_VIDEO_FORMAT_YUY2;
	default:
		return GST_VIDEO_FORMAT_UNKNOWN;
	}
}

static void copy_plane(uint8_t *to, size_t to_stride, const uint8_t *from, int stride,
		uint32_t width, uint32_t height)
{
	for (uint32_t y = 0; y < height; y++)
		memcpy(to + y * to_stride, from + (size_t)y * (size_t)stride, width);
}

GstBuffer *gst_buffers_from_picture(const struct picture *p)
{
	GstVideoInfo info;
	GstBuffer *buffer;
	GstMapInfo map;

	gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, p->width, p->height);
	buffer = gst_buffer_new_allocate(NULL, info.size, NULL);
	if (!buffer || !gst_buffer_map(buffer, &map, GST_MAP_WRITE)) {
		gst_clear_buffer(&buffer);
		return NULL;
	}
	for (unsigned i = 0; i < 2; i++)
		copy_plane(map.data + info.offset[i], (size_t)info.stride[i], p->plane[i],
				p->stride[i], p->width, i ? p->height / 2 : p->height);
	gst_buffer_unmap(buffer, &map);
	return buffer;
}

static void drop_frame(gpointer frame)
{
	spice_accel_frame_unref(frame);
}

GstBuffer *gst_buffers_from_frame(GstAllocator **allocator, struct spice_accel_frame *frame)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;
	gsize offset[GST_VIDEO_MAX_PLANES] = { d->offset[0] + (gsize)d->y * d->stride[0] +
			(gsize)d->x * frame_bytes_per_pixel(frame->fourcc) };
	gint stride[GST_VIDEO_MAX_PLANES] = { (gint)d->stride[0] };
	gsize size = d->offset[0] + (gsize)d->stride[0] * d->backing_height;
	off_t have = lseek(d->fd[0], 0, SEEK_END);
	GstMemory *memory;
	GstBuffer *buffer;

	if (have >= 0 && (uint64_t)have < size)
		return NULL;
	if (!*allocator)
		*allocator = gst_dmabuf_allocator_new();
	memory = gst_fd_allocator_alloc(*allocator, d->fd[0], size, GST_FD_MEMORY_FLAG_DONT_CLOSE);
	if (!memory)
		return NULL;
	buffer = gst_buffer_new();
	gst_buffer_append_memory(buffer, memory);
	gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE,
			gst_buffers_format(frame->fourcc),
			frame->width, frame->height, 1, offset, stride);
	gst_mini_object_set_qdata(GST_MINI_OBJECT(buffer),
			g_quark_from_static_string("spice-accel-frame"),
			spice_accel_frame_ref(frame), drop_frame);
	return buffer;
}

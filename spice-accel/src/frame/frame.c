/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>

/* Largest picture edge of H.264 level 6.2 that is of use (Rec. ITU-T H.264 table A-1). */
#define MAX_EDGE 16384u

unsigned frame_bytes_per_pixel(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
	case DRM_FORMAT_RGBX8888:
	case DRM_FORMAT_RGBA8888:
	case DRM_FORMAT_BGRX8888:
	case DRM_FORMAT_BGRA8888:
	case DRM_FORMAT_XRGB2101010:
	case DRM_FORMAT_XBGR2101010:
		return 4;
	case DRM_FORMAT_RGB888:
	case DRM_FORMAT_BGR888:
		return 3;
	case DRM_FORMAT_RGB565:
	case DRM_FORMAT_XRGB1555:
	case DRM_FORMAT_ARGB1555:
	case DRM_FORMAT_YUYV:
	case DRM_FORMAT_UYVY:
		return 2;
	default:
		return 0;
	}
}

/* Bytes of `width` pixels in a row; packed 4:2:2 comes in pairs. */
static uint64_t row_bytes(uint32_t fourcc, uint64_t width)
{
	if (fourcc == DRM_FORMAT_YUYV || fourcc == DRM_FORMAT_UYVY)
		width += width % 2;
	return width * frame_bytes_per_pixel(fourcc);
}

static bool bad_size(uint32_t width, uint32_t height)
{
	return width == 0 || height == 0 || width > MAX_EDGE || height > MAX_EDGE;
}

static int new_frame(struct spice_accel_frame **out, enum frame_kind kind, uint32_t width,
		uint32_t height, uint32_t fourcc)
{
	struct spice_accel_frame *frame;

	if (bad_size(width, height))
		return -EINVAL;
	if (!frame_bytes_per_pixel(fourcc))
		return -ENOTSUP;
	frame = calloc(1, sizeof *frame);
	if (!frame)
		return -ENOMEM;
	frame->refs = 1;
	frame->kind = kind;
	frame->width = width;
	frame->height = height;
	frame->fourcc = fourcc;
	*out = frame;
	return 0;
}

int spice_accel_frame_create_memory(struct spice_accel_frame **out,
		const struct spice_accel_memory_params *params)
{
	struct spice_accel_frame *frame;
	uint32_t step;
	int ret;

	if (params->size < sizeof *params || !params->data)
		return -EINVAL;
	ret = new_frame(&frame, FRAME_MEMORY, params->width, params->height, params->fourcc);
	if (ret < 0)
		return ret;
	step = (uint32_t)(params->stride < 0 ? -(int64_t)params->stride : params->stride);
	if (step < row_bytes(params->fourcc, params->width)) {
		free(frame);
		return -EINVAL;
	}
	frame->memory.data = params->data;
	frame->memory.stride = params->stride;
	frame->release = params->release;
	frame->opaque = params->opaque;
	*out = frame;
	return 0;
}

static void close_planes(struct spice_accel_frame *frame)
{
	for (uint32_t i = 0; i < frame->dmabuf.n_planes; i++)
		if (frame->dmabuf.fd[i] >= 0)
			close(frame->dmabuf.fd[i]);
}

static int dup_planes(struct spice_accel_frame *frame,
		const struct spice_accel_dmabuf_params *params)
{
	for (uint32_t i = 0; i < params->n_planes; i++)
		frame->dmabuf.fd[i] = -1;
	for (uint32_t i = 0; i < params->n_planes; i++) {
		frame->dmabuf.fd[i] = fcntl(params->fd[i], F_DUPFD_CLOEXEC, 0);
		if (frame->dmabuf.fd[i] < 0) {
			int err = errno;

			close_planes(frame);
			return -err;
		}
	}
	return 0;
}

/* Is the scanout outside of its buffer, or the buffer's rows too short? */
static bool bad_crop(const struct spice_accel_dmabuf_params *d)
{
	uint64_t right = (uint64_t)d->x + d->width, bottom = (uint64_t)d->y + d->height;

	return bad_size(d->backing_width, d->backing_height) || right > d->backing_width ||
			bottom > d->backing_height || d->stride[0] < row_bytes(d->fourcc, right);
}

int spice_accel_frame_create_dmabuf(struct spice_accel_frame **out,
		const struct spice_accel_dmabuf_params *params)
{
	struct spice_accel_frame *frame;
	int ret;

	if (params->size < sizeof *params || params->n_planes < 1 ||
			params->n_planes > SPICE_ACCEL_MAX_PLANES)
		return -EINVAL;
	ret = new_frame(&frame, FRAME_DMABUF, params->width, params->height, params->fourcc);
	if (ret < 0)
		return ret;
	frame->dmabuf = *params;
	if (!frame->dmabuf.backing_width)
		frame->dmabuf.backing_width = params->x + params->width;
	if (!frame->dmabuf.backing_height)
		frame->dmabuf.backing_height = params->y + params->height;
	if (bad_crop(&frame->dmabuf)) {
		free(frame);
		return -EINVAL;
	}
	if (params->render_node) {
		frame->render_node = strdup(params->render_node);
		frame->dmabuf.render_node = frame->render_node;
		if (!frame->render_node) {
			free(frame);
			return -ENOMEM;
		}
	}
	ret = dup_planes(frame, params);
	if (ret < 0) {
		free(frame->render_node);
		free(frame);
		return ret;
	}
	frame->release = params->release;
	frame->opaque = params->opaque;
	*out = frame;
	return 0;
}

struct spice_accel_frame *spice_accel_frame_ref(struct spice_accel_frame *frame)
{
	__atomic_add_fetch(&frame->refs, 1, __ATOMIC_RELAXED);
	return frame;
}

void spice_accel_frame_unref(struct spice_accel_frame *frame)
{
	if (!frame || __atomic_sub_fetch(&frame->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (frame->kind == FRAME_DMABUF)
		close_planes(frame);
	if (frame->release)
		frame->release(frame->opaque);
	free(frame->render_node);
	free(frame);
}

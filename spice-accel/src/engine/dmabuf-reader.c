/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/dmabuf-reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "config.h"
#include "pixels/convert-cpu.h"
#if HAVE_EGL
#include "gpu/gl-device.h"

static int read_back(struct dmabuf_reader *r, struct gl_device *gl,
		const struct spice_accel_frame *frame)
{
	struct gl_view view = gl_view_of(frame);
	size_t size = (size_t)frame->width * frame->height * 4;
	struct gl_texture texture;
	int ret;

	if (r->size < size) {
		free(r->rgba);
		r->rgba = malloc(size);
		r->size = r->rgba ? size : 0;
		if (!r->rgba)
			return -ENOMEM;
	}
	ret = gl_import_frame(gl, frame, &texture);
	if (ret < 0)
		return -ENODEV;
	ret = gl_read(gl, &texture, &view, r->rgba);
	gl_texture_finish(gl, &texture);
	return ret;
}

static int convert_gl(struct dmabuf_reader *r, struct picture *picture,
		const struct spice_accel_frame *frame, const struct damage *damage,
		const char *render_node)
{
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = frame->width,
		.height = frame->height,
		.fourcc = DRM_FORMAT_XBGR8888,
		.stride = (int32_t)frame->width * 4,
	};
	struct gl_device *gl = gpu_open(r->gpu, frame, render_node);
	struct spice_accel_frame *memory;
	int ret = gl ? read_back(r, gl, frame) : -ENODEV;

	if (ret < 0)
		return ret;
	params.data = r->rgba;
	ret = spice_accel_frame_create_memory(&memory, &params);
	if (ret < 0)
		return ret;
	ret = convert_cpu(picture, memory, damage);
	spice_accel_frame_unref(memory);
	return ret;
}

#else
static int convert_gl(struct dmabuf_reader *r, struct picture *picture,
		const struct spice_accel_frame *frame, const struct damage *damage,
		const char *render_node)
{
	gpu_open(r->gpu, frame, render_node); /* says why not */
	return -ENODEV;
}
#endif

int dmabuf_reader_convert(struct dmabuf_reader *r, struct picture *picture,
		const struct spice_accel_frame *frame, const struct damage *damage,
		const char *render_node)
{
	int ret = -ENODEV;

	if (!r->cpu_failed)
		ret = convert_cpu(picture, frame, damage);
	if (ret != -ENODEV && ret != -ENOTSUP)
		return ret;
	/* The GPU may hand back another buffer than the last picture's. */
	r->cpu_failed = ret == -ENODEV;
	return convert_gl(r, picture, frame, damage, render_node);
}

void dmabuf_reader_forgive(struct dmabuf_reader *r)
{
	r->cpu_failed = false;
}

void dmabuf_reader_finish(struct dmabuf_reader *r)
{
	free(r->rgba);
	memset(r, 0, sizeof *r);
}

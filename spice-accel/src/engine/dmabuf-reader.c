/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/dmabuf-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>

#include "base/log.h"
#include "config.h"
#include "pixels/convert-cpu.h"
#if HAVE_EGL
#include "gpu/gl-device.h"

static void close_gl(struct dmabuf_reader *r)
{
	if (r->gl) {
		gl_device_close(r->gl);
		close(r->node_fd);
	}
	free(r->node);
	r->gl = NULL;
	r->node = NULL;
	r->opened = false;
}

static void open_gl(struct dmabuf_reader *r, const char *node)
{
	char why[512];

	close_gl(r);
	r->opened = true;
	r->node = strdup(node);
	r->node_fd = open(node, O_RDWR | O_CLOEXEC);
	if (r->node_fd < 0) {
		log_error("%s, to read the guest's DMA-BUFs by: %s", node, strerror(errno));
		return;
	}
	if (gl_device_open(&r->gl, r->node_fd, why, sizeof why) < 0) {
		log_error("%s cannot read the guest's DMA-BUFs: %s", node, why);
		close(r->node_fd);
		return;
	}
	log_info("reading DMA-BUFs through OpenGL on %s: the CPU cannot map them", node);
}

static int read_back(struct dmabuf_reader *r, const struct spice_accel_frame *frame)
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
	ret = gl_import_frame(r->gl, frame, &texture);
	if (ret < 0)
		return -ENODEV;
	ret = gl_read(r->gl, &texture, &view, r->rgba);
	gl_texture_finish(r->gl, &texture);
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
	const char *node = frame->render_node ? frame->render_node :
			render_node ? render_node : "/dev/dri/renderD128";
	struct spice_accel_frame *memory;
	int ret;

	if (!r->opened || !r->node || strcmp(r->node, node))
		open_gl(r, node);
	ret = r->gl ? read_back(r, frame) : -ENODEV;
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
	return -ENODEV;
}

static void close_gl(struct dmabuf_reader *r)
{
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
	if (!r->gl)
		r->opened = false;
}

void dmabuf_reader_finish(struct dmabuf_reader *r)
{
	close_gl(r);
	free(r->rgba);
	memset(r, 0, sizeof *r);
}

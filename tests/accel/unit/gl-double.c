/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gl-double.h"

#include <errno.h>
#include <string.h>

#include <drm_fourcc.h>
#include <epoxy/gl.h>
#include <glib.h>

#include "engine/gpu.h"
#include "gpu/gl-device.h"
#include "pixels/copied-pixels.h"
#include "pixels/dmabuf-map.h"
#include "pixels/gpu-pixels.h"

int __wrap_gl_import_frame(struct gl_device *device, const struct spice_accel_frame *frame,
		struct gl_texture *out);
struct gl_device *__wrap_gpu_open(struct gpu *gpu, const struct spice_accel_frame *frame,
		const char *render_node);

int __wrap_gpu_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame, char *why, size_t size);
int __real_gpu_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame, char *why, size_t size);
int __wrap_copied_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame);
int __real_copied_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame);

int __wrap_gl_wait_done(struct gl_device *device);
int __real_gl_wait_done(struct gl_device *device);
int __wrap_gl_begin(struct gl_device *device);
int __real_gl_begin(struct gl_device *device);
void __wrap_gl_device_close(struct gl_device *device);
void __real_gl_device_close(struct gl_device *device);

static struct gl_device *device;
static gint hanging, reset, opened, closed;
static gint failing, no_shaders, no_read_back = 1;

/* Without a GPU all devices share one EGL display, and closing one ends it: one at a time. */
static void open_alone(struct gl_device **out)
{
	char why[512];

	while (g_atomic_int_get(&opened) != g_atomic_int_get(&closed))
		g_usleep(1000);
	if (gl_device_open(out, -1, why, sizeof why) < 0)
		g_test_message("no OpenGL here: %s", why);
	else
		g_atomic_int_inc(&opened);
}

struct gl_device *gl_double_open(void)
{
	if (!device)
		open_alone(&device);
	return device;
}

void gl_double_close(void)
{
	gl_device_close(device);
	device = NULL;
}

void gl_double_fail(bool fail)
{
	g_atomic_int_set(&failing, fail);
}

void gl_double_ways(bool shaders, bool read_back)
{
	g_atomic_int_set(&no_shaders, !shaders);
	g_atomic_int_set(&no_read_back, !read_back);
}

void gl_double_break(enum gl_double_fault fault)
{
	g_atomic_int_set(&hanging, fault == GL_DOUBLE_HANGS);
	g_atomic_int_set(&reset, fault == GL_DOUBLE_WAS_RESET);
}

unsigned gl_double_closed(void)
{
	return (unsigned)g_atomic_int_get(&closed);
}

int __wrap_gl_wait_done(struct gl_device *d)
{
	return g_atomic_int_get(&hanging) ? -ETIME : __real_gl_wait_done(d);
}

int __wrap_gl_begin(struct gl_device *d)
{
	return g_atomic_int_get(&reset) ? -EIO : __real_gl_begin(d);
}

void __wrap_gl_device_close(struct gl_device *d)
{
	__real_gl_device_close(d);
	if (d)
		g_atomic_int_inc(&closed);
}

int __wrap_gpu_pixels_create(struct pixels **out, struct gl_device *d,
		const struct spice_accel_frame *frame, char *why, size_t size)
{
	if (!g_atomic_int_get(&no_shaders))
		return __real_gpu_pixels_create(out, d, frame, why, size);
	g_snprintf(why, size, "the test wants no shaders");
	return -ENODEV;
}

int __wrap_copied_pixels_create(struct pixels **out, struct gl_device *d,
		const struct spice_accel_frame *frame)
{
	return g_atomic_int_get(&no_read_back) ? -ENOTSUP :
			__real_copied_pixels_create(out, d, frame);
}

/* gl_upload() takes R, G, B, X: the texture gets other pixels. */
static int upload(struct gl_device *d, const void *pixels, uint32_t width, uint32_t height,
		struct gl_texture *out)
{
	int ret = gl_upload(d, NULL, width, height, out);

	if (ret < 0)
		return ret;
	glTexImage2D(GL_TEXTURE_2D, 0, GL_BGRA_EXT, (GLsizei)width, (GLsizei)height, 0,
			GL_BGRA_EXT, GL_UNSIGNED_BYTE, pixels);
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

/* The whole buffer, as it is in memory: XRGB8888. */
int __wrap_gl_import_frame(struct gl_device *d, const struct spice_accel_frame *frame,
		struct gl_texture *out)
{
	struct spice_accel_frame linear = *frame;
	struct dmabuf_map map;
	int ret;

	g_assert_cmpuint(frame->fourcc, ==, DRM_FORMAT_XRGB8888);
	if (g_atomic_int_get(&failing))
		return -ENOTSUP;
	linear.dmabuf.modifier = DRM_FORMAT_MOD_LINEAR;
	ret = dmabuf_map(&map, &linear);
	if (ret < 0)
		return ret;
	ret = upload(d, map.address, frame->dmabuf.stride[0] / 4, frame->dmabuf.backing_height,
			out);
	dmabuf_unmap(&map);
	return ret;
}

/* The engine's GPU: a device that its own thread opened. */
struct gl_device *__wrap_gpu_open(struct gpu *gpu, const struct spice_accel_frame *frame,
		const char *render_node)
{
	if (!gpu->device)
		open_alone(&gpu->device);
	gpu->fd = -1;
	return gpu->device;
}

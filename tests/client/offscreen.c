/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "offscreen.h"

#include <epoxy/gl.h>
#include <string.h>

static void offscreen_destroy(struct gl_window *window)
{
	eglDestroySurface(window->device->display, window->surface);
	egl_device_unref(window->device);
	g_free(window);
}

static gboolean offscreen_place(struct gl_window *window, const cairo_rectangle_int_t *rect)
{
	gboolean changed = memcmp(&window->picture, rect, sizeof *rect) != 0;

	window->picture = *rect;
	return changed;
}

static void do_nothing(struct gl_window *window)
{
}

static const struct gl_window_impl offscreen_impl = {
	.name = "offscreen",
	.destroy = offscreen_destroy,
	.place = offscreen_place,
	.map = do_nothing,
	.unmap = do_nothing,
};

struct gl_window *offscreen_new(int width, int height)
{
	const EGLint size[] = { EGL_WIDTH, width, EGL_HEIGHT, height, EGL_NONE };
	struct egl_device *device = egl_device_new(EGL_PLATFORM_SURFACELESS_MESA, NULL,
			FALSE, NULL);
	struct gl_window *window;

	if (!device)
		return NULL;
	window = g_new0(struct gl_window, 1);
	window->impl = &offscreen_impl;
	window->device = device;
	window->width = width;
	window->height = height;
	window->surface = eglCreatePbufferSurface(device->display, device->config, size);
	if (window->surface != EGL_NO_SURFACE)
		return window;
	egl_device_unref(device);
	g_free(window);
	return NULL;
}

static PFNEGLQUERYSURFACEPROC real_query;

static EGLBoolean query_surface(EGLDisplay display, EGLSurface surface, EGLint attribute,
		EGLint *value)
{
	if (attribute != EGL_BUFFER_AGE_EXT)
		return real_query(display, surface, attribute, value);
	*value = 1;
	return EGL_TRUE;
}

void offscreen_keep_content(struct gl_window *window)
{
	if (!real_query) {
		real_query = (PFNEGLQUERYSURFACEPROC)eglGetProcAddress("eglQuerySurface");
		epoxy_eglQuerySurface = query_surface;
	}
	window->device->has_buffer_age = TRUE;
}

guint32 offscreen_pixel(struct gl_window *window, int x, int y)
{
	struct egl_device *d = window->device;
	guint8 p[4] = { 0 };

	g_mutex_lock(window->lock);
	eglBindAPI(EGL_OPENGL_ES_API);
	g_assert_true(eglMakeCurrent(d->display, window->surface, window->surface, d->context));
	glReadPixels(x, window->height - 1 - y, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, p);
	eglMakeCurrent(d->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	g_mutex_unlock(window->lock);
	return (guint32)p[0] << 16 | (guint32)p[1] << 8 | p[2];
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/egl-device.h"

#include <epoxy/gl.h>
#include <string.h>

static EGLint attribute(EGLDisplay display, EGLConfig config, EGLint name)
{
	EGLint value = 0;

	eglGetConfigAttrib(display, config, name, &value);
	return value;
}

/* Chooses a configuration with eight bits a colour, if possible without alpha. */
static gboolean choose_config(struct egl_device *d, EGLint surface)
{
	const EGLint wanted[] = { EGL_SURFACE_TYPE, surface, EGL_RENDERABLE_TYPE,
		EGL_OPENGL_ES3_BIT, EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8,
		EGL_NONE };
	EGLConfig configs[128];
	EGLint i, n = 0, best = -1;

	if (!eglChooseConfig(d->display, wanted, configs, G_N_ELEMENTS(configs), &n))
		return FALSE;
	for (i = n - 1; i >= 0; i--) {
		if (attribute(d->display, configs[i], EGL_RED_SIZE) != 8)
			continue;
		if (best < 0 || attribute(d->display, configs[i], EGL_ALPHA_SIZE) == 0 ||
				attribute(d->display, configs[best], EGL_ALPHA_SIZE) != 0)
			best = i;
	}
	if (best >= 0)
		d->config = configs[best];
	return best >= 0;
}

static void read_extensions(struct egl_device *d)
{
	d->has_buffer_age = epoxy_has_egl_extension(d->display, "EGL_EXT_buffer_age") ||
			epoxy_has_egl_extension(d->display, "EGL_KHR_partial_update");
	d->has_partial_update = epoxy_has_egl_extension(d->display, "EGL_KHR_partial_update");
	if (epoxy_has_egl_extension(d->display, "EGL_KHR_swap_buffers_with_damage"))
		d->swap_with_damage = (PFNEGLSWAPBUFFERSWITHDAMAGEKHRPROC)(void *)
				eglSwapBuffersWithDamageKHR;
	else if (epoxy_has_egl_extension(d->display, "EGL_EXT_swap_buffers_with_damage"))
		d->swap_with_damage = (PFNEGLSWAPBUFFERSWITHDAMAGEKHRPROC)(void *)
				eglSwapBuffersWithDamageEXT;
}

struct egl_device *egl_device_new(
		EGLenum platform, gpointer native, gboolean own, GDestroyNotify free_native)
{
	static const EGLint version[] = { EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE };
	EGLint surface = platform == EGL_PLATFORM_SURFACELESS_MESA ? EGL_PBUFFER_BIT :
								     EGL_WINDOW_BIT;
	struct egl_device *d = g_new0(struct egl_device, 1);

	g_atomic_ref_count_init(&d->refs);
	d->native = native;
	d->free_native = free_native;
	d->own_display = own;
	d->context = EGL_NO_CONTEXT;
	d->display = eglGetPlatformDisplayEXT(platform, native, NULL);
	if (d->display != EGL_NO_DISPLAY && eglInitialize(d->display, NULL, NULL) &&
			eglBindAPI(EGL_OPENGL_ES_API) && choose_config(d, surface))
		d->context = eglCreateContext(d->display, d->config, EGL_NO_CONTEXT, version);
	if (d->context == EGL_NO_CONTEXT) {
		egl_device_unref(d);
		return NULL;
	}
	read_extensions(d);
	return d;
}

struct egl_device *egl_device_ref(struct egl_device *d)
{
	g_atomic_ref_count_inc(&d->refs);
	return d;
}

void egl_device_unref(gpointer device)
{
	struct egl_device *d = device;

	if (!d || !g_atomic_ref_count_dec(&d->refs))
		return;
	if (d->context != EGL_NO_CONTEXT)
		eglDestroyContext(d->display, d->context);
	if (d->own_display && d->display != EGL_NO_DISPLAY)
		eglTerminate(d->display);
	if (d->free_native)
		d->free_native(d->native);
	g_free(d);
}

gboolean egl_device_is_cpu(void)
{
	const char *renderer = (const char *)glGetString(GL_RENDERER);
	static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "Software" };
	guint i;

	for (i = 0; renderer && i < G_N_ELEMENTS(names); i++)
		if (strstr(renderer, names[i]))
			return TRUE;
	return !renderer;
}

gboolean egl_device_is_likely(void)
{
	g_autoptr(GDir) dir = g_dir_open("/dev/dri", 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_prefix(name, "renderD"))
			return TRUE;
	return FALSE;
}

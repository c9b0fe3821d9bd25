/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EGL_DEVICE_H
#define OSVDI_EGL_DEVICE_H

#include <epoxy/egl.h>
#include <glib.h>

/*
 * An EGL display with one OpenGL ES 3 context. Reference counted: a decoder
 * whose textures are of the same share group may outlive the presenter. The
 * context is used by one thread at a time; its owner sees to that.
 */
struct egl_device {
	gatomicrefcount refs;
	EGLDisplay display;
	EGLConfig config;
	EGLContext context;
	gboolean own_display; /* nobody else uses the EGLDisplay: ended with this */
	gboolean has_buffer_age, has_damage, has_partial_update;
	PFNEGLSWAPBUFFERSWITHDAMAGEKHRPROC swap_with_damage;
	gpointer native; /* goes last */
	GDestroyNotify free_native;
};

/**
 * platform, native: as of eglGetPlatformDisplayEXT().
 * own:              whether native is this device's alone; else the EGLDisplay
 *                   may be GTK's as well.
 * Owner:            free_native(native) is called with the last reference, and
 *                   at failure (NULL).
 */
struct egl_device *egl_device_new(EGLenum platform, gpointer native, gboolean own, GDestroyNotify free_native);
void egl_device_unref(gpointer device);
struct egl_device *egl_device_ref(struct egl_device *device);

/* Whether the CPU does the drawing. The context must be current. */
gboolean egl_device_is_cpu(void);

/* Whether this machine has a GPU at all: asking OpenGL takes a tenth of a second. */
gboolean egl_device_is_likely(void);

#endif

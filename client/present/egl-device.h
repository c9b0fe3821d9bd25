/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EGL_DEVICE_H
#define OSVDI_EGL_DEVICE_H

#include <epoxy/egl.h>
#include <glib.h>

/*
 * An EGL display with one OpenGL ES 3 context. Reference counted, because a decoder with
 * textures of the same share group may outlive the presenter. The owner makes sure that
 * only one thread at a time uses the context.
 */
struct egl_device {
	gatomicrefcount refs;
	EGLDisplay display;
	EGLConfig config;
	EGLContext context;
	gboolean own_display; /* nobody else uses the EGLDisplay, so it is ended with the device */
	gboolean has_buffer_age, has_damage, has_partial_update;
	PFNEGLSWAPBUFFERSWITHDAMAGEKHRPROC swap_with_damage;
	gpointer native; /* is freed last */
	GDestroyNotify free_native;
};

/**
 * platform, native: see eglGetPlatformDisplayEXT().
 * own:              only this device uses native. Otherwise GTK may use the same
 *                   EGLDisplay.
 * Owner:            the last reference calls free_native(native), and so does a failure
 *                   (NULL).
 */
struct egl_device *egl_device_new(
		EGLenum platform, gpointer native, gboolean own, GDestroyNotify free_native);
void egl_device_unref(gpointer device);
struct egl_device *egl_device_ref(struct egl_device *device);

/* Whether the CPU does the drawing. The device's context must be current. */
gboolean egl_device_is_cpu(void);

/* Whether this machine has a GPU. Asks the kernel, because OpenGL takes a tenth of a second
 * to answer. */
gboolean egl_device_is_likely(void);

#endif

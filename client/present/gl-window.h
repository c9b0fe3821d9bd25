/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_WINDOW_H
#define OSVDI_GL_WINDOW_H

#include <gtk/gtk.h>
#include "present/egl-device.h"

/*
 * A place on the screen for OpenGL, above or below the drawing of GTK. It takes no input.
 * All functions run in the main thread, except ready(), sending() and exposed().
 */
struct gl_window {
	const struct gl_window_impl *impl;
	struct egl_device *device;
	EGLSurface surface;
	int width, height;             /* of the surface, pixels */
	cairo_rectangle_int_t picture; /* place of the picture, from the upper left corner */
	/* The presenter sets these three before any event is handled. */
	GMutex *lock; /* held when impl functions are called */
	void (*expose)(gpointer data); /* shows everything again; main thread, lock not held */
	gpointer data;
};

struct gl_window_impl {
	const char *name;
	void (*destroy)(struct gl_window *window);
	/* rect: see presenter_place(). TRUE: everything must be shown again. */
	gboolean (*place)(struct gl_window *window, const cairo_rectangle_int_t *rect);
	void (*map)(struct gl_window *window);
	void (*unmap)(struct gl_window *window);
	/* Optional. TRUE: the window has lost its contents, and no expose() will come. */
	gboolean (*exposed)(struct gl_window *window);
	/* Optional. FALSE: the window takes no picture now; expose() will come. */
	gboolean (*ready)(struct gl_window *window);
	/* Optional. Called just before the buffers are swapped. */
	void (*sending)(struct gl_window *window);
};

/* Both return NULL if there is no such window, or no OpenGL ES 3. */
struct gl_window *gl_window_x11_new(GdkWindow *parent);

/* area: a widget made for this; it shows what lies below the surface of its toplevel. */
struct gl_window *gl_window_wayland_new(GtkWidget *area);

#endif

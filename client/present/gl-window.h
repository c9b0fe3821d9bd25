/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_WINDOW_H
#define OSVDI_GL_WINDOW_H

#include <gtk/gtk.h>
#include "present/egl-device.h"

/*
 * A place on the screen that OpenGL draws to, above or below what GTK draws,
 * without input of its own. Everything in the main thread, but for ready(),
 * sending() and exposed().
 */
struct gl_window {
	const struct gl_window_impl *impl;
	struct egl_device *device;
	EGLSurface surface;
	int width, height;             /* of the surface, pixels */
	cairo_rectangle_int_t picture; /* where the picture goes in it, from its upper left corner */
	/* The presenter's, before any event is handled. */
	GMutex *lock;                  /* held when impl functions are called */
	void (*expose)(gpointer data); /* show it all again; main thread, lock not held */
	gpointer data;
};

struct gl_window_impl {
	const char *name;
	void (*destroy)(struct gl_window *window);
	/* rect: as of presenter_place(). TRUE: all is to be shown again. */
	gboolean (*place)(struct gl_window *window, const cairo_rectangle_int_t *rect);
	void (*map)(struct gl_window *window);
	void (*unmap)(struct gl_window *window);
	/* Optional. TRUE: what was shown is lost; no expose() comes for that. */
	gboolean (*exposed)(struct gl_window *window);
	/* Optional. FALSE: not now, expose() comes. */
	gboolean (*ready)(struct gl_window *window);
	/* Optional. Right before the buffers are swapped. */
	void (*sending)(struct gl_window *window);
};

/* NULL where there is no such window or no OpenGL ES 3. */
struct gl_window *gl_window_x11_new(GdkWindow *parent);

/* area: a widget made for it, which shows what is below its toplevel's surface. */
struct gl_window *gl_window_wayland_new(GtkWidget *area);

#endif

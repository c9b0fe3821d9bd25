/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "present/gl-window.h"

#include <gdk/gdkx.h>
#include <glib-unix.h>
#include <string.h>
#include <X11/Xlib.h>
#include <X11/extensions/shape.h>

struct window_x11 {
	struct gl_window base;
	Display *x;
	Window window; /* ours, inside the parent; does not take input */
	Colormap colormap;
	guint watch;
	gboolean mapped;
	cairo_rectangle_int_t place;
};

static struct window_x11 *from_base(struct gl_window *base)
{
	return (struct window_x11 *)base;
}

static gboolean x11_place(struct gl_window *base, const cairo_rectangle_int_t *rect)
{
	struct window_x11 *w = from_base(base);

	if (memcmp(&w->place, rect, sizeof *rect) == 0)
		return FALSE;
	w->place = *rect;
	base->width = MAX(rect->width, 1);
	base->height = MAX(rect->height, 1);
	base->picture = (cairo_rectangle_int_t){ 0, 0, rect->width, rect->height };
	XMoveResizeWindow(w->x, w->window, rect->x, rect->y, (unsigned)base->width,
			(unsigned)base->height);
	XSync(w->x, False);
	return TRUE;
}

static void x11_map(struct gl_window *base)
{
	struct window_x11 *w = from_base(base);

	if (!w->mapped)
		XMapRaised(w->x, w->window);
	w->mapped = TRUE;
}

static void x11_unmap(struct gl_window *base)
{
	struct window_x11 *w = from_base(base);

	if (w->mapped)
		XUnmapWindow(w->x, w->window);
	w->mapped = FALSE;
	XFlush(w->x);
}

static gboolean take_events(struct window_x11 *w, int mode)
{
	gboolean exposed = FALSE;
	XEvent event;

	while (XEventsQueued(w->x, mode) > 0) {
		XNextEvent(w->x, &event);
		exposed |= event.type == Expose;
	}
	return exposed;
}

/* EGL's own requests may read events from the socket, and then nothing wakes us up. */
static gboolean x11_exposed(struct gl_window *base)
{
	return take_events(from_base(base), QueuedAlready);
}

static gboolean read_events(gint fd, GIOCondition condition, gpointer data)
{
	struct window_x11 *w = data;
	gboolean exposed;

	g_mutex_lock(w->base.lock);
	exposed = take_events(w, QueuedAfterReading);
	g_mutex_unlock(w->base.lock);
	if (exposed)
		w->base.expose(w->base.data);
	return G_SOURCE_CONTINUE;
}

static void x11_destroy(struct gl_window *base)
{
	struct window_x11 *w = from_base(base);

	g_clear_handle_id(&w->watch, g_source_remove);
	if (base->surface != EGL_NO_SURFACE)
		eglDestroySurface(base->device->display, base->surface);
	if (w->window)
		XDestroyWindow(w->x, w->window);
	if (w->colormap)
		XFreeColormap(w->x, w->colormap);
	XSync(w->x, False);
	egl_device_unref(base->device);
	g_free(w);
}

static const struct gl_window_impl x11_impl = {
	.name = "x11",
	.destroy = x11_destroy,
	.place = x11_place,
	.map = x11_map,
	.unmap = x11_unmap,
	.exposed = x11_exposed,
};

static gboolean create_window(struct window_x11 *w, Window parent)
{
	XVisualInfo wanted = { 0 }, *visual;
	XSetWindowAttributes attributes = {
		.background_pixmap = None, .border_pixel = 0, .event_mask = ExposureMask
	};
	EGLint id;
	int n = 0;

	if (!eglGetConfigAttrib(w->base.device->display, w->base.device->config,
			    EGL_NATIVE_VISUAL_ID, &id))
		return FALSE;
	wanted.visualid = (VisualID)id;
	visual = XGetVisualInfo(w->x, VisualIDMask, &wanted, &n);
	if (!visual)
		return FALSE;
	w->colormap = XCreateColormap(w->x, parent, visual->visual, AllocNone);
	attributes.colormap = w->colormap;
	w->window = XCreateWindow(w->x, parent, 0, 0, 1, 1, 0, visual->depth, InputOutput,
			visual->visual, CWBackPixmap | CWBorderPixel | CWEventMask | CWColormap,
			&attributes);
	XShapeCombineRectangles(w->x, w->window, ShapeInput, 0, 0, NULL, 0, ShapeSet, Unsorted);
	XSync(w->x, False);
	XFree(visual);
	w->base.surface = eglCreateWindowSurface(
			w->base.device->display, w->base.device->config, w->window, NULL);
	return w->base.surface != EGL_NO_SURFACE;
}

static void close_display(gpointer x)
{
	XCloseDisplay(x);
}

struct gl_window *gl_window_x11_new(GdkWindow *parent)
{
	GdkDisplay *gdk = gdk_window_get_display(parent);
	struct egl_device *device;
	struct window_x11 *w;
	Display *x;

	if (!GDK_IS_X11_DISPLAY(gdk) || !gdk_window_ensure_native(parent))
		return NULL;
	gdk_display_sync(gdk); /* the other connection must see the window */
	x = XOpenDisplay(gdk_display_get_name(gdk));
	if (!x)
		return NULL;
	device = egl_device_new(EGL_PLATFORM_X11_KHR, x, TRUE, close_display);
	if (!device)
		return NULL;
	w = g_new0(struct window_x11, 1);
	w->base = (struct gl_window){ &x11_impl, device, EGL_NO_SURFACE, 1, 1 };
	w->x = x;
	if (!create_window(w, GDK_WINDOW_XID(parent))) {
		x11_destroy(&w->base);
		return NULL;
	}
	w->watch = g_unix_fd_add(ConnectionNumber(x), G_IO_IN, read_events, w);
	return &w->base;
}

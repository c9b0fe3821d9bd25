/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "present/canvas.h"
#include "present/present.h"
#include "present/x11-image.h"
#include "media/regions.h"

#include <gdk/gdkx.h>
#include <glib-unix.h>
#include <X11/Xlib.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/Xrender.h>
#include <X11/extensions/shape.h>

/* How many rows are converted before the server is told of them. The server copies these
 * rows on another processor, from the cache, while we convert the next ones. */
#define BAND_ROWS 216

struct present_x11 {
	struct presenter base;
	GMutex lock; /* everything below, and the X connection */
	Display *display;
	Window window; /* ours, inside the parent; does not take input */
	GC gc;
	Visual *visual;
	int depth;
	gboolean mapped;
	gboolean composited; /* a picture drawn in parts may be seen in parts */
	cairo_rectangle_int_t place; /* in the parent, device pixels */

	struct canvas canvas;
	struct x11_image image; /* the canvas as X sees it */

	Pixmap pixmap; /* the picture at its own size, if it is scaled */
	Picture source, target;
	guint watch;
};

static struct present_x11 *from_base(struct presenter *base)
{
	return (struct present_x11 *)base;
}

static gboolean is_scaled(const struct present_x11 *x)
{
	return x->place.width != x->canvas.width || x->place.height != x->canvas.height;
}

/* ---- canvas memory ------------------------------------------------------- */

static void free_canvas(struct present_x11 *x)
{
	x11_image_free(&x->image);
	x->canvas = (struct canvas){ 0 };
}

static void free_scaling(struct present_x11 *x)
{
	if (!x->pixmap)
		return;
	XRenderFreePicture(x->display, x->source);
	XFreePixmap(x->display, x->pixmap);
	x->pixmap = None;
	x->source = None;
}

static gboolean resize_canvas(struct present_x11 *x, int width, int height)
{
	if (x->canvas.data && x->canvas.width == width && x->canvas.height == height)
		return TRUE;
	free_scaling(x);
	free_canvas(x);
	if (!x11_image_alloc(&x->image, width, height))
		return FALSE;
	x->canvas.data = (guint8 *)x->image.image->data;
	x->canvas.stride = (gsize)x->image.image->bytes_per_line;
	x->canvas.width = width;
	x->canvas.height = height;
	return TRUE;
}

/* ---- to the screen ------------------------------------------------------- */

static void prepare_scaling(struct present_x11 *x)
{
	double sx = (double)x->canvas.width / x->place.width;
	double sy = (double)x->canvas.height / x->place.height;
	gboolean whole = x->place.width % x->canvas.width == 0 &&
			x->place.height % x->canvas.height == 0;
	XTransform transform = { { { XDoubleToFixed(sx), 0, 0 }, { 0, XDoubleToFixed(sy), 0 },
			{ 0, 0, XDoubleToFixed(1) } } };

	if (!x->pixmap) {
		cairo_rectangle_int_t all = { 0, 0, x->canvas.width, x->canvas.height };
		XRenderPictureAttributes attributes = { .repeat = RepeatPad };

		x->pixmap = XCreatePixmap(x->display, x->window, (unsigned)all.width,
				(unsigned)all.height, (unsigned)x->depth);
		x->source = XRenderCreatePicture(x->display, x->pixmap,
				XRenderFindVisualFormat(x->display, x->visual), CPRepeat,
				&attributes);
		x11_image_put(&x->image, x->pixmap, x->gc, &all);
	}
	XRenderSetPictureTransform(x->display, x->source, &transform);
	/* Whole multiples stay sharp; other scales are interpolated. */
	XRenderSetPictureFilter(
			x->display, x->source, whole ? FilterNearest : FilterBilinear, NULL, 0);
}

/* The part of the window that shows a part of the picture, one pixel wider. */
static cairo_rectangle_int_t scale_rect(const struct present_x11 *x, const cairo_rectangle_int_t *r)
{
	double sx = (double)x->place.width / x->canvas.width;
	double sy = (double)x->place.height / x->canvas.height;
	int x0 = MAX((int)((r->x - 1) * sx) - 1, 0);
	int y0 = MAX((int)((r->y - 1) * sy) - 1, 0);
	int x1 = MIN((int)((r->x + r->width + 1) * sx) + 1, x->place.width);
	int y1 = MIN((int)((r->y + r->height + 1) * sy) + 1, x->place.height);

	return (cairo_rectangle_int_t){ x0, y0, MAX(x1 - x0, 0), MAX(y1 - y0, 0) };
}

static void send(struct present_x11 *x, const cairo_region_t *damage)
{
	gboolean scaled = is_scaled(x);
	int i, n = cairo_region_num_rectangles(damage);

	if (scaled)
		prepare_scaling(x);
	for (i = 0; i < n; i++) {
		cairo_rectangle_int_t r, to;

		cairo_region_get_rectangle(damage, i, &r);
		if (!scaled) {
			x11_image_put(&x->image, x->window, x->gc, &r);
			continue;
		}
		x11_image_put(&x->image, x->pixmap, x->gc, &r);
		to = scale_rect(x, &r);
		XRenderComposite(x->display, PictOpSrc, x->source, None, x->target, to.x, to.y, 0,
				0, to.x, to.y, (unsigned)to.width, (unsigned)to.height);
	}
}

static gboolean can_paint(const struct present_x11 *x)
{
	return x->mapped && x->canvas.data && x->place.width > 0 && x->place.height > 0;
}

static void paint(struct present_x11 *x, const cairo_region_t *damage)
{
	if (!can_paint(x))
		return;
	send(x, damage);
	/* Waits until the server has read the shared memory. */
	XSync(x->display, False);
}

static void paint_all(struct present_x11 *x)
{
	cairo_rectangle_int_t all = { 0, 0, x->canvas.width, x->canvas.height };
	g_autoptr(cairo_region_t) region = cairo_region_create_rectangle(&all);

	paint(x, region);
}

static void handle_events(struct present_x11 *x, int mode)
{
	gboolean exposed = FALSE;
	XEvent event;

	while (XEventsQueued(x->display, mode) > 0) {
		XNextEvent(x->display, &event);
		exposed |= event.type == Expose;
	}
	if (exposed)
		paint_all(x);
}

static gboolean read_events(gint fd, GIOCondition condition, gpointer data)
{
	struct present_x11 *x = data;

	g_mutex_lock(&x->lock);
	handle_events(x, QueuedAfterReading);
	g_mutex_unlock(&x->lock);
	return G_SOURCE_CONTINUE;
}

static void map(struct present_x11 *x)
{
	if (x->mapped || x->place.width <= 0)
		return;
	XMapRaised(x->display, x->window);
	x->mapped = TRUE;
}

/* ---- impl ---------------------------------------------------------------- */

static gboolean show_bands(
		struct present_x11 *x, const struct picture *picture, const cairo_region_t *damage)
{
	cairo_rectangle_int_t band = { 0, 0, x->canvas.width, BAND_ROWS };
	gboolean good = TRUE;

	for (; good && band.y < x->canvas.height; band.y += BAND_ROWS) {
		g_autoptr(cairo_region_t) part = cairo_region_copy(damage);

		cairo_region_intersect_rectangle(part, &band);
		if (cairo_region_is_empty(part))
			continue;
		good = canvas_apply(&x->canvas, picture, part);
		send(x, part);
		XFlush(x->display);
	}
	XSync(x->display, False);
	return good;
}

static void show_damage(
		struct present_x11 *x, struct picture *picture, const cairo_region_t *damage)
{
	map(x);
	if (can_paint(x) && !x->composited && x->image.use_shm && !is_scaled(x))
		show_bands(x, picture, damage);
	else if (canvas_apply(&x->canvas, picture, damage))
		paint(x, damage);
}

static void x11_show(struct presenter *base, struct picture *picture, const cairo_region_t *damage)
{
	struct present_x11 *x = from_base(base);
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame),
	    height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	cairo_rectangle_int_t all = { 0, 0, width, height };
	g_autoptr(cairo_region_t) whole = NULL;

	g_mutex_lock(&x->lock);
	if (!x->mapped || x->canvas.width != width || x->canvas.height != height)
		damage = whole = cairo_region_create_rectangle(&all);
	if (resize_canvas(x, width, height)) {
		show_damage(x, picture, damage);
		handle_events(x, QueuedAlready);
	}
	g_mutex_unlock(&x->lock);
}

static void x11_put(
		struct presenter *base, const struct update *update, const struct region *region)
{
	struct present_x11 *x = from_base(base);
	g_autoptr(cairo_region_t) damage = regions_to_cairo(region);

	g_mutex_lock(&x->lock);
	if (x->mapped && x->canvas.data) {
		canvas_put(&x->canvas, update, region);
		paint(x, damage);
		handle_events(x, QueuedAlready);
	}
	g_mutex_unlock(&x->lock);
}

static gboolean has_compositor(struct present_x11 *x)
{
	g_autofree char *name = g_strdup_printf("_NET_WM_CM_S%d", DefaultScreen(x->display));

	return XGetSelectionOwner(x->display, XInternAtom(x->display, name, False)) != None;
}

static void x11_place(struct presenter *base, const cairo_rectangle_int_t *rect)
{
	struct present_x11 *x = from_base(base);

	g_mutex_lock(&x->lock);
	if (memcmp(&x->place, rect, sizeof *rect) != 0) {
		x->place = *rect;
		x->composited = has_compositor(x);
		XMoveResizeWindow(x->display, x->window, rect->x, rect->y,
				(unsigned)MAX(rect->width, 1), (unsigned)MAX(rect->height, 1));
		if (x->canvas.data) {
			map(x);
			paint_all(x);
		}
		XFlush(x->display);
	}
	g_mutex_unlock(&x->lock);
}

static void x11_still(struct presenter *base, cairo_surface_t *surface)
{
	struct present_x11 *x = from_base(base);

	g_mutex_lock(&x->lock);
	if (resize_canvas(x, cairo_image_surface_get_width(surface),
			    cairo_image_surface_get_height(surface))) {
		canvas_load(&x->canvas, surface);
		map(x);
		paint_all(x);
	}
	g_mutex_unlock(&x->lock);
}

static void x11_hide(struct presenter *base)
{
	struct present_x11 *x = from_base(base);

	g_mutex_lock(&x->lock);
	if (x->mapped)
		XUnmapWindow(x->display, x->window);
	x->mapped = FALSE;
	free_scaling(x);
	free_canvas(x);
	XFlush(x->display);
	g_mutex_unlock(&x->lock);
}

static cairo_surface_t *x11_snapshot(struct presenter *base)
{
	struct present_x11 *x = from_base(base);
	cairo_surface_t *surface;

	g_mutex_lock(&x->lock);
	surface = canvas_copy(&x->canvas);
	g_mutex_unlock(&x->lock);
	return surface;
}

static void x11_destroy(struct presenter *base)
{
	struct present_x11 *x = from_base(base);

	g_clear_handle_id(&x->watch, g_source_remove);
	g_mutex_lock(&x->lock);
	free_scaling(x);
	free_canvas(x);
	if (x->target)
		XRenderFreePicture(x->display, x->target);
	XFreeGC(x->display, x->gc);
	XDestroyWindow(x->display, x->window);
	XCloseDisplay(x->display);
	g_mutex_unlock(&x->lock);
	g_mutex_clear(&x->lock);
	g_free(x);
}

static const struct presenter_impl x11_impl = {
	.name = "x11",
	.destroy = x11_destroy,
	.show = x11_show,
	.put = x11_put,
	.place = x11_place,
	.still = x11_still,
	.hide = x11_hide,
	.snapshot = x11_snapshot,
};

static void create_window(struct present_x11 *x, Window parent)
{
	XSetWindowAttributes attributes = { .background_pixmap = None, .event_mask = ExposureMask,
		.colormap = CopyFromParent, .bit_gravity = NorthWestGravity };
	XWindowAttributes of_parent;

	XGetWindowAttributes(x->display, parent, &of_parent);
	x->visual = of_parent.visual;
	x->depth = of_parent.depth;
	x->window = XCreateWindow(x->display, parent, 0, 0, 1, 1, 0, x->depth, InputOutput,
			x->visual, CWBackPixmap | CWEventMask | CWColormap | CWBitGravity,
			&attributes);
	/* Set an empty input region: keys and pointer belong to the widget beneath. */
	XShapeCombineRectangles(
			x->display, x->window, ShapeInput, 0, 0, NULL, 0, ShapeSet, Unsorted);
	x->gc = XCreateGC(x->display, x->window, 0, NULL);
	XSetGraphicsExposures(x->display, x->gc, False);
	x->target = XRenderCreatePicture(x->display, x->window,
			XRenderFindVisualFormat(x->display, x->visual), 0, NULL);
}

/* Whether the visual has 8 bits a colour in a 32-bit word, as the canvas has. */
static gboolean has_true_colour(Display *display, Window window)
{
	XWindowAttributes a;

	return XGetWindowAttributes(display, window, &a) && (a.depth == 24 || a.depth == 32) &&
			a.visual->red_mask == 0xff0000 && a.visual->blue_mask == 0xff &&
			ImageByteOrder(display) ==
			(G_BYTE_ORDER == G_LITTLE_ENDIAN ? LSBFirst : MSBFirst);
}

struct presenter *presenter_x11_new(GdkWindow *parent)
{
	struct present_x11 *x;
	GdkDisplay *gdk = gdk_window_get_display(parent);
	Display *display;
	int event, error;

	if (!GDK_IS_X11_DISPLAY(gdk) || !gdk_window_ensure_native(parent))
		return NULL;
	gdk_display_sync(gdk); /* the other connection must see the window */
	display = XOpenDisplay(gdk_display_get_name(gdk));
	if (!display)
		return NULL;
	if (!XRenderQueryExtension(display, &event, &error) ||
			!XShapeQueryExtension(display, &event, &error)) {
		XCloseDisplay(display);
		return NULL;
	}
	x = g_new0(struct present_x11, 1);
	if (!has_true_colour(display, GDK_WINDOW_XID(parent))) {
		XCloseDisplay(display);
		g_free(x);
		return NULL;
	}
	x->base.impl = &x11_impl;
	g_mutex_init(&x->lock);
	x->display = display;
	create_window(x, GDK_WINDOW_XID(parent));
	x11_image_init(&x->image, display, x->visual, x->depth);
	x->watch = g_unix_fd_add(ConnectionNumber(display), G_IO_IN, read_events, x);
	return &x->base;
}

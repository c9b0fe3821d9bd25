/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "present/canvas.h"
#include "present/present.h"

struct present_cairo {
	struct presenter base;
	gatomicrefcount refs; /* a queued redraw holds a reference */
	GMutex lock;
	GtkWidget *area; /* NULL when destroyed */
	cairo_surface_t *surface;
	struct canvas canvas; /* the memory of the surface */
	cairo_rectangle_int_t place;
	gboolean visible, redraw_queued;
};

static struct present_cairo *from_base(struct presenter *base)
{
	return (struct present_cairo *)base;
}

static void unref(gpointer data)
{
	struct present_cairo *c = data;

	if (!g_atomic_ref_count_dec(&c->refs))
		return;
	if (c->surface)
		cairo_surface_destroy(c->surface);
	g_mutex_clear(&c->lock);
	g_free(c);
}

static void redraw_now(struct present_cairo *c)
{
	GdkWindow *window = c->area ? gtk_widget_get_window(c->area) : NULL;

	if (!window)
		return;
	gtk_widget_queue_draw(c->area);
	/* Draws now, not in GTK's next frame. On Wayland the compositor sets the pace. */
	G_GNUC_BEGIN_IGNORE_DEPRECATIONS
	gdk_window_process_updates(gdk_window_get_toplevel(window), TRUE);
	G_GNUC_END_IGNORE_DEPRECATIONS
}

static gboolean redraw(gpointer data)
{
	struct present_cairo *c = data;

	g_mutex_lock(&c->lock);
	c->redraw_queued = FALSE;
	g_mutex_unlock(&c->lock);
	redraw_now(c);
	return G_SOURCE_REMOVE;
}

static void queue_redraw(struct present_cairo *c)
{
	if (c->redraw_queued)
		return;
	c->redraw_queued = TRUE;
	g_atomic_ref_count_inc(&c->refs);
	g_idle_add_full(G_PRIORITY_HIGH, redraw, c, unref);
}

static gboolean resize(struct present_cairo *c, int width, int height)
{
	if (c->surface && c->canvas.width == width && c->canvas.height == height)
		return TRUE;
	g_clear_pointer(&c->surface, cairo_surface_destroy);
	c->canvas = (struct canvas){ 0 };
	c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
	if (cairo_surface_status(c->surface) != CAIRO_STATUS_SUCCESS) {
		g_clear_pointer(&c->surface, cairo_surface_destroy);
		return FALSE;
	}
	c->canvas.data = cairo_image_surface_get_data(c->surface);
	c->canvas.stride = (gsize)cairo_image_surface_get_stride(c->surface);
	c->canvas.width = width;
	c->canvas.height = height;
	return TRUE;
}

static void cairo_show(
		struct presenter *base, struct picture *picture, const cairo_region_t *damage)
{
	struct present_cairo *c = from_base(base);
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame),
	    height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	cairo_rectangle_int_t all = { 0, 0, width, height };
	g_autoptr(cairo_region_t) whole = NULL;

	g_mutex_lock(&c->lock);
	if (!c->visible || c->canvas.width != width || c->canvas.height != height)
		damage = whole = cairo_region_create_rectangle(&all);
	if (resize(c, width, height)) {
		cairo_surface_flush(c->surface);
		c->visible = canvas_apply(&c->canvas, picture, damage);
		cairo_surface_mark_dirty(c->surface);
		queue_redraw(c);
	}
	g_mutex_unlock(&c->lock);
}

static void cairo_put(
		struct presenter *base, const struct update *update, const struct region *region)
{
	struct present_cairo *c = from_base(base);

	g_mutex_lock(&c->lock);
	if (c->visible) {
		cairo_surface_flush(c->surface);
		canvas_put(&c->canvas, update, region);
		cairo_surface_mark_dirty(c->surface);
		queue_redraw(c);
	}
	g_mutex_unlock(&c->lock);
}

static gboolean draw(GtkWidget *area, cairo_t *cr, struct present_cairo *c)
{
	int scale = gtk_widget_get_scale_factor(area);
	double sx, sy;

	g_mutex_lock(&c->lock);
	if (c->visible && c->place.width > 0) {
		sx = (double)c->place.width / c->canvas.width;
		sy = (double)c->place.height / c->canvas.height;
		cairo_scale(cr, 1.0 / scale, 1.0 / scale);
		cairo_translate(cr, c->place.x, c->place.y);
		cairo_scale(cr, sx, sy);
		cairo_rectangle(cr, 0, 0, c->canvas.width, c->canvas.height);
		cairo_clip(cr);
		cairo_set_source_surface(cr, c->surface, 0, 0);
		cairo_pattern_set_filter(cairo_get_source(cr),
				sx == (int)sx && sy == (int)sy ? CAIRO_FILTER_NEAREST :
								 CAIRO_FILTER_GOOD);
		cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
		cairo_paint(cr);
	}
	g_mutex_unlock(&c->lock);
	return TRUE;
}

static void cairo_place(struct presenter *base, const cairo_rectangle_int_t *rect)
{
	struct present_cairo *c = from_base(base);

	g_mutex_lock(&c->lock);
	c->place = *rect;
	g_mutex_unlock(&c->lock);
	gtk_widget_queue_draw(c->area);
}

static void cairo_still(struct presenter *base, cairo_surface_t *surface)
{
	struct present_cairo *c = from_base(base);

	g_mutex_lock(&c->lock);
	if (resize(c, cairo_image_surface_get_width(surface),
			    cairo_image_surface_get_height(surface))) {
		cairo_surface_flush(c->surface);
		canvas_load(&c->canvas, surface);
		cairo_surface_mark_dirty(c->surface);
		c->visible = TRUE;
		queue_redraw(c);
	}
	g_mutex_unlock(&c->lock);
}

static void cairo_hide(struct presenter *base)
{
	struct present_cairo *c = from_base(base);

	g_mutex_lock(&c->lock);
	c->visible = FALSE;
	g_mutex_unlock(&c->lock);
	gtk_widget_queue_draw(c->area);
}

static cairo_surface_t *cairo_snapshot(struct presenter *base)
{
	struct present_cairo *c = from_base(base);
	cairo_surface_t *surface = NULL;

	g_mutex_lock(&c->lock);
	if (c->visible)
		surface = canvas_copy(&c->canvas);
	g_mutex_unlock(&c->lock);
	return surface;
}

static void cairo_destroy_presenter(struct presenter *base)
{
	struct present_cairo *c = from_base(base);

	g_signal_handlers_disconnect_by_data(c->area, c);
	c->area = NULL;
	unref(c);
}

static const struct presenter_impl cairo_impl = {
	.name = "cairo",
	.destroy = cairo_destroy_presenter,
	.show = cairo_show,
	.put = cairo_put,
	.place = cairo_place,
	.still = cairo_still,
	.hide = cairo_hide,
	.snapshot = cairo_snapshot,
};

struct presenter *presenter_cairo_new(GtkWidget *area)
{
	struct present_cairo *c = g_new0(struct present_cairo, 1);

	c->base.impl = &cairo_impl;
	g_atomic_ref_count_init(&c->refs);
	g_mutex_init(&c->lock);
	c->area = area;
	g_signal_connect(area, "draw", G_CALLBACK(draw), c);
	return &c->base;
}

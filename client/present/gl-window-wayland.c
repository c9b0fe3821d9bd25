/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * A subsurface under GTK's own surface. GTK's surface has a hole where the picture is, so
 * that GTK can draw above the picture and gets all input. The subsurface is committed when
 * a picture comes, independently of GTK's own commits.
 */
#include "config.h"
#include "present/gl-window.h"

#ifdef HAVE_WAYLAND
#include <gdk/gdkwayland.h>
#include <math.h>
#include <wayland-client.h>
#include <wayland-egl.h>

#include "fractional-scale-v1-client-protocol.h"
#include "viewporter-client-protocol.h"

/* How many pictures may wait for the compositor. Mesa has four buffers and blocks when all
 * are in use, which happens in a window that is not visible. */
#define MAX_IN_FLIGHT 2

struct window_wayland {
	struct gl_window base;
	GtkWidget *area, *toplevel;
	struct wl_event_queue *queue; /* for the globals below */
	struct wl_registry *registry;
	struct wl_subcompositor *subcompositor;
	struct wp_viewporter *viewporter;
	struct wp_fractional_scale_manager_v1 *scales;

	struct wl_surface *surface;
	struct wl_subsurface *subsurface;
	struct wp_viewport *viewport;
	struct wp_fractional_scale_v1 *scale;
	struct wl_egl_window *egl_window;
	struct wl_callback *in_flight[MAX_IN_FLIGHT];
	double preferred;               /* the compositor's scale, or 0: use GTK's scale */
	gboolean mapped, wanted;
	guint redraw;
	cairo_rectangle_int_t place;    /* see presenter_place(): GTK's pixels */
	cairo_rectangle_int_t visible;  /* visible part of the area, logical pixels */
	int x, y; /* position of the visible part in the surface of the toplevel */
};

static struct window_wayland *from_base(struct gl_window *base)
{
	return (struct window_wayland *)base;
}

/* ---- geometry (lock held) ------------------------------------------------ */

static double pixels(const struct window_wayland *w)
{
	return w->viewport && w->preferred > 0 ? w->preferred :
						 gtk_widget_get_scale_factor(w->area);
}

static gboolean set_size(struct window_wayland *w)
{
	struct gl_window *b = &w->base;
	double f = pixels(w), of_gtk = gtk_widget_get_scale_factor(w->area);
	int width = MAX((int)lround(w->visible.width * f), 1),
	    height = MAX((int)lround(w->visible.height * f), 1);
	cairo_rectangle_int_t p = { (int)lround((w->place.x / of_gtk - w->visible.x) * f),
		(int)lround((w->place.y / of_gtk - w->visible.y) * f),
		(int)lround(w->place.width / of_gtk * f),
		(int)lround(w->place.height / of_gtk * f) };

	if (width == b->width && height == b->height && memcmp(&p, &b->picture, sizeof p) == 0)
		return FALSE;
	b->width = width;
	b->height = height;
	b->picture = p;
	wl_egl_window_resize(w->egl_window, width, height, 0, 0);
	if (w->viewport)
		wp_viewport_set_destination(
				w->viewport, MAX(w->visible.width, 1), MAX(w->visible.height, 1));
	else
		wl_surface_set_buffer_scale(w->surface, (int)of_gtk);
	return TRUE;
}

/* Finds where GTK has put the area. The subsurface moves with the parent's next commit. */
static gboolean follow_area(struct window_wayland *w)
{
	cairo_region_t *clip = gdk_window_get_clip_region(gtk_widget_get_window(w->area));
	cairo_rectangle_int_t visible;
	int x = 0, y = 0;

	cairo_region_get_extents(clip, &visible);
	cairo_region_destroy(clip);
	gtk_widget_translate_coordinates(w->area, w->toplevel, visible.x, visible.y, &x, &y);
	if (x != w->x || y != w->y)
		wl_subsurface_set_position(w->subsurface, x, y);
	w->x = x;
	w->y = y;
	w->visible = visible;
	return set_size(w);
}

/* ---- GTK's side ---------------------------------------------------------- */

static gboolean on_draw_area(GtkWidget *area, cairo_t *cr, struct window_wayland *w)
{
	gboolean changed, hole;

	g_mutex_lock(w->base.lock);
	changed = follow_area(w);
	hole = w->mapped;
	g_mutex_unlock(w->base.lock);
	if (changed && hole)
		w->base.expose(w->base.data);
	if (!hole)
		return FALSE;
	cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	cairo_paint(cr);
	return TRUE;
}

/* Declares no part of the window opaque: with each change of style GTK declares all of it
 * opaque. */
static gboolean on_draw_toplevel(GtkWidget *toplevel, cairo_t *cr, struct window_wayland *w)
{
	gdk_window_set_opaque_region(gtk_widget_get_window(toplevel), NULL);
	return FALSE;
}

static gboolean redraw(gpointer data)
{
	struct window_wayland *w = data;

	g_mutex_lock(w->base.lock);
	w->redraw = 0;
	g_mutex_unlock(w->base.lock);
	gtk_widget_queue_draw(w->toplevel);
	return G_SOURCE_REMOVE;
}

/* Makes or closes the hole. Any thread, lock held. */
static void set_mapped(struct window_wayland *w, gboolean mapped)
{
	if (w->mapped == mapped)
		return;
	w->mapped = mapped;
	/* Default priority, not more urgent: GDK's source must first end its turn as a reader of
	 * events. Until then we must not wait for a lock whose owner reads events too. */
	if (!w->redraw)
		w->redraw = g_idle_add_full(G_PRIORITY_DEFAULT, redraw, w, NULL);
}

/* ---- impl ---------------------------------------------------------------- */

static gboolean wayland_place(struct gl_window *base, const cairo_rectangle_int_t *rect)
{
	struct window_wayland *w = from_base(base);

	w->place = *rect;
	gtk_widget_queue_draw(w->area);
	return set_size(w);
}

static void wayland_map(struct gl_window *base)
{
	set_mapped(from_base(base), TRUE);
}

static void forget_callbacks(struct window_wayland *w)
{
	int i;

	for (i = 0; i < MAX_IN_FLIGHT; i++)
		g_clear_pointer(&w->in_flight[i], wl_callback_destroy);
	w->wanted = FALSE;
}

static void wayland_unmap(struct gl_window *base)
{
	struct window_wayland *w = from_base(base);

	if (!w->mapped)
		return;
	forget_callbacks(w);
	wl_surface_attach(w->surface, NULL, 0, 0);
	wl_surface_commit(w->surface);
	set_mapped(w, FALSE);
}

static void frame_done(void *data, struct wl_callback *callback, uint32_t time)
{
	struct window_wayland *w = data;
	gboolean wanted;
	int i;

	g_mutex_lock(w->base.lock);
	for (i = 0; i < MAX_IN_FLIGHT; i++)
		if (w->in_flight[i] == callback)
			g_clear_pointer(&w->in_flight[i], wl_callback_destroy);
	wanted = w->wanted;
	w->wanted = FALSE;
	g_mutex_unlock(w->base.lock);
	if (wanted)
		w->base.expose(w->base.data);
}

static const struct wl_callback_listener frame_listener = { frame_done };

static gboolean wayland_ready(struct gl_window *base)
{
	struct window_wayland *w = from_base(base);
	int i;

	for (i = 0; i < MAX_IN_FLIGHT; i++)
		if (!w->in_flight[i])
			return TRUE;
	w->wanted = TRUE;
	return FALSE;
}

/* The main thread gets the answer, because GDK reads the queue of the surface there. */
static void wayland_sending(struct gl_window *base)
{
	struct window_wayland *w = from_base(base);
	int i = 0;

	while (i < MAX_IN_FLIGHT - 1 && w->in_flight[i])
		i++;
	g_clear_pointer(&w->in_flight[i], wl_callback_destroy);
	w->in_flight[i] = wl_surface_frame(w->surface);
	wl_callback_add_listener(w->in_flight[i], &frame_listener, w);
}

static void destroy_surface(struct window_wayland *w)
{
	forget_callbacks(w);
	if (w->base.surface != EGL_NO_SURFACE)
		eglDestroySurface(w->base.device->display, w->base.surface);
	g_clear_pointer(&w->egl_window, wl_egl_window_destroy);
	g_clear_pointer(&w->scale, wp_fractional_scale_v1_destroy);
	g_clear_pointer(&w->viewport, wp_viewport_destroy);
	g_clear_pointer(&w->subsurface, wl_subsurface_destroy);
	g_clear_pointer(&w->surface, wl_surface_destroy);
}

static void wayland_destroy(struct gl_window *base)
{
	struct window_wayland *w = from_base(base);

	g_signal_handlers_disconnect_by_data(w->area, w);
	g_signal_handlers_disconnect_by_data(w->toplevel, w);
	g_clear_handle_id(&w->redraw, g_source_remove);
	gtk_widget_queue_draw(w->area);
	destroy_surface(w);
	g_clear_pointer(&w->scales, wp_fractional_scale_manager_v1_destroy);
	g_clear_pointer(&w->viewporter, wp_viewporter_destroy);
	g_clear_pointer(&w->subcompositor, wl_subcompositor_destroy);
	g_clear_pointer(&w->registry, wl_registry_destroy);
	g_clear_pointer(&w->queue, wl_event_queue_destroy);
	egl_device_unref(base->device);
	g_object_unref(w->area);
	g_object_unref(w->toplevel);
	g_free(w);
}

static const struct gl_window_impl wayland_impl = {
	.name = "wayland",
	.destroy = wayland_destroy,
	.place = wayland_place,
	.map = wayland_map,
	.unmap = wayland_unmap,
	.ready = wayland_ready,
	.sending = wayland_sending,
};

/* ---- construction -------------------------------------------------------- */

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
		const char *interface, uint32_t version)
{
	struct window_wayland *w = data;

	if (g_str_equal(interface, wl_subcompositor_interface.name))
		w->subcompositor = wl_registry_bind(registry, name, &wl_subcompositor_interface, 1);
	else if (g_str_equal(interface, wp_viewporter_interface.name))
		w->viewporter = wl_registry_bind(registry, name, &wp_viewporter_interface, 1);
	else if (g_str_equal(interface, wp_fractional_scale_manager_v1_interface.name))
		w->scales = wl_registry_bind(
				registry, name, &wp_fractional_scale_manager_v1_interface, 1);
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = { on_global, on_global_remove };

/* Binds the globals on a queue of our own, so that GDK's queue is not touched. */
static gboolean find_globals(struct window_wayland *w, struct wl_display *display)
{
	struct wl_display *wrapper;

	w->queue = wl_display_create_queue(display);
	wrapper = wl_proxy_create_wrapper(display);
	wl_proxy_set_queue((struct wl_proxy *)wrapper, w->queue);
	w->registry = wl_display_get_registry(wrapper);
	wl_proxy_wrapper_destroy(wrapper);
	wl_registry_add_listener(w->registry, &registry_listener, w);
	return wl_display_roundtrip_queue(display, w->queue) >= 0 && w->subcompositor;
}

static void on_preferred_scale(void *data, struct wp_fractional_scale_v1 *scale, uint32_t value)
{
	struct window_wayland *w = data;
	gboolean changed;

	g_mutex_lock(w->base.lock);
	w->preferred = value / 120.0;
	changed = set_size(w);
	g_mutex_unlock(w->base.lock);
	if (changed)
		w->base.expose(w->base.data);
}

static const struct wp_fractional_scale_v1_listener scale_listener = { on_preferred_scale };

static void create_scaling(struct window_wayland *w)
{
	if (!w->viewporter)
		return;
	w->viewport = wp_viewporter_get_viewport(w->viewporter, w->surface);
	if (!w->scales)
		return;
	/* GDK's queue gets the events of the objects that scales makes. */
	wl_proxy_set_queue((struct wl_proxy *)w->scales, NULL);
	w->scale = wp_fractional_scale_manager_v1_get_fractional_scale(w->scales, w->surface);
	wp_fractional_scale_v1_add_listener(w->scale, &scale_listener, w);
}

static gboolean create_surface(struct window_wayland *w, GdkDisplay *gdk, struct wl_surface *parent)
{
	struct wl_compositor *compositor = gdk_wayland_display_get_wl_compositor(gdk);
	struct wl_region *region;

	w->surface = wl_compositor_create_surface(compositor);
	region = wl_compositor_create_region(compositor);
	wl_surface_set_input_region(w->surface, region);
	wl_region_add(region, 0, 0, G_MAXINT32, G_MAXINT32);
	wl_surface_set_opaque_region(w->surface, region);
	wl_region_destroy(region);
	w->subsurface = wl_subcompositor_get_subsurface(w->subcompositor, w->surface, parent);
	wl_subsurface_set_desync(w->subsurface);
	wl_subsurface_place_below(w->subsurface, parent);
	create_scaling(w);
	w->egl_window = wl_egl_window_create(w->surface, 1, 1);
	w->base.surface = eglCreateWindowSurface(w->base.device->display, w->base.device->config,
			(EGLNativeWindowType)w->egl_window, NULL);
	return w->base.surface != EGL_NO_SURFACE;
}

struct gl_window *gl_window_wayland_new(GtkWidget *area)
{
	GdkDisplay *gdk = gtk_widget_get_display(area);
	GtkWidget *toplevel = gtk_widget_get_toplevel(area);
	GdkWindow *window = gtk_widget_get_window(toplevel);
	struct wl_surface *parent;
	struct wl_display *display;
	struct egl_device *device;
	struct window_wayland *w;

	if (!GDK_IS_WAYLAND_DISPLAY(gdk) || !window || !gtk_widget_get_window(area))
		return NULL;
	display = gdk_wayland_display_get_wl_display(gdk);
	parent = gdk_wayland_window_get_wl_surface(window);
	device = parent ? egl_device_new(EGL_PLATFORM_WAYLAND_KHR, display, FALSE, NULL) : NULL;
	if (!device)
		return NULL;
	w = g_new0(struct window_wayland, 1);
	w->base = (struct gl_window){ &wayland_impl, device, EGL_NO_SURFACE, 1, 1 };
	w->area = g_object_ref(area);
	w->toplevel = g_object_ref(toplevel);
	if (!find_globals(w, display) || !create_surface(w, gdk, parent)) {
		wayland_destroy(&w->base);
		return NULL;
	}
	g_signal_connect(area, "draw", G_CALLBACK(on_draw_area), w);
	g_signal_connect(toplevel, "draw", G_CALLBACK(on_draw_toplevel), w);
	gtk_widget_queue_draw(area);
	return &w->base;
}
#else
struct gl_window *gl_window_wayland_new(GtkWidget *area)
{
	return NULL;
}
#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/view.h"
#include "window/geometry.h"
#include "window/still.h"

#include <gdk/gdkx.h>
#include <string.h>

/* After so many classic drawings without a picture in between, the server has switched to
 * classic drawing. (Each streaming surface begins with one black fill.) */
#define CLASSIC_AFTER 3
/* The limit for classic drawing. GTK draws last in the main loop, so it would never draw if
 * the server drew faster than this. */
#define REDRAW_AFTER_US (30 * 1000)
#define CLASSIC_FPS 20

struct _OsvdiView {
	GtkOverlay parent;
	const struct options *options;
	struct stats *stats;
	int channel, monitor;
	GtkWidget *background;
	SpiceDisplay *display;
	GtkWidget *area; /* for the cairo presenter, or NULL */
	struct video *video;
	struct ext_port *port;
	struct presenter *presenter;
	int zoom;
	int width, height; /* of the guest, pixels */
	guint invalidations;
	gint64 redrawn_us;
	gboolean showing_video, frozen;
	gboolean wants_video; /* a stream was seen, so the presenter is one for video */
};

G_DEFINE_TYPE(OsvdiView, osvdi_view, GTK_TYPE_OVERLAY)

enum {
	GUEST_SIZE,
	VIDEO_EVENT,
	N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* ---- geometry ------------------------------------------------------------ */

/* Whether a nearly fitting picture keeps its size. A zoom other than 100 % is taken
 * exactly. */
static gboolean may_be_natural(OsvdiView *view)
{
	return !view->zoom || view->zoom == 100;
}

static void place(OsvdiView *view)
{
	GtkWidget *widget = (GtkWidget *)view->display;
	int scale, width, height;
	cairo_rectangle_int_t rect;

	if (!widget || !view->width)
		return;
	scale = gtk_widget_get_scale_factor(widget);
	width = gtk_widget_get_allocated_width(widget) * scale;
	height = gtk_widget_get_allocated_height(widget) * scale;
	/* SpiceDisplay must place its picture as we do: it maps the pointer. */
	g_object_set(view->display, "only-downscale", may_be_natural(view) &&
			geometry_is_natural(width, height, view->width, view->height), NULL);
	if (!view->presenter)
		return;
	rect = geometry_fit(width, height, view->width, view->height, may_be_natural(view));
	presenter_place(view->presenter, &rect);
	gtk_widget_queue_draw(widget); /* draws the area that the picture no longer covers */
}

/* Rounds up: a place that lacks half a pixel would blur the picture. */
static int to_logical(int pixels, int percent, int scale)
{
	return (pixels * percent + 100 * scale - 1) / (100 * scale);
}

static void update_request(OsvdiView *view)
{
	int scale = gtk_widget_get_scale_factor(GTK_WIDGET(view));

	if (view->zoom && view->width)
		gtk_widget_set_size_request(view->background,
				to_logical(view->width, view->zoom, scale),
				to_logical(view->height, view->zoom, scale));
	else
		gtk_widget_set_size_request(view->background, 64, 48);
}

static void set_guest_size(OsvdiView *view, int width, int height)
{
	if (width <= 0 || height <= 0 || (width == view->width && height == view->height))
		return;
	g_info("Display %d: the guest is %dx%d", view->channel, width, height);
	view->width = width;
	view->height = height;
	update_request(view);
	place(view);
	g_signal_emit(view, signals[GUEST_SIZE], 0, width, height);
}

static void read_guest_size(OsvdiView *view, SpiceDisplayChannel *channel)
{
	g_autoptr(GArray) monitors = NULL;
	SpiceDisplayPrimary primary;
	guint i;

	g_object_get(channel, "monitors", &monitors, NULL);
	for (i = 0; view->monitor >= 0 && monitors && i < monitors->len; i++) {
		const SpiceDisplayMonitorConfig *m = &g_array_index(
				monitors, SpiceDisplayMonitorConfig, i);

		if ((int)m->id == view->monitor && m->width && m->height) {
			set_guest_size(view, (int)m->width, (int)m->height);
			return;
		}
	}
	if (spice_display_channel_get_primary(SPICE_CHANNEL(channel), 0, &primary))
		set_guest_size(view, primary.width, primary.height);
}

/* ---- the presenter ------------------------------------------------------- */

static void set_presenter(OsvdiView *view, struct presenter *presenter)
{
	video_set_presenter(view->video, NULL);
	presenter_destroy(view->presenter);
	view->presenter = presenter;
	if (!presenter)
		return;
	place(view);
	video_set_presenter(view->video, presenter);
}

static void add_area(OsvdiView *view)
{
	view->area = gtk_drawing_area_new();
	gtk_overlay_add_overlay(GTK_OVERLAY(view), view->area);
	gtk_overlay_set_overlay_pass_through(GTK_OVERLAY(view), view->area, TRUE);
	gtk_widget_show(view->area);
	if (gtk_widget_get_window(view->area) && gtk_widget_get_has_window(view->area))
		gdk_window_set_pass_through(gtk_widget_get_window(view->area), TRUE);
}

static struct presenter *make_presenter(OsvdiView *view)
{
	const char *wish = view->options->present ? view->options->present : "auto";
	GdkWindow *window = gtk_widget_get_window(GTK_WIDGET(view->display));
	gboolean wayland = !GDK_IS_X11_DISPLAY(gdk_window_get_display(window));
	struct presenter *presenter = NULL;

	if (wayland && !view->area)
		add_area(view);
	if (g_str_equal(wish, "gl") || g_str_equal(wish, "auto"))
		presenter = presenter_egl_new(
				window, wayland ? view->area : NULL, g_str_equal(wish, "gl"));
	if (!presenter && !g_str_equal(wish, "cairo"))
		presenter = presenter_x11_new(window);
	if (!presenter) {
		if (!view->area)
			add_area(view);
		presenter = presenter_cairo_new(view->area);
	}
	if (!g_str_equal(wish, "auto") && !g_str_equal(wish, presenter->impl->name))
		g_warning("--present=%s is not possible here, using %s", wish,
				presenter->impl->name);
	g_info("Presenting by %s", presenter->impl->name);
	return presenter;
}

static gboolean draw_background(GtkWidget *widget, cairo_t *cr, gpointer data)
{
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_paint(cr);
	return TRUE;
}

/* Clears the surround. Without a picture of its own SpiceDisplay draws nothing, so old pixels
 * would stay around a smaller picture. Connected after SpiceDisplay's handler, which ends
 * the emission if it drew. */
static gboolean draw_surround(GtkWidget *area, cairo_t *cr, OsvdiView *view)
{
	if (!view->showing_video && !view->frozen)
		return FALSE;
	return draw_background(area, cr, NULL);
}

static void watch_surround(OsvdiView *view)
{
	GtkWidget *stack = gtk_bin_get_child(GTK_BIN(view->display));
	GtkWidget *area = GTK_IS_STACK(stack) ?
			gtk_stack_get_child_by_name(GTK_STACK(stack), "draw-area") :
			NULL;

	if (area)
		g_signal_connect_object(
				area, "draw", G_CALLBACK(draw_surround), view, G_CONNECT_AFTER);
}

/* Makes the presenter for video. Removes the area in which a still picture was drawn, because
 * the area would lie above the window of the presenter. */
static void use_video_presenter(OsvdiView *view)
{
	gboolean wayland = !GDK_IS_X11_DISPLAY(gtk_widget_get_display(GTK_WIDGET(view)));

	set_presenter(view, make_presenter(view));
	if (wayland || !view->area || g_str_equal(view->presenter->impl->name, "cairo"))
		return;
	gtk_widget_destroy(view->area);
	view->area = NULL;
}

/* Makes the presenter, but only for video: SpiceDisplay draws best in a window of its
 * own. */
static void on_realize(GtkWidget *widget, OsvdiView *view)
{
	if (view->wants_video)
		use_video_presenter(view);
}

static void start_video(OsvdiView *view)
{
	if (view->wants_video)
		return;
	view->wants_video = TRUE;
	if (gtk_widget_get_realized(GTK_WIDGET(view->display)))
		use_video_presenter(view);
}

/* Makes a presenter for a still picture of a session without video. */
static void ensure_presenter(OsvdiView *view)
{
	if (view->presenter)
		return;
	if (!view->area)
		add_area(view);
	set_presenter(view, presenter_cairo_new(view->area));
}

/* Wayland drops the surface of a hidden window and all its subsurfaces. */
static void on_map(GtkWidget *widget, OsvdiView *view)
{
	if (view->presenter && !GDK_IS_X11_DISPLAY(gtk_widget_get_display(widget)))
		use_video_presenter(view);
}

static void on_unrealize(GtkWidget *widget, OsvdiView *view)
{
	set_presenter(view, NULL);
}

static void on_size_allocate(GtkWidget *widget, GtkAllocation *allocation, OsvdiView *view)
{
	place(view);
}

/* ---- channel and video --------------------------------------------------- */

static void go_classic(OsvdiView *view)
{
	view->showing_video = FALSE;
	video_stop(view->video);
	if (view->presenter)
		presenter_hide(view->presenter);
	gtk_widget_queue_draw(GTK_WIDGET(view->display));
}

static void on_video_event(struct video *video, enum video_event event, gpointer data)
{
	OsvdiView *view = data;

	if (event == VIDEO_STARTING) {
		start_video(view);
	} else if (event == VIDEO_FIRST_PICTURE) {
		view->showing_video = TRUE;
		view->frozen = FALSE;
		view->invalidations = 0;
	} else if (event == VIDEO_CLASSIC) {
		go_classic(view);
		/* The main loop decodes and draws this. If more came than it can take, all of
		 * it would be late and thrown away. */
		ext_port_limit_fps(view->port, CLASSIC_FPS * 1000);
	}
	g_signal_emit(view, signals[VIDEO_EVENT], 0, (int)event);
}

static void on_invalidate(SpiceDisplayChannel *channel, int x, int y, int w, int h, OsvdiView *view)
{
	if (view->frozen && !view->showing_video) {
		view->frozen = FALSE;
		go_classic(view);
	}
	if (view->showing_video && ++view->invalidations >= CLASSIC_AFTER)
		go_classic(view);
}

/* Runs after SpiceDisplay has queued its drawing. */
static void after_invalidate(
		SpiceDisplayChannel *channel, int x, int y, int w, int h, OsvdiView *view)
{
	GdkWindow *window = view->showing_video || !view->display ?
			NULL :
			gtk_widget_get_window(GTK_WIDGET(view->display));
	gint64 now = g_get_monotonic_time();

	if (!window || now - view->redrawn_us < REDRAW_AFTER_US)
		return;
	G_GNUC_BEGIN_IGNORE_DEPRECATIONS
	gdk_window_process_updates(window, TRUE);
	G_GNUC_END_IGNORE_DEPRECATIONS
	view->redrawn_us = g_get_monotonic_time();
}

/* A server that reports no monitors has one, as large as the surface. */
static gboolean has_monitors(SpiceDisplayChannel *channel)
{
	g_autoptr(GArray) monitors = NULL;

	g_object_get(channel, "monitors", &monitors, NULL);
	return monitors && monitors->len;
}

static void on_primary_create(SpiceDisplayChannel *channel, int format, int width, int height,
		int stride, int shmid, gpointer data, OsvdiView *view)
{
	view->invalidations = 0;
	if (view->monitor < 0 || !has_monitors(channel))
		set_guest_size(view, width, height);
}

static void on_monitors(SpiceDisplayChannel *channel, GParamSpec *pspec, OsvdiView *view)
{
	read_guest_size(view, channel);
}

static void attach_after(OsvdiView *view, SpiceDisplayChannel *channel)
{
	g_signal_connect_object(channel, "display-invalidate", G_CALLBACK(after_invalidate), view,
			G_CONNECT_AFTER);
}

void osvdi_view_attach(OsvdiView *view, SpiceDisplayChannel *channel)
{
	video_attach(view->video, channel);
	g_signal_connect_object(
			channel, "display-primary-create", G_CALLBACK(on_primary_create), view, 0);
	g_signal_connect_object(channel, "display-invalidate", G_CALLBACK(on_invalidate), view, 0);
	g_signal_connect_object(channel, "notify::monitors", G_CALLBACK(on_monitors), view, 0);
	read_guest_size(view, channel);
	if (view->display) /* SpiceDisplay has connected to the channel already */
		attach_after(view, channel);
}

/* ---- freezing ------------------------------------------------------------ */

cairo_surface_t *osvdi_view_snapshot(OsvdiView *view)
{
	cairo_surface_t *surface = NULL;
	GdkPixbuf *pixbuf;

	if (view->presenter && (view->showing_video || view->frozen))
		surface = presenter_snapshot(view->presenter);
	if (surface)
		return surface;
	pixbuf = view->width ? spice_display_get_pixbuf(view->display) : NULL;
	if (!pixbuf)
		return NULL;
	surface = still_from_pixbuf(pixbuf);
	g_object_unref(pixbuf);
	return surface;
}

void osvdi_view_freeze(OsvdiView *view)
{
	cairo_surface_t *surface;

	if (view->frozen || !gtk_widget_get_realized(GTK_WIDGET(view->display)))
		return;
	surface = osvdi_view_snapshot(view);
	video_stop(view->video);
	view->showing_video = FALSE;
	if (!surface)
		return;
	still_make_grey(surface);
	ensure_presenter(view);
	presenter_still(view->presenter, surface);
	cairo_surface_destroy(surface);
	view->frozen = TRUE;
}

/* ---- public -------------------------------------------------------------- */

void osvdi_view_set_zoom(OsvdiView *view, int percent)
{
	view->zoom = percent;
	update_request(view);
	place(view);
}

gboolean osvdi_view_get_guest_size(OsvdiView *view, int *width, int *height)
{
	*width = view->width;
	*height = view->height;
	return view->width > 0;
}

SpiceDisplay *osvdi_view_get_display(OsvdiView *view)
{
	return view->display;
}

int osvdi_view_get_channel_id(OsvdiView *view)
{
	return view->channel;
}

static void osvdi_view_dispose(GObject *object)
{
	OsvdiView *view = OSVDI_VIEW(object);

	if (view->video) {
		set_presenter(view, NULL);
		g_clear_pointer(&view->video, video_free);
		g_clear_pointer(&view->port, ext_port_unref);
	}
	G_OBJECT_CLASS(osvdi_view_parent_class)->dispose(object);
}

/* SpiceDisplay asks for at least 640x480 and would be cut off in a smaller window. */
static gboolean get_child_position(GtkOverlay *overlay, GtkWidget *child, GdkRectangle *place)
{
	GtkAllocation whole;

	gtk_widget_get_allocation(OSVDI_VIEW(overlay)->background, &whole);
	*place = (GdkRectangle){ 0, 0, whole.width, whole.height };
	return TRUE;
}

static void osvdi_view_class_init(OsvdiViewClass *class)
{
	G_OBJECT_CLASS(class)->dispose = osvdi_view_dispose;
	GTK_OVERLAY_CLASS(class)->get_child_position = get_child_position;
	signals[GUEST_SIZE] = g_signal_new("guest-size", OSVDI_TYPE_VIEW, G_SIGNAL_RUN_LAST, 0,
			NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
	signals[VIDEO_EVENT] = g_signal_new("video-event", OSVDI_TYPE_VIEW, G_SIGNAL_RUN_LAST, 0,
			NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void osvdi_view_init(OsvdiView *view)
{
	view->background = gtk_drawing_area_new();
	g_signal_connect(view->background, "draw", G_CALLBACK(draw_background), NULL);
	gtk_container_add(GTK_CONTAINER(view), view->background);
	gtk_widget_show(view->background);
	update_request(view);
}

OsvdiView *osvdi_view_new(struct connection *connection, const struct options *options,
		struct stats *stats, SpiceDisplayChannel *channel_object, int channel, int monitor)
{
	OsvdiView *view = g_object_new(OSVDI_TYPE_VIEW, NULL);
	GtkWidget *display;

	view->options = options;
	view->stats = stats;
	view->channel = channel;
	view->monitor = monitor;
	view->port = ext_port_ref(connection_get_port(connection));
	view->video = video_new(channel, options->decoder, stats, connection_get_port(connection),
			on_video_event, view);
	/* Connect our handlers before SpiceDisplay's. */
	osvdi_view_attach(view, channel_object);
	display = GTK_WIDGET(spice_display_new_with_monitor(
			connection_get_session(connection), channel, monitor));
	view->display = SPICE_DISPLAY(display);
	g_object_set(display, "scaling", TRUE, "resize-guest", FALSE, "grab-keyboard", TRUE,
			"grab-mouse", TRUE, NULL);
	watch_surround(view);
	g_signal_connect(display, "realize", G_CALLBACK(on_realize), view);
	g_signal_connect_after(display, "map", G_CALLBACK(on_map), view);
	g_signal_connect(display, "unrealize", G_CALLBACK(on_unrealize), view);
	g_signal_connect_after(display, "size-allocate", G_CALLBACK(on_size_allocate), view);
	attach_after(view, channel_object);
	gtk_overlay_add_overlay(GTK_OVERLAY(view), display);
	gtk_widget_show(display);
	return view;
}

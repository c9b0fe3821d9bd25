/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/window.h"
#include "ui/dialogs.h"
#include "window/fullscreen-bar.h"
#include "window/fullscreen.h"
#include "target/names.h"
#include "window/overlay.h"
#include "window/window-size.h"

#include <glib/gi18n.h>

struct _OsvdiWindow {
	GtkWindow parent;
	const struct options *options;
	OsvdiView *view;
	GtkWidget *root; /* GtkOverlay: picture, banner, statistics, bar */
	GtkWidget *scrolled, *header, *menu_button;
	GtkWidget *banner, *stats;
	GtkWidget *bar; /* of full screen */
	GtkWidget *grab_hint;
	char *name, *release; /* release: keys that free the pointer; NULL while it is free */
	int number, zoom;
	gboolean fullscreen;
	struct window_size size;
	guint judge_timer;
};

enum {
	SIZE_CHOSEN,
	N_SIGNALS,
};
static guint signals[N_SIGNALS];

#define DEFAULT_WIDTH 1024
#define DEFAULT_HEIGHT 768
/* The least size for a header and a banner. */
#define MIN_WIDTH 320
#define MIN_HEIGHT 200
/* The decorations of GTK's own theme, both sides together, until a window can be measured. */
#define UNKNOWN_EDGES 10
/* How long a size must stay before it counts as the user's: a window manager may change it
 * again. */
#define JUDGE_AFTER_MS 150

G_DEFINE_TYPE(OsvdiWindow, osvdi_window, GTK_TYPE_WINDOW)

/* ---- sizes --------------------------------------------------------------- */

static void apply_zoom(OsvdiWindow *window)
{
	GtkPolicyType policy = window->zoom ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER;
	GtkAlign align = window->zoom ? GTK_ALIGN_CENTER : GTK_ALIGN_FILL;

	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(window->scrolled), policy, policy);
	gtk_widget_set_halign(GTK_WIDGET(window->view), align);
	gtk_widget_set_valign(GTK_WIDGET(window->view), align);
	osvdi_view_set_zoom(window->view, window->zoom);
}

static int percent_of(OsvdiWindow *window)
{
	return window->zoom ? window->zoom : 100;
}

/* Without a compositor a window has edges in place of its shadow. */
static int edges_of(OsvdiWindow *window)
{
	if (gdk_screen_is_composited(gtk_widget_get_screen(GTK_WIDGET(window))))
		return 0;
	if (!gtk_widget_get_mapped(GTK_WIDGET(window)))
		return UNKNOWN_EDGES;
	return gtk_widget_get_allocated_width(GTK_WIDGET(window)) -
			gtk_widget_get_allocated_width(window->root);
}

static void get_room(OsvdiWindow *window, struct window_room *room, GdkRectangle *area)
{
	int header, edges = edges_of(window);

	fullscreen_get_workarea(GTK_WIDGET(window), area);
	gtk_widget_get_preferred_height(window->header, NULL, &header);
	*room = (struct window_room){
		.width = area->width - edges,
		.height = area->height - header - edges,
		.min_width = MIN_WIDTH,
		.min_height = MIN_HEIGHT,
		.scale = gtk_widget_get_scale_factor(GTK_WIDGET(window)),
	};
}

/* Moves a window back if it has grown off the screen. Wayland places windows itself. */
static void move_into(OsvdiWindow *window, const struct window_room *room, const GdkRectangle *area,
		int width, int height)
{
	int x, y, to_x, to_y;
	int left = area->x + (area->width - room->width) / 2;
	int top = area->y + (area->width - room->width) / 2;

	if (!gtk_widget_get_visible(GTK_WIDGET(window)))
		return;
	gtk_window_get_position(GTK_WINDOW(window), &x, &y);
	to_x = MAX(MIN(x, left + room->width - width), MIN(x, left));
	to_y = MAX(MIN(y, top + room->height - height), MIN(y, top));
	if (to_x != x || to_y != y)
		gtk_window_move(GTK_WINDOW(window), to_x, to_y);
}

/* Makes the window as large as the guest at this zoom, if the screen has room. */
static void resize_to_guest(OsvdiWindow *window)
{
	int width, height, guest_width, guest_height;
	struct window_room room;
	GdkRectangle area;

	if (!osvdi_view_get_guest_size(window->view, &guest_width, &guest_height) ||
			window->fullscreen)
		return;
	get_room(window, &room, &area);
	window_size_for_guest(
			&room, guest_width, guest_height, percent_of(window), &width, &height);
	window_size_asked(&window->size, width, height);
	gtk_window_resize(GTK_WINDOW(window), width, height);
	move_into(window, &room, &area, width, height);
}

static void on_guest_size(OsvdiView *view, int width, int height, OsvdiWindow *window)
{
	if (!window->size.window_leads)
		resize_to_guest(window);
}

/* ---- who leads ----------------------------------------------------------- */

static void lead(OsvdiWindow *window)
{
	if (window->size.window_leads)
		return;
	window->size.window_leads = TRUE;
	g_info("The window's size leads");
	g_signal_emit(window, signals[SIZE_CHOSEN], 0);
}

static GdkWindowState state_of(OsvdiWindow *window)
{
	GdkWindow *gdk = gtk_widget_get_window(GTK_WIDGET(window));

	return gdk ? gdk_window_get_state(gdk) : 0;
}

static gboolean judge(gpointer data)
{
	OsvdiWindow *window = data;
	int width, height;

	window->judge_timer = 0;
	if (window->fullscreen || state_of(window) & GDK_WINDOW_STATE_FULLSCREEN)
		return G_SOURCE_REMOVE;
	gtk_window_get_size(GTK_WINDOW(window), &width, &height);
	if (!window_size_is_ours(&window->size, width, height))
		lead(window);
	return G_SOURCE_REMOVE;
}

static gboolean on_configure(OsvdiWindow *window, GdkEvent *event, gpointer data)
{
	if (!window->size.window_leads && !window->judge_timer)
		window->judge_timer = g_timeout_add(JUDGE_AFTER_MS, judge, window);
	return FALSE;
}

static gboolean on_state(OsvdiWindow *window, GdkEventWindowState *event, gpointer data)
{
	if (event->new_window_state & (GDK_WINDOW_STATE_MAXIMIZED | GDK_WINDOW_STATE_TILED))
		lead(window);
	return FALSE;
}

gboolean osvdi_window_leads(OsvdiWindow *window)
{
	return window->size.window_leads;
}

gboolean osvdi_window_wants_guest(OsvdiWindow *window)
{
	int width, height;
	struct window_room room;
	GdkRectangle area;

	if (window->size.window_leads || window->fullscreen)
		return TRUE;
	get_room(window, &room, &area);
	return osvdi_view_get_guest_size(window->view, &width, &height) && !window->zoom &&
			window_size_is_limited(&room, width, height, 100);
}

void osvdi_window_guest_follows(OsvdiWindow *window)
{
	/* Otherwise the size of the full screen would become the window's size. */
	if (window->fullscreen)
		lead(window);
}

/* ---- zoom and place ------------------------------------------------------ */

void osvdi_window_set_zoom(OsvdiWindow *window, int percent)
{
	window->zoom = percent ? CLAMP(percent, 10, 400) : 0;
	apply_zoom(window);
	/* A size that fills the screen still counts as the user's. */
	if (!window->zoom || window->fullscreen ||
			state_of(window) & (GDK_WINDOW_STATE_MAXIMIZED | GDK_WINDOW_STATE_TILED))
		return;
	window->size.window_leads = FALSE;
	resize_to_guest(window);
}

void osvdi_window_set_place(OsvdiWindow *window, const GdkRectangle *place)
{
	GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window));
	GdkMonitor *monitor = gdk_display_get_monitor_at_point(display, place->x, place->y);
	GdkRectangle area, visible, wanted = *place;

	if (!wanted.width)
		gtk_window_get_size(GTK_WINDOW(window), &wanted.width, &wanted.height);
	gdk_monitor_get_workarea(monitor, &area);
	if (!gdk_rectangle_intersect(&area, &wanted, &visible) || visible.width < 64 ||
			visible.height < 32)
		visible = area;
	if (!place->width) {
		visible.x = MAX(MIN(visible.x, area.x + area.width - wanted.width), area.x);
		visible.y = MAX(MIN(visible.y, area.y + area.height - wanted.height), area.y);
	}
	gtk_window_move(GTK_WINDOW(window), visible.x, visible.y);
	if (!place->width)
		return;
	window->size.window_leads = TRUE;
	gtk_window_resize(GTK_WINDOW(window), MIN(place->width, area.width),
			MIN(place->height, area.height));
}

int osvdi_window_get_zoom(OsvdiWindow *window)
{
	return window->zoom;
}

void osvdi_window_get_place(OsvdiWindow *window, int *width, int *height)
{
	int scale = gtk_widget_get_scale_factor(GTK_WIDGET(window));

	*width = gtk_widget_get_allocated_width(window->scrolled) * scale;
	*height = gtk_widget_get_allocated_height(window->scrolled) * scale;
}

/* ---- full screen --------------------------------------------------------- */

/* Shows in full screen how to release the pointer; in a window the header shows it. */
static void show_grab_hint(OsvdiWindow *window)
{
	gtk_widget_set_visible(window->grab_hint, window->release && window->fullscreen);
}

void osvdi_window_set_fullscreen(OsvdiWindow *window, gboolean fullscreen, int monitor)
{
	if (fullscreen == window->fullscreen && monitor < 0)
		return;
	window->fullscreen = fullscreen;
	if (fullscreen)
		fullscreen_enter(GTK_WINDOW(window), window->header, monitor);
	else
		fullscreen_leave(GTK_WINDOW(window), window->header);
	if (!fullscreen && !window->size.window_leads)
		resize_to_guest(window); /* the guest's size has changed in between */
	fullscreen_bar_set_active(window->bar, fullscreen && !window->options->kiosk);
	show_grab_hint(window);
	gtk_widget_grab_focus(GTK_WIDGET(osvdi_view_get_display(window->view)));
}

gboolean osvdi_window_is_fullscreen(OsvdiWindow *window)
{
	return window->fullscreen;
}

/* ---- over the picture ---------------------------------------------------- */

void osvdi_window_set_banner(OsvdiWindow *window, const struct banner *banner)
{
	banner_set(window->banner, banner);
}

void osvdi_window_set_stats(OsvdiWindow *window, const char *text)
{
	GtkWidget *label = gtk_bin_get_child(GTK_BIN(window->stats));

	gtk_widget_set_visible(window->stats, text != NULL);
	if (text)
		gtk_label_set_text(GTK_LABEL(label), text);
}

static void build_stats(OsvdiWindow *window)
{
	GtkWidget *label = gtk_label_new(NULL);

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	g_object_set(label, "margin", 6, NULL);
	window->stats = overlay_add(
			GTK_OVERLAY(window->root), label, GTK_ALIGN_START, GTK_ALIGN_START);
	gtk_style_context_add_class(gtk_widget_get_style_context(window->stats), "osvdi-stats");
}

/* ---- construction -------------------------------------------------------- */

static void build_header(OsvdiWindow *window)
{
	GtkWidget *button;

	window->header = gtk_header_bar_new();
	gtk_header_bar_set_show_close_button(GTK_HEADER_BAR(window->header), TRUE);
	window->menu_button = gtk_menu_button_new();
	/* Not a popover, which would be cut off in a small window. */
	gtk_menu_button_set_use_popover(GTK_MENU_BUTTON(window->menu_button), FALSE);
	gtk_button_set_image(GTK_BUTTON(window->menu_button),
			gtk_image_new_from_icon_name("open-menu-symbolic", GTK_ICON_SIZE_BUTTON));
	gtk_widget_set_tooltip_text(window->menu_button, _("Menu"));
	atk_object_set_name(gtk_widget_get_accessible(window->menu_button), _("Menu"));
	gtk_header_bar_pack_end(GTK_HEADER_BAR(window->header), window->menu_button);
	button = gtk_button_new_from_icon_name("view-fullscreen-symbolic", GTK_ICON_SIZE_BUTTON);
	gtk_widget_set_tooltip_text(button, _("Full screen"));
	atk_object_set_name(gtk_widget_get_accessible(button), _("Full screen"));
	gtk_actionable_set_action_name(GTK_ACTIONABLE(button), "win.fullscreen");
	gtk_header_bar_pack_end(GTK_HEADER_BAR(window->header), button);
	gtk_widget_show_all(window->header);
	gtk_window_set_titlebar(GTK_WINDOW(window), window->header);
}

static void update_title(OsvdiWindow *window)
{
	g_autofree char *title = window->release ?
			g_strdup_printf("%s – %s", window->name, window->release) :
			g_strdup(window->name);

	gtk_header_bar_set_title(GTK_HEADER_BAR(window->header),
			window->name); /* sets the window's title too */
	gtk_header_bar_set_subtitle(GTK_HEADER_BAR(window->header), window->release);
	gtk_window_set_title(GTK_WINDOW(window), title);
}

void osvdi_window_set_name(OsvdiWindow *window, const char *name, gboolean counted)
{
	g_free(window->name);
	window->name = name_title(name, counted, window->number);
	fullscreen_bar_set_name(window->bar, window->name);
	update_title(window);
}

void osvdi_window_set_grabbed(OsvdiWindow *window, const char *release)
{
	g_free(window->release);
	window->release = g_strdup(release);
	gtk_label_set_text(GTK_LABEL(gtk_bin_get_child(GTK_BIN(window->grab_hint))),
			release ? release : "");
	show_grab_hint(window);
	update_title(window);
}

void osvdi_window_set_leave_hint(OsvdiWindow *window, const char *hint)
{
	fullscreen_bar_set_hint(window->bar, hint);
}

static void build_grab_hint(OsvdiWindow *window)
{
	GtkWidget *label = gtk_label_new(NULL);

	g_object_set(label, "margin", 9, NULL);
	window->grab_hint = overlay_add(
			GTK_OVERLAY(window->root), label, GTK_ALIGN_CENTER, GTK_ALIGN_START);
	gtk_style_context_add_class(gtk_widget_get_style_context(window->grab_hint), "osvdi-bar");
}

static void osvdi_window_finalize(GObject *object)
{
	OsvdiWindow *window = OSVDI_WINDOW(object);

	g_free(window->name);
	g_free(window->release);
	G_OBJECT_CLASS(osvdi_window_parent_class)->finalize(object);
}

static void osvdi_window_dispose(GObject *object)
{
	g_clear_handle_id(&OSVDI_WINDOW(object)->judge_timer, g_source_remove);
	G_OBJECT_CLASS(osvdi_window_parent_class)->dispose(object);
}

static void osvdi_window_class_init(OsvdiWindowClass *class)
{
	G_OBJECT_CLASS(class)->finalize = osvdi_window_finalize;
	G_OBJECT_CLASS(class)->dispose = osvdi_window_dispose;
	signals[SIZE_CHOSEN] = g_signal_new("size-chosen", OSVDI_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0,
			NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void osvdi_window_init(OsvdiWindow *window)
{
}

OsvdiWindow *osvdi_window_new(const struct options *options, OsvdiView *view, int number)
{
	OsvdiWindow *window = g_object_new(OSVDI_TYPE_WINDOW, "type", GTK_WINDOW_TOPLEVEL,
			"default-width", DEFAULT_WIDTH, "default-height", DEFAULT_HEIGHT,
			"icon-name", dialog_icon_name(), NULL);
	int width, height;

	window->options = options;
	window->view = view;
	window->number = number;
	window->zoom = options->zoom;
	build_header(window);
	window->root = gtk_overlay_new();
	gtk_widget_set_size_request(window->root, MIN_WIDTH, MIN_HEIGHT);
	gtk_container_add(GTK_CONTAINER(window), window->root);
	window->scrolled = gtk_scrolled_window_new(NULL, NULL);
	gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(window->scrolled), GTK_SHADOW_NONE);
	gtk_style_context_add_class(
			gtk_widget_get_style_context(window->scrolled), "osvdi-surround");
	gtk_container_add(GTK_CONTAINER(window->root), window->scrolled);
	gtk_container_add(GTK_CONTAINER(window->scrolled), GTK_WIDGET(view));
	gtk_widget_show(GTK_WIDGET(view));
	gtk_widget_show_all(window->root);
	window->banner = banner_new(
			GTK_OVERLAY(window->root), GTK_WIDGET(osvdi_view_get_display(view)));
	build_stats(window);
	build_grab_hint(window);
	window->name = g_strdup("");
	window->bar = fullscreen_bar_new(GTK_OVERLAY(window->root),
			GTK_WIDGET(osvdi_view_get_display(view)));
	apply_zoom(window);
	window_size_asked(&window->size, DEFAULT_WIDTH, DEFAULT_HEIGHT);
	g_signal_connect(window, "configure-event", G_CALLBACK(on_configure), NULL);
	g_signal_connect(window, "window-state-event", G_CALLBACK(on_state), NULL);
	g_signal_connect(view, "guest-size", G_CALLBACK(on_guest_size), window);
	if (osvdi_view_get_guest_size(view, &width, &height))
		on_guest_size(view, width, height, window);
	return window;
}

OsvdiView *osvdi_window_get_view(OsvdiWindow *window)
{
	return window->view;
}

int osvdi_window_get_number(OsvdiWindow *window)
{
	return window->number;
}

void osvdi_window_show_menu(OsvdiWindow *window)
{
	if (window->fullscreen)
		fullscreen_bar_show_menu(window->bar);
	else
		gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(window->menu_button), TRUE);
}

void osvdi_window_set_menu(OsvdiWindow *window, GMenuModel *menu)
{
	gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(window->menu_button), menu);
	fullscreen_bar_set_menu(window->bar, menu);
}

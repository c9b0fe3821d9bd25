/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window.h"
#include "fullscreen-bar.h"
#include "fullscreen.h"
#include "names.h"
#include "overlay.h"

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
	char *name, *release; /* what releases the pointer, or NULL while it is free */
	int number, zoom;
	gboolean sized, fullscreen;
};

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

/* As large as the guest at that zoom, as far as the screen has room. */
static void resize_to_guest(OsvdiWindow *window, int percent)
{
	int scale = gtk_widget_get_scale_factor(GTK_WIDGET(window));
	int width, height, natural, room_w, room_h;
	GdkRectangle area;

	if (!osvdi_view_get_guest_size(window->view, &width, &height) || window->fullscreen)
		return;
	fullscreen_get_workarea(GTK_WIDGET(window), &area);
	gtk_widget_get_preferred_height(window->header, NULL, &natural);
	width = width * percent / 100 / scale;
	height = height * percent / 100 / scale;
	/* The picture keeps its shape: a window of another would show bars. */
	room_w = area.width;
	room_h = area.height - natural;
	if (width > room_w || height > room_h) {
		double s = MIN((double)room_w / width, (double)room_h / height);

		width = (int)(width * s);
		height = (int)(height * s);
	}
	gtk_window_resize(GTK_WINDOW(window), MAX(width, 200), MAX(height, 120));
}

static void on_guest_size(OsvdiView *view, int width, int height, OsvdiWindow *window)
{
	if (window->sized)
		return;
	window->sized = TRUE;
	resize_to_guest(window, window->zoom ? window->zoom : 100);
}

void osvdi_window_set_zoom(OsvdiWindow *window, int percent)
{
	window->zoom = percent ? CLAMP(percent, 10, 400) : 0;
	apply_zoom(window);
	if (window->zoom)
		resize_to_guest(window, window->zoom);
}

void osvdi_window_set_place(OsvdiWindow *window, const GdkRectangle *place)
{
	GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window));
	GdkMonitor *monitor = gdk_display_get_monitor_at_point(display, place->x, place->y);
	GdkRectangle area, visible;

	gdk_monitor_get_workarea(monitor, &area);
	if (!gdk_rectangle_intersect(&area, place, &visible) || visible.width < 64 || visible.height < 32)
		visible = area;
	window->sized = TRUE;
	gtk_window_move(GTK_WINDOW(window), visible.x, visible.y);
	gtk_window_resize(GTK_WINDOW(window), MIN(place->width, area.width), MIN(place->height, area.height));
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

/* The header tells it otherwise. */
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
	window->stats = overlay_add(GTK_OVERLAY(window->root), label, GTK_ALIGN_START, GTK_ALIGN_START);
	gtk_style_context_add_class(gtk_widget_get_style_context(window->stats), "osvdi-stats");
}

/* ---- construction -------------------------------------------------------- */

static void build_header(OsvdiWindow *window)
{
	GtkWidget *button;

	window->header = gtk_header_bar_new();
	gtk_header_bar_set_show_close_button(GTK_HEADER_BAR(window->header), TRUE);
	window->menu_button = gtk_menu_button_new();
	/* A popover would be cut off in a small window. */
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
	g_autofree char *title = window->release ? g_strdup_printf("%s – %s", window->name, window->release) :
			g_strdup(window->name);

	gtk_header_bar_set_title(GTK_HEADER_BAR(window->header), window->name); /* sets the window's too */
	gtk_header_bar_set_subtitle(GTK_HEADER_BAR(window->header), window->release);
	gtk_window_set_title(GTK_WINDOW(window), title);
}

void osvdi_window_set_name(OsvdiWindow *window, const char *name)
{
	g_free(window->name);
	window->name = name_title(name, window->number);
	fullscreen_bar_set_name(window->bar, window->name);
	update_title(window);
}

void osvdi_window_set_grabbed(OsvdiWindow *window, const char *release)
{
	g_free(window->release);
	window->release = g_strdup(release);
	gtk_label_set_text(GTK_LABEL(gtk_bin_get_child(GTK_BIN(window->grab_hint))), release ? release : "");
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
	window->grab_hint = overlay_add(GTK_OVERLAY(window->root), label, GTK_ALIGN_CENTER, GTK_ALIGN_START);
	gtk_style_context_add_class(gtk_widget_get_style_context(window->grab_hint), "osvdi-bar");
}

static void osvdi_window_finalize(GObject *object)
{
	OsvdiWindow *window = OSVDI_WINDOW(object);

	g_free(window->name);
	g_free(window->release);
	G_OBJECT_CLASS(osvdi_window_parent_class)->finalize(object);
}

static void osvdi_window_class_init(OsvdiWindowClass *class)
{
	G_OBJECT_CLASS(class)->finalize = osvdi_window_finalize;
}

static void osvdi_window_init(OsvdiWindow *window)
{
}

OsvdiWindow *osvdi_window_new(const struct options *options, OsvdiView *view, int number)
{
	OsvdiWindow *window = g_object_new(OSVDI_TYPE_WINDOW, "type", GTK_WINDOW_TOPLEVEL,
			"default-width", 1024, "default-height", 768, "icon-name", "org.osvdi.Viewer", NULL);
	int width, height;

	window->options = options;
	window->view = view;
	window->number = number;
	window->zoom = options->zoom;
	build_header(window);
	window->root = gtk_overlay_new();
	gtk_container_add(GTK_CONTAINER(window), window->root);
	window->scrolled = gtk_scrolled_window_new(NULL, NULL);
	gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(window->scrolled), GTK_SHADOW_NONE);
	gtk_container_add(GTK_CONTAINER(window->root), window->scrolled);
	gtk_container_add(GTK_CONTAINER(window->scrolled), GTK_WIDGET(view));
	gtk_widget_show(GTK_WIDGET(view));
	gtk_widget_show_all(window->root);
	window->banner = banner_new(GTK_OVERLAY(window->root), GTK_WIDGET(osvdi_view_get_display(view)));
	build_stats(window);
	build_grab_hint(window);
	window->name = g_strdup("");
	window->bar = fullscreen_bar_new(GTK_OVERLAY(window->root),
			GTK_WIDGET(osvdi_view_get_display(view)));
	apply_zoom(window);
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

GtkWidget *osvdi_window_get_header(OsvdiWindow *window)
{
	return window->header;
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

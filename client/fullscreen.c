/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "fullscreen.h"

#include <glib/gi18n.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

static GdkMonitor *monitor_of(GtkWidget *window)
{
	GdkDisplay *display = gtk_widget_get_display(window);
	GdkWindow *gdk = gtk_widget_get_window(window);
	GdkMonitor *monitor = gdk ? gdk_display_get_monitor_at_window(display, gdk) :
			gdk_display_get_primary_monitor(display);

	return monitor ? monitor : gdk_display_get_monitor(display, 0);
}

void fullscreen_get_workarea(GtkWidget *window, GdkRectangle *area)
{
	GdkMonitor *monitor = monitor_of(window);

	*area = (GdkRectangle){ 0, 0, 1024, 768 };
	if (monitor)
		gdk_monitor_get_workarea(monitor, area);
}

/* A kiosk often has no window manager: nobody then obeys the wish. */
static gboolean needs_help(GtkWidget *window)
{
#ifdef GDK_WINDOWING_X11
	GdkScreen *screen = gtk_widget_get_screen(window);

	return GDK_IS_X11_SCREEN(screen) && !gdk_x11_screen_supports_net_wm_hint(screen,
			gdk_atom_intern_static_string("_NET_WM_STATE_FULLSCREEN"));
#else
	return FALSE;
#endif
}

static void cover(GtkWindow *window, int monitor)
{
	GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window));
	GdkMonitor *m = monitor >= 0 ? gdk_display_get_monitor(display, monitor) : NULL;
	GdkRectangle area;

	gdk_monitor_get_geometry(m ? m : monitor_of(GTK_WIDGET(window)), &area);
	gtk_window_move(window, area.x, area.y);
	gtk_window_resize(window, area.width, area.height);
}

/* Some window managers put a new window where they like, and then enlarge it there. */
static void go_to(GtkWindow *window, int monitor)
{
	GdkMonitor *m = gdk_display_get_monitor(gtk_widget_get_display(GTK_WIDGET(window)), monitor);
	GdkRectangle area;

	gdk_monitor_get_workarea(m, &area);
	gtk_window_move(window, area.x, area.y);
}

void fullscreen_enter(GtkWindow *window, GtkWidget *header, int monitor)
{
	GdkScreen *screen = gtk_widget_get_screen(GTK_WIDGET(window));

	if (needs_help(GTK_WIDGET(window))) {
		gtk_widget_hide(header);
		cover(window, monitor);
		return;
	}
	if (monitor >= 0 && monitor < gdk_display_get_n_monitors(gtk_widget_get_display(GTK_WIDGET(window)))) {
		go_to(window, monitor);
		gtk_window_fullscreen_on_monitor(window, screen, monitor);
	} else {
		gtk_window_fullscreen(window);
	}
}

void fullscreen_leave(GtkWindow *window, GtkWidget *header)
{
	gtk_widget_show(header);
	if (!needs_help(GTK_WIDGET(window)))
		gtk_window_unfullscreen(window);
}

/* ---- the bar ------------------------------------------------------------- */

struct bar {
	GtkWidget *revealer, *menu_button;
	gboolean active;
	guint hide_timer;
};

static struct bar *bar_of(GtkWidget *widget)
{
	return g_object_get_data(G_OBJECT(widget), "osvdi-bar");
}

static gboolean hide_later(gpointer data)
{
	struct bar *bar = data;

	if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(bar->menu_button)))
		return G_SOURCE_CONTINUE;
	bar->hide_timer = 0;
	gtk_widget_hide(bar->revealer);
	return G_SOURCE_REMOVE;
}

/* The pointer at the top edge, in the middle. */
static gboolean on_motion(GtkWidget *widget, GdkEventMotion *event, struct bar *bar)
{
	int width = gtk_widget_get_allocated_width(widget);

	if (!bar->active || event->y > 1 || event->x < width / 3.0 || event->x > width * 2 / 3.0)
		return FALSE;
	gtk_widget_show(bar->revealer);
	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	bar->hide_timer = g_timeout_add(1500, hide_later, bar);
	return FALSE;
}

static gboolean on_enter_bar(GtkWidget *widget, GdkEventCrossing *event, struct bar *bar)
{
	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	return FALSE;
}

static gboolean on_leave_bar(GtkWidget *widget, GdkEventCrossing *event, struct bar *bar)
{
	if (event->detail == GDK_NOTIFY_INFERIOR)
		return FALSE;
	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	bar->hide_timer = g_timeout_add(700, hide_later, bar);
	return FALSE;
}

static void make_native(GtkWidget *widget, gpointer data)
{
	if (gtk_widget_get_window(widget))
		gdk_window_ensure_native(gtk_widget_get_window(widget));
}

static void bar_free(gpointer data)
{
	struct bar *bar = data;

	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	g_free(bar);
}

static GtkWidget *bar_content(struct bar *bar)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	GtkWidget *leave = gtk_button_new_with_mnemonic(_("_Leave full screen"));

	bar->menu_button = gtk_menu_button_new();
	gtk_menu_button_set_use_popover(GTK_MENU_BUTTON(bar->menu_button), FALSE);
	gtk_button_set_image(GTK_BUTTON(bar->menu_button),
			gtk_image_new_from_icon_name("open-menu-symbolic", GTK_ICON_SIZE_BUTTON));
	atk_object_set_name(gtk_widget_get_accessible(bar->menu_button), _("Menu"));
	gtk_actionable_set_action_name(GTK_ACTIONABLE(leave), "win.fullscreen");
	gtk_box_pack_start(GTK_BOX(box), leave, FALSE, FALSE, 0);
	gtk_box_pack_start(GTK_BOX(box), bar->menu_button, FALSE, FALSE, 0);
	g_object_set(box, "margin", 6, NULL);
	return box;
}

static GtkWidget *overlay_box(GtkOverlay *overlay)
{
	GtkWidget *box = gtk_event_box_new();

	gtk_widget_set_valign(box, GTK_ALIGN_START);
	gtk_widget_set_no_show_all(box, TRUE);
	g_signal_connect_after(box, "realize", G_CALLBACK(make_native), NULL);
	gtk_overlay_add_overlay(overlay, box);
	return box;
}

GtkWidget *fullscreen_bar_new(GtkOverlay *overlay, GtkWidget *display)
{
	struct bar *bar = g_new0(struct bar, 1);
	GtkWidget *content = bar_content(bar);

	bar->revealer = overlay_box(overlay);
	gtk_widget_set_halign(bar->revealer, GTK_ALIGN_CENTER);
	gtk_style_context_add_class(gtk_widget_get_style_context(bar->revealer), "osvdi-bar");
	gtk_container_add(GTK_CONTAINER(bar->revealer), content);
	gtk_widget_show_all(content);
	g_signal_connect(bar->revealer, "enter-notify-event", G_CALLBACK(on_enter_bar), bar);
	g_signal_connect(bar->revealer, "leave-notify-event", G_CALLBACK(on_leave_bar), bar);
	g_signal_connect(display, "motion-notify-event", G_CALLBACK(on_motion), bar);
	g_object_set_data_full(G_OBJECT(bar->revealer), "osvdi-bar", bar, bar_free);
	return bar->revealer;
}

void fullscreen_bar_set_active(GtkWidget *widget, gboolean active)
{
	struct bar *bar = bar_of(widget);

	gtk_widget_hide(bar->revealer);
	bar->active = active;
}

void fullscreen_bar_show_menu(GtkWidget *widget)
{
	struct bar *bar = bar_of(widget);

	if (!bar->active)
		return;
	gtk_widget_show(bar->revealer);
	gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(bar->menu_button), TRUE);
	/* It stays as long as its menu is open. */
	g_clear_handle_id(&bar->hide_timer, g_source_remove);
	bar->hide_timer = g_timeout_add(700, hide_later, bar);
}

void fullscreen_bar_set_menu(GtkWidget *widget, GMenuModel *menu)
{
	gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(bar_of(widget)->menu_button), menu);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/fullscreen.h"

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

/* Whether nobody carries out a request for full screen: a kiosk often has no window
 * manager. */
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

/* Moves the window to the monitor first: some window managers place a new window themselves,
 * and then make it fill the monitor that it is on. */
static void go_to(GtkWindow *window, int monitor)
{
	GdkMonitor *m = gdk_display_get_monitor(
			gtk_widget_get_display(GTK_WIDGET(window)), monitor);
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
	if (monitor >= 0 &&
			monitor < gdk_display_get_n_monitors(
						  gtk_widget_get_display(GTK_WIDGET(window)))) {
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

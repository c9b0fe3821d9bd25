/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/overlay.h"

#include <gdk/gdkx.h>

/* A widget over an X11 picture needs its own X window, else the picture covers it. */
static void make_native(GtkWidget *widget, gpointer data)
{
	GdkWindow *window = gtk_widget_get_window(widget);

	/* On Wayland a native window inside another window would show nothing. */
	if (window && gtk_widget_get_has_window(widget) && GDK_IS_X11_WINDOW(window))
		gdk_window_ensure_native(window);
}

static gboolean redraw(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
	gtk_widget_queue_draw(widget);
	return G_SOURCE_REMOVE;
}

/* Draw again: the X server has dropped what was drawn before it showed the window. */
static void redraw_soon(GtkWidget *widget, gpointer data)
{
	gtk_widget_add_tick_callback(widget, redraw, NULL, NULL);
}

GtkWidget *overlay_add(
		GtkOverlay *overlay, GtkWidget *child, GtkAlign horizontal, GtkAlign vertical)
{
	GtkWidget *box = gtk_event_box_new();

	gtk_container_add(GTK_CONTAINER(box), child);
	gtk_widget_set_halign(box, horizontal);
	gtk_widget_set_valign(box, vertical);
	g_signal_connect_after(box, "realize", G_CALLBACK(make_native), NULL);
	g_signal_connect_after(box, "map", G_CALLBACK(redraw_soon), NULL);
	g_signal_connect_after(box, "size-allocate", G_CALLBACK(redraw_soon), NULL);
	gtk_widget_show_all(child);
	gtk_widget_set_no_show_all(box, TRUE);
	gtk_overlay_add_overlay(overlay, box);
	return box;
}

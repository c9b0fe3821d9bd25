/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_FULLSCREEN_H
#define OSVDI_FULLSCREEN_H

#include <gtk/gtk.h>

/*
 * Full screen, with a window manager or (kiosk) without one.
 * monitor: number of the client's monitor, or -1 for the window's own.
 */
void fullscreen_enter(GtkWindow *window, GtkWidget *header, int monitor);
void fullscreen_leave(GtkWindow *window, GtkWidget *header);

/* The part of the window's monitor that windows may cover. */
void fullscreen_get_workarea(GtkWidget *window, GdkRectangle *area);

/* The bar that comes in at the top when the pointer on the display touches the
 * edge. Must not outlive the display widget. */
GtkWidget *fullscreen_bar_new(GtkOverlay *overlay, GtkWidget *display);
void fullscreen_bar_set_active(GtkWidget *bar, gboolean active);
/* Shows the bar and opens its menu; nothing while it is not active. */
void fullscreen_bar_show_menu(GtkWidget *bar);
void fullscreen_bar_set_menu(GtkWidget *bar, GMenuModel *menu);

#endif

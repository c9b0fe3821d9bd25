/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_FULLSCREEN_BAR_H
#define OSVDI_FULLSCREEN_BAR_H

#include <gtk/gtk.h>

/*
 * The bar at the top of a full screen. It shows for some seconds on entering and says how
 * to leave. Later it shows when the pointer rests at the top edge. If the pointer only
 * passes there, or presses a button, the desktop keeps it. The bar must not outlive the
 * display widget.
 */
GtkWidget *fullscreen_bar_new(GtkOverlay *overlay, GtkWidget *display);
/* An inactive bar (in a window, or in kiosk mode) never shows. */
void fullscreen_bar_set_active(GtkWidget *bar, gboolean active);
void fullscreen_bar_set_name(GtkWidget *bar, const char *name);
/* Sets the text that says how to leave full screen. */
void fullscreen_bar_set_hint(GtkWidget *bar, const char *hint);
/* Shows the bar and opens its menu. Does nothing while the bar is inactive. */
void fullscreen_bar_show_menu(GtkWidget *bar);
void fullscreen_bar_set_menu(GtkWidget *bar, GMenuModel *menu);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_FULLSCREEN_BAR_H
#define OSVDI_FULLSCREEN_BAR_H

#include <gtk/gtk.h>

/*
 * The bar of full screen, at the top. It shows for some seconds on entering and
 * says how to leave; later it comes when the pointer rests at the top edge. A
 * pointer that only passes by, or presses a button there, stays with the desktop.
 * Must not outlive the display widget.
 */
GtkWidget *fullscreen_bar_new(GtkOverlay *overlay, GtkWidget *display);
/* Inactive (a window, or kiosk mode) it never shows. */
void fullscreen_bar_set_active(GtkWidget *bar, gboolean active);
void fullscreen_bar_set_name(GtkWidget *bar, const char *name);
/* How to leave full screen, in words for the user. */
void fullscreen_bar_set_hint(GtkWidget *bar, const char *hint);
/* Shows the bar and opens its menu; nothing while it is not active. */
void fullscreen_bar_show_menu(GtkWidget *bar);
void fullscreen_bar_set_menu(GtkWidget *bar, GMenuModel *menu);

#endif

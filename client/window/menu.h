/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_MENU_H
#define OSVDI_MENU_H

#include <gtk/gtk.h>

/* The menu of one window. It shows the window's "win" actions and their keys. */
struct menu;

/* hotkeys: array of struct hotkey, not kept. displays: the submenu of the displays. */
struct menu *menu_new(GPtrArray *hotkeys, GMenuModel *displays);
void menu_free(gpointer menu);

/* The model lives as long as the menu, and may change while it is shown. */
GMenuModel *menu_get_model(struct menu *menu);

/* Sets the zoom that the submenu shows; 0: the picture fits the window. */
void menu_set_zoom(struct menu *menu, int percent);

/* Adds to the label of an item why the item cannot be used now; NULL: it can be used. */
void menu_set_reason(struct menu *menu, const char *action, const char *reason);

/* Shows a dialog with all actions that have keys. */
void menu_show_keys(GtkWindow *parent, GPtrArray *hotkeys);

#endif

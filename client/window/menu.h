/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_MENU_H
#define OSVDI_MENU_H

#include <gtk/gtk.h>

/* The menu of one window: it names the window's "win" actions and their keys. */
struct menu;

/* hotkeys: array of struct hotkey, borrowed until the return; displays: the submenu of that name. */
struct menu *menu_new(GPtrArray *hotkeys, GMenuModel *displays);
void menu_free(gpointer menu);

/* Lives as long as the menu; changes while it is shown. */
GMenuModel *menu_get_model(struct menu *menu);

/* What the zoom submenu says; 0: the picture fits the window. */
void menu_set_zoom(struct menu *menu, int percent);

/* Why an item cannot be used now, behind its label; NULL: it can. */
void menu_set_reason(struct menu *menu, const char *action, const char *reason);

/* A dialog with all actions that have keys. */
void menu_show_keys(GtkWindow *parent, GPtrArray *hotkeys);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DISPLAYS_MENU_H
#define OSVDI_DISPLAYS_MENU_H

#include <gio/gio.h>

/* A menu with an entry for each display of the guest. The entry is checked if the window of
 * the display is shown. */
struct displays_menu;

/* toggled: called when the user wants a display shown or hidden. number: from 1. */
struct displays_menu *displays_menu_new(
		void (*toggled)(int number, gboolean shown, gpointer data), gpointer data);
void displays_menu_free(struct displays_menu *menu);

/* Sets an entry. Call this for all displays when one changes. last: the entry cannot be
 * changed, because it is the last one shown. */
void displays_menu_set(struct displays_menu *menu, int number, gboolean shown, gboolean last);

GMenuModel *displays_menu_get_model(struct displays_menu *menu);
/* The actions of the menu, for the prefix "displays". */
GActionGroup *displays_menu_get_actions(struct displays_menu *menu);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DISPLAYS_MENU_H
#define OSVDI_DISPLAYS_MENU_H

#include <gio/gio.h>

/* A menu with an entry for each display of the guest, checked when its window is shown. */
struct displays_menu;

/* toggled: the user wants a display shown, or hidden; number from 1. */
struct displays_menu *displays_menu_new(void (*toggled)(int number, gboolean shown, gpointer data), gpointer data);
void displays_menu_free(struct displays_menu *menu);

/* To be called again for all when one changes. last: it must stay as it is. */
void displays_menu_set(struct displays_menu *menu, int number, gboolean shown, gboolean last);

GMenuModel *displays_menu_get_model(struct displays_menu *menu);
/* The actions behind it, for the prefix "displays". */
GActionGroup *displays_menu_get_actions(struct displays_menu *menu);

#endif

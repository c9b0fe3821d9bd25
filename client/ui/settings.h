/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SETTINGS_H
#define OSVDI_SETTINGS_H

#include <gdk/gdk.h>

/*
 * What is remembered between runs, in $XDG_CONFIG_HOME/osvdi-viewer/settings
 * (a key file, mode 0600). Never holds secrets. Main thread only. Failing to
 * write is reported once and otherwise harmless.
 */

void settings_remember_place(const char *desktop, int number, const GdkRectangle *place);
gboolean settings_recall_place(const char *desktop, int number, GdkRectangle *place);

/* Client monitor (from 0) of guest display number (from 1): key
 * monitor-mapping=1:2;2:3 as remote-viewer writes it; -1: not set. */
int settings_get_monitor(const char *desktop, int number);

gboolean settings_get_flag(const char *desktop, const char *key, gboolean fallback);
void settings_set_flag(const char *desktop, const char *key, gboolean value);

/* Recently used addresses, newest first; without tokens and passwords. */
GStrv settings_get_recent(void);
void settings_add_recent(const char *uri);
void settings_forget_recent(const char *uri);

/* Writes what is pending; at the end of the program. */
void settings_flush(void);

#endif

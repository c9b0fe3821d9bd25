/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SETTINGS_H
#define OSVDI_SETTINGS_H

#include <gdk/gdk.h>

/*
 * The settings, kept in $XDG_CONFIG_HOME/osvdi-viewer/settings (a key file, mode 0600).
 * They never hold secrets. Main thread only. A failure to write is reported once and does
 * no other harm.
 */

void settings_remember_place(const char *desktop, int number, const GdkRectangle *place);
gboolean settings_recall_place(const char *desktop, int number, GdkRectangle *place);

/* The client's monitor (from 0) for a guest display (from 1); -1 if not set. The key is
 * monitor-mapping=1:2;2:3, as remote-viewer writes it. */
int settings_get_monitor(const char *desktop, int number);

gboolean settings_get_flag(const char *desktop, const char *key, gboolean fallback);
void settings_set_flag(const char *desktop, const char *key, gboolean value);

/* Recently used addresses without tokens and passwords, newest first. */
GStrv settings_get_recent(void);
void settings_add_recent(const char *uri);
void settings_forget_recent(const char *uri);

/* Writes pending changes. Call this at the end of the program. */
void settings_flush(void);

#endif

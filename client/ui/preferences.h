/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PREFERENCES_H
#define OSVDI_PREFERENCES_H

#include <gtk/gtk.h>

/* What users decide once and the settings keep: for a desktop, or for all of them. */
enum preference {
	PREFERENCE_CLIPBOARD_OUT, /* from here to the desktop */
	PREFERENCE_CLIPBOARD_IN,
	PREFERENCE_RESIZE,     /* the desktop with the window */
	PREFERENCE_FIT,        /* the picture to the window; else 100 % */
	PREFERENCE_FULLSCREEN, /* at the start */
	PREFERENCE_SYNC_LOCKS, /* Caps and Num lock; of all desktops, as the next */
	PREFERENCE_SOUND,
	N_PREFERENCES
};

/* desktop: as settings.h means it. */
gboolean preference_get(const char *desktop, enum preference preference);
void preference_set(const char *desktop, enum preference preference, gboolean value);

/**
 * Shows them all. changed is called for each change, which is kept already; its data
 * must outlive the parent.
 */
void preferences_show(GtkWindow *parent, const char *desktop,
		void (*changed)(enum preference preference, gboolean value, gpointer data), gpointer data);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PREFERENCES_H
#define OSVDI_PREFERENCES_H

#include <gtk/gtk.h>

/* Choices that the settings keep, for one desktop or for all desktops. */
enum preference {
	PREFERENCE_CLIPBOARD_OUT, /* from here to the desktop */
	PREFERENCE_CLIPBOARD_IN,
	PREFERENCE_RESIZE,        /* resize the desktop with the window */
	PREFERENCE_FIT,           /* fit the picture to the window; else 100 % */
	PREFERENCE_FULLSCREEN,    /* start in full screen */
	PREFERENCE_SYNC_LOCKS,    /* Caps and Num lock; this and the next: for all desktops */
	PREFERENCE_SOUND,
	N_PREFERENCES
};

/* desktop: the key of the desktop, as in settings.h. */
gboolean preference_get(const char *desktop, enum preference preference);
void preference_set(const char *desktop, enum preference preference, gboolean value);

/**
 * Shows all preferences. changed is called after each change has been saved. data must
 * outlive the parent.
 */
void preferences_show(GtkWindow *parent, const char *desktop,
		void (*changed)(enum preference preference, gboolean value, gpointer data),
		gpointer data);

#endif

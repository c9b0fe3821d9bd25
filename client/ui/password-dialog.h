/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PASSWORD_DIALOG_H
#define OSVDI_PASSWORD_DIALOG_H

#include <gtk/gtk.h>

/**
 * Asks for a password, and for the name of a user where that is wanted.
 *
 * name:     the desktop's, for people.
 * question: who asks for what.
 * reason:   why it is asked for (again), or NULL.
 * answered: called once, and the dialog is gone soon; password is NULL when the
 *           user gave up, user is NULL when no name was asked for.
 */
void password_dialog_show(GtkWindow *parent, const char *name, const char *question,
		gboolean user_too, const char *reason,
		void (*answered)(const char *user, const char *password, gpointer data), gpointer data);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PASSWORD_DIALOG_H
#define OSVDI_PASSWORD_DIALOG_H

#include <gtk/gtk.h>

/**
 * Asks for a password, and for a user name if user_too is set.
 *
 * name:     of the desktop, for people.
 * question: says who asks for what.
 * reason:   why the password is asked for (again), or NULL.
 * answered: called once; the dialog goes soon after. password is NULL if the user gave
 *           up; user is NULL if no name was asked for.
 */
void password_dialog_show(GtkWindow *parent, const char *name, const char *question,
		gboolean user_too, const char *reason,
		void (*answered)(const char *user, const char *password, gpointer data),
		gpointer data);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DESKTOP_ROW_H
#define OSVDI_DESKTOP_ROW_H

#include <gtk/gtk.h>

/**
 * A row of the chooser's lists.
 *
 * detail: said behind the name, or NULL.
 * what:   that the row stands for, see desktop_row_get_what().
 */
GtkWidget *desktop_row_new(const char *name, const char *detail, const char *what);
const char *desktop_row_get_what(GtkWidget *row);

/* Adds a button that takes the row's entry away. */
void desktop_row_add_forget(GtkWidget *row, GCallback clicked, gpointer data);

/* Nova's status of a server ("SHUTOFF") in words for people; unknown ones as they
 * are. The result is the status itself or static. */
const char *desktop_status_text(const char *status);

#endif

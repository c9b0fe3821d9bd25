/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DESKTOP_ROW_H
#define OSVDI_DESKTOP_ROW_H

#include <gtk/gtk.h>

/**
 * A row of the chooser's lists.
 *
 * detail: a text after the name, or NULL.
 * what:   the value of the row; see desktop_row_get_what().
 */
GtkWidget *desktop_row_new(const char *name, const char *detail, const char *what);
const char *desktop_row_get_what(GtkWidget *row);

/* Adds a button that removes the row's entry. */
void desktop_row_add_forget(GtkWidget *row, GCallback clicked, gpointer data);

/* Nova's status of a server ("SHUTOFF") in words for people. An unknown status is returned
 * as it is. The result is static, or the argument. */
const char *desktop_status_text(const char *status);

#endif

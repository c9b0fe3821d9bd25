/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_FULLSCREEN_H
#define OSVDI_FULLSCREEN_H

#include <gtk/gtk.h>

/*
 * Full screen, with a window manager or (kiosk) without one.
 * monitor: number of the client's monitor, or -1 for the window's own.
 */
void fullscreen_enter(GtkWindow *window, GtkWidget *header, int monitor);
void fullscreen_leave(GtkWindow *window, GtkWidget *header);

/* The part of the window's monitor that windows may use. */
void fullscreen_get_workarea(GtkWidget *window, GdkRectangle *area);

#endif

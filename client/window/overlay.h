/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_OVERLAY_H
#define OSVDI_OVERLAY_H

#include <gtk/gtk.h>

/**
 * Puts a widget over the picture, in a window of its own: a presenter draws
 * with X11 or OpenGL and would paint over GTK's widgets.
 *
 * Returns the event box around child. The box is hidden at first, and
 * gtk_widget_show_all() of a parent leaves it hidden.
 */
GtkWidget *overlay_add(GtkOverlay *overlay, GtkWidget *child, GtkAlign horizontal, GtkAlign vertical);

#endif

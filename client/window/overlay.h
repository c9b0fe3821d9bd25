/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_OVERLAY_H
#define OSVDI_OVERLAY_H

#include <gtk/gtk.h>

/**
 * Puts a widget over the picture, in a window of its own. Without that window a presenter,
 * which draws with X11 or OpenGL, would paint over the widget.
 *
 * Returns the event box around child. The box is hidden at first and stays hidden when a
 * parent gets gtk_widget_show_all().
 */
GtkWidget *overlay_add(
		GtkOverlay *overlay, GtkWidget *child, GtkAlign horizontal, GtkAlign vertical);

#endif

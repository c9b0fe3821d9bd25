/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CHOOSER_H
#define OSVDI_CHOOSER_H

#include <gtk/gtk.h>

/*
 * The window of a viewer that was started without an argument: a field for an address, the
 * user's desktops (from osvdi-broker, if installed), and recent connections.
 *
 * chosen: called once, after the window is gone. what: an address, a file, or the name or
 *         id of a desktop; NULL: the window was closed.
 */
void chooser_show(
		const char *broker, void (*chosen)(const char *what, gpointer data), gpointer data);

#endif

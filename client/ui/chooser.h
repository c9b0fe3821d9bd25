/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CHOOSER_H
#define OSVDI_CHOOSER_H

#include <gtk/gtk.h>

/*
 * What a viewer started bare shows: an address to type, the user's desktops
 * (from osvdi-broker, where there is one) and recent connections.
 *
 * chosen: an address, a file or a desktop's name or id; NULL: closed. Called
 *         once; the window is gone by then.
 */
void chooser_show(const char *broker, void (*chosen)(const char *what, gpointer data), gpointer data);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TRANSFERS_H
#define OSVDI_TRANSFERS_H

#include <gtk/gtk.h>
#include <spice-client.h>

/*
 * Files on their way to the desktop, either dropped on a display or chosen. Shows their
 * progress in one small window, where each can be cancelled, and reports failures.
 */

/* Watches a session's main channel. parent() gives the parent of the dialogs. */
void transfers_watch(SpiceMainChannel *main, GtkWindow *(*parent)(gpointer data), gpointer data);

/* Asks the user for files and sends them. main may be NULL (not connected). */
void transfers_choose(GtkWindow *parent, SpiceMainChannel *main);

/* Why no file can be sent now, in some words for a menu; NULL if files can be sent.
 * main may be NULL (not connected). */
const char *transfers_why_not(SpiceMainChannel *main);

#endif

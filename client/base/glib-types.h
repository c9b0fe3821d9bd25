/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GLIB_TYPES_H
#define OSVDI_GLIB_TYPES_H

/**
 * Registers the types of GIO that several threads need as the program starts.
 *
 * Older GLib (Debian 12's 2.74 is one) stops for good where one thread registers
 * a type that has interfaces while another initializes a class that names it: each
 * holds the lock that the other waits for. libsoup's session names socket addresses,
 * the connection to D-Bus registers them.
 *
 * Thread: the main thread, before there is another.
 */
void glib_types_register(void);

#endif

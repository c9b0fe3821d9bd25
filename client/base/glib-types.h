/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GLIB_TYPES_H
#define OSVDI_GLIB_TYPES_H

/**
 * Registers the GIO types that several threads use while the program starts.
 *
 * Older GLib (such as 2.74 of Debian 12) deadlocks if one thread registers a type with
 * interfaces while another thread initializes a class that names the type: each thread
 * holds the lock that the other one waits for. Here, libsoup's session names socket
 * addresses while the connection to D-Bus registers them.
 *
 * Thread: the main thread, before any other thread exists.
 */
void glib_types_register(void);

#endif

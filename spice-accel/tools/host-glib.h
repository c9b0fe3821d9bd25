/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* A main loop for libspice-server and libspice-accel: GLib's. */
#ifndef HOST_GLIB_H
#define HOST_GLIB_H

#include <spice.h>

#include <spice-accel/spice-accel.h>

/* The core interface for spice_server_init(). Its sockets and channels are reported to the
 * accelerated server set with host_glib_attach() (NULL: to none). */
SpiceCoreInterface *host_glib_core(void);
void host_glib_attach(struct spice_accel_server *server);

/* Timers and watches of spice_accel_host_ops; the rest is the caller's. */
void host_glib_fill_ops(struct spice_accel_host_ops *ops);

/* Log lines to standard error, with the time since the start. */
void host_glib_log(void *opaque, enum spice_accel_log_level level, const char *message);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_GATES_H
#define OSVDI_PORTAL_GATES_H

#include <glib.h>

/**
 * Have gateways end sessions, and let nobody in with their tickets again. Blocks for
 * some seconds where a gateway does not answer; each that fails is named in the log.
 *
 * sockets:  of the gateways' administrators, "unix:PATH", parted by ";".
 * sessions: ids of tickets, of char *.
 * Returns:  whether all gateways took all of them.
 */
gboolean gates_revoke(const char *sockets, const GPtrArray *sessions);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_HOSTS_H
#define OSVDI_HOSTS_H

#include <glib.h>

/* The look of a text that stands for a host: a name, an IP address, or a ticket. */

/* The first letters of Proxmox' tickets. */
#define HOST_PROXMOX "pvespiceproxy:"
/* A part of a ticket with this many random letters is a signature. */
#define HOST_SIGNATURE_LEN 16

/* Whether the text is an IP address. A link-local address may have its scope. */
gboolean host_is_ip(const char *text);

/* Whether the text is an IP address or can be the name of a host. */
gboolean host_is_valid(const char *text);

/* Whether the text is at least as long as given and looks like random letters and digits. */
gboolean host_looks_random(const char *part, gsize length);

/**
 * Whether a "host" is a one-time ticket for a proxy, as Proxmox writes it. A ticket
 * must be neither shown nor kept.
 */
gboolean host_is_ticket(const char *host);

#endif

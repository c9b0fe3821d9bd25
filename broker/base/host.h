/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_HOST_H
#define OSVDI_BROKER_HOST_H

#include <glib.h>

/* Hosts in addresses that services give: names, IPv4, IPv6. */

enum host_kind {
	HOST_INVALID, /* neither a name nor an address */
	HOST_ELSEWHERE, /* a name, or an address that leads anywhere */
	HOST_LOOPBACK, /* each computer's own: 127.0.0.1, ::1, localhost */
	HOST_WILDCARD, /* an address to listen at, not to go to: 0.0.0.0, :: */
	HOST_LINK_LOCAL, /* means something on one cable only: 169.254.0.0/16, fe80::/10 */
	HOST_MANY, /* multicast and broadcast */
};

/**
 * The kind of a host by its text alone: no name is looked up. All that libc takes for an
 * address counts as one ("127.1", "2130706433", "::ffff:127.0.0.1").
 */
enum host_kind host_kind(const char *host);

/** Whether a host is this computer by a loopback address; looks a name up. */
gboolean host_is_loopback(const char *host);

/**
 * Whether a console can be at this host. A loopback, wildcard or link-local address
 * is somebody else's idea of "here", and right only where the cloud is here too.
 *
 * whose:  the words of the message, "Nova says the SPICE server is at".
 * remedy: which setting the administrator has to correct.
 * Errors: BROKER_ERROR_SERVICE.
 */
gboolean host_check_console(const char *host, gboolean cloud_is_here, const char *whose,
		const char *remedy, GError **error);

/** "[::1]" -> "::1"; other text as it is. Free with g_free(). */
char *host_without_brackets(const char *host);

/** Host of a URL, without brackets; NULL when there is none. Free with g_free(). */
char *host_of_url(const char *url);

#endif

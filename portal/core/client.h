/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_CLIENT_H
#define OSVDI_PORTAL_CLIENT_H

#include <glib.h>

/* Who asks, by address: where a load balancer stands in front, only it knows. */

#define CLIENT_TEXT_BYTES 64

/** Networks whose word on the client counts: "ADDRESS" or "ADDRESS/BITS". */
struct client_proxies;

struct client_proxies *client_proxies_parse(char **networks, GError **error);
void client_proxies_free(struct client_proxies *proxies);

/**
 * The client's address: the peer, or where that is a proxy of ours, the last address
 * in X-Forwarded-For that is none. A header that is not understood counts as the
 * peer's own address.
 *
 * peer: an address, or "" for a local socket, which is a proxy of ours.
 */
void client_address(const struct client_proxies *proxies, const char *peer, const char *forwarded,
		char out[CLIENT_TEXT_BYTES]);

/** The key that limits of rates go by: the address; of IPv6 the network of 64 bits. */
void client_rate_key(const char *address, char out[CLIENT_TEXT_BYTES]);

#endif

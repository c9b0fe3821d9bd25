/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_PROXY_HEADER_H
#define OSVDI_GATEWAY_PROXY_HEADER_H

#include <glib.h>
#include <netinet/in.h>

/* The PROXY protocol, version 2: how a load balancer tells who its client is. */

#define PROXY_HEADER_MAX_BYTES 536
#define PEER_TEXT_BYTES (INET6_ADDRSTRLEN + 8)

enum proxy_result {
	PROXY_MORE,
	PROXY_OK,
	PROXY_BAD,
};

/**
 * peer: "ADDRESS PORT" of the client; empty when the balancer speaks for itself.
 * taken: bytes of the header.
 */
enum proxy_result proxy_header_parse(const guint8 *data, gsize size, char peer[PEER_TEXT_BYTES],
		gsize *taken);

#endif

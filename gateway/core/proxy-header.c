/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proxy-header.h"

#include <arpa/inet.h>
#include <string.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define START_BYTES 16

#define LOCAL 0x20
#define PROXY 0x21
#define TCP4 0x11
#define TCP6 0x21

static gboolean write_peer(char peer[PEER_TEXT_BYTES], int family, const guint8 *address,
		const guint8 *port)
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(family, address, text, sizeof text))
		return FALSE;
	g_snprintf(peer, PEER_TEXT_BYTES, "%s %u", text, port[0] << 8 | port[1]);
	return TRUE;
}

enum proxy_result proxy_header_parse(const guint8 *data, gsize size, char peer[PEER_TEXT_BYTES],
		gsize *taken)
{
	gsize length;

	peer[0] = '\0';
	if (memcmp(data, SIGNATURE, MIN(size, 12)) != 0)
		return PROXY_BAD;
	if (size < START_BYTES)
		return PROXY_MORE;
	length = (gsize)(data[14] << 8 | data[15]);
	if ((data[12] != LOCAL && data[12] != PROXY) ||
			length > PROXY_HEADER_MAX_BYTES - START_BYTES)
		return PROXY_BAD;
	if (size < START_BYTES + length)
		return PROXY_MORE;
	*taken = START_BYTES + length;
	if (data[12] == LOCAL)
		return PROXY_OK;
	/* source address, destination address, source port, destination port */
	if (data[13] == TCP4 && length >= 12)
		return write_peer(peer, AF_INET, data + 16, data + 24) ? PROXY_OK : PROXY_BAD;
	if (data[13] == TCP6 && length >= 36)
		return write_peer(peer, AF_INET6, data + 16, data + 48) ? PROXY_OK : PROXY_BAD;
	return PROXY_BAD;
}

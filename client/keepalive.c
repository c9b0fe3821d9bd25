/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "keepalive.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

void keepalive_set(GSocket *socket)
{
	if (!socket || g_socket_get_family(socket) == G_SOCKET_FAMILY_UNIX)
		return;
	g_socket_set_keepalive(socket, TRUE);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 5, NULL);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 2, NULL);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3, NULL);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 12000, NULL);
}

void keepalive_set_stream(GIOStream *stream)
{
	g_autoptr(GIOStream) base = NULL;

	if (G_IS_TLS_CONNECTION(stream))
		g_object_get(stream, "base-io-stream", &base, NULL);
	if (base)
		stream = base;
	if (G_IS_SOCKET_CONNECTION(stream))
		keepalive_set(g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)));
}

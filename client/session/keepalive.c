/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/keepalive.h"

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

/* Streams of libsoup and of TLS wrap another stream. */
static GIOStream *base_of(GIOStream *stream)
{
	static const char *const names[] = { "base-iostream", "base-io-stream" };
	GIOStream *base = NULL;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(names) && !base; i++)
		if (g_object_class_find_property(G_OBJECT_GET_CLASS(stream), names[i]))
			g_object_get(stream, names[i], &base, NULL);
	return base;
}

void keepalive_set_stream(GIOStream *stream)
{
	g_autoptr(GIOStream) at = g_object_ref(stream);

	while (at && !G_IS_SOCKET_CONNECTION(at)) {
		GIOStream *base = base_of(at);

		g_object_unref(at);
		at = base;
	}
	if (at)
		keepalive_set(g_socket_connection_get_socket(G_SOCKET_CONNECTION(at)));
}

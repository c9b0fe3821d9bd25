/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/wire.h"
#include "session/keepalive.h"

#include <gio/gunixsocketaddress.h>
#include <spice/protocol.h>
#include <string.h>
#include <unistd.h>

gboolean wire_is_tls(SpiceSession *session)
{
	g_auto(GStrv) secure = NULL;
	g_autofree char *port = NULL, *tls_port = NULL;

	g_object_get(session, "port", &port, "tls-port", &tls_port, "secure-channels", &secure,
			NULL);
	if (!tls_port || !port)
		return tls_port != NULL;
	return secure && (g_strv_contains((const char *const *)secure, "main") ||
					 g_strv_contains((const char *const *)secure, "all"));
}

static void connected(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GTask) task = data;
	GSocketConnection *connection;
	GError *error = NULL;

	connection = g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &error);
	if (!connection) {
		g_task_return_error(task, error);
		return;
	}
	keepalive_set(g_socket_connection_get_socket(connection));
	g_task_return_pointer(task, connection, g_object_unref);
}

static void open_tunnel(GTask *task, struct address *address)
{
	g_autoptr(GSocket) socket = NULL;
	GError *error = NULL;
	int fd = address_open_fd(address, &error);

	socket = fd < 0 ? NULL : g_socket_new_from_fd(fd, &error);
	if (!socket) {
		if (fd >= 0)
			close(fd);
		g_task_return_error(task, error);
		return;
	}
	g_task_return_pointer(task, g_socket_connection_factory_create_connection(socket),
			g_object_unref);
}

static GSocketConnectable *get_connectable(SpiceSession *session, gboolean tls)
{
	g_autofree char *host = NULL, *port = NULL, *tls_port = NULL, *path = NULL;
	const char *chosen;

	g_object_get(session, "host", &host, "port", &port, "tls-port", &tls_port, "unix-path",
			&path, NULL);
	if (path)
		return G_SOCKET_CONNECTABLE(g_unix_socket_address_new(path));
	chosen = tls ? tls_port : port;
	if (!host || !chosen)
		return NULL;
	return g_network_address_new(host, (guint16)g_ascii_strtoull(chosen, NULL, 10));
}

/* The proxy of the session, or NULL. */
static GProxyResolver *get_proxy(SpiceSession *session)
{
	SpiceURI *uri = spice_session_get_proxy_uri(session);
	g_autofree char *text = NULL;

	if (!uri)
		return NULL;
	text = g_uri_join_with_user(G_URI_FLAGS_NONE, spice_uri_get_scheme(uri),
			spice_uri_get_user(uri), spice_uri_get_password(uri), NULL,
			spice_uri_get_hostname(uri), (int)spice_uri_get_port(uri), "", NULL, NULL);
	return g_simple_proxy_resolver_new(text, NULL);
}

void wire_open_async(SpiceSession *session, struct address *address, gboolean tls,
		GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
	GTask *task = g_task_new(session, cancellable, done, data);
	g_autoptr(GSocketConnectable) to = NULL;
	g_autoptr(GSocketClient) client = NULL;
	g_autoptr(GProxyResolver) proxy = NULL;

	if (address_is_websocket(address)) {
		open_tunnel(task, address);
		g_object_unref(task);
		return;
	}
	to = get_connectable(session, tls);
	if (!to) {
		g_task_return_new_error(
				task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no address");
		g_object_unref(task);
		return;
	}
	client = g_socket_client_new();
	proxy = get_proxy(session);
	g_socket_client_set_enable_proxy(client, proxy != NULL);
	if (proxy)
		g_socket_client_set_proxy_resolver(client, proxy);
	g_socket_client_connect_async(client, to, cancellable, connected, task);
}

GSocketConnection *wire_open_finish(GAsyncResult *result, GError **error)
{
	return g_task_propagate_pointer(G_TASK(result), error);
}

gsize wire_question(guint8 *message)
{
	SpiceLinkHeader header = {
		.magic = SPICE_MAGIC, /* is in the right byte order */
		.major_version = GUINT32_TO_LE(SPICE_VERSION_MAJOR),
		.minor_version = GUINT32_TO_LE(SPICE_VERSION_MINOR),
		.size = GUINT32_TO_LE(sizeof(SpiceLinkMess) + sizeof(guint32)),
	};
	SpiceLinkMess link = {
		.connection_id = GUINT32_TO_LE(1),
		/* The main channel would end the session of another viewer. */
		.channel_type = SPICE_CHANNEL_INPUTS,
		.num_common_caps = GUINT32_TO_LE(1),
		.caps_offset = GUINT32_TO_LE(sizeof(SpiceLinkMess)),
	};
	guint32 caps = GUINT32_TO_LE(1u << SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION |
			1u << SPICE_COMMON_CAP_AUTH_SPICE);

	G_STATIC_ASSERT(sizeof header + sizeof link + sizeof caps == WIRE_QUESTION_SIZE);
	memcpy(message, &header, sizeof header);
	memcpy(message + sizeof header, &link, sizeof link);
	memcpy(message + sizeof header + sizeof link, &caps, sizeof caps);
	return WIRE_QUESTION_SIZE;
}

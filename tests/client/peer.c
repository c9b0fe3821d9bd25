/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "peer.h"

#include "session/session-setup.h"

#include <string.h>
#include <sys/socket.h>

struct peer {
	const struct peer_manners *manners;
	GSocketService *service;
	guint port;
	GPtrArray *lines; /* struct line */
};

struct line {
	struct peer *peer;
	GSocketConnection *connection; /* NULL: has ended */
	GIOStream *tls;
	GSource *watch;
	GByteArray *heard;
};

static void end_line(gpointer data)
{
	struct line *line = data;

	if (line->watch)
		g_source_destroy(line->watch);
	g_clear_pointer(&line->watch, g_source_unref);
	g_clear_object(&line->tls);
	if (line->connection)
		g_io_stream_close(G_IO_STREAM(line->connection), NULL, NULL);
	g_clear_object(&line->connection);
}

static void free_line(gpointer data)
{
	struct line *line = data;

	end_line(line);
	g_byte_array_unref(line->heard);
	g_free(line);
}

static void say(struct line *line, const char *text)
{
	g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(line->connection)),
			text, strlen(text), NULL, NULL, NULL);
}

static gboolean hear(GSocket *socket, GIOCondition condition, gpointer data)
{
	struct line *line = data;
	gboolean first = !line->heard->len;
	guint8 bytes[256];
	gssize n = g_socket_receive_with_blocking(
			socket, (char *)bytes, sizeof bytes, FALSE, NULL, NULL);

	if (n > 0)
		g_byte_array_append(line->heard, bytes, (guint)n);
	if (n > 0 && first && line->peer->manners->answer)
		say(line, line->peer->manners->answer);
	return n > 0;
}

static void begin_tls(struct line *line)
{
	line->tls = g_tls_server_connection_new(G_IO_STREAM(line->connection),
			line->peer->manners->certificate, NULL);
	g_tls_connection_handshake_async(
			G_TLS_CONNECTION(line->tls), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static gboolean take(GSocketService *service, GSocketConnection *connection, GObject *source,
		gpointer data)
{
	struct peer *peer = data;
	struct line *line = g_new0(struct line, 1);

	line->peer = peer;
	line->connection = g_object_ref(connection);
	line->heard = g_byte_array_new();
	g_ptr_array_add(peer->lines, line);
	if (peer->manners->greeting)
		say(line, peer->manners->greeting);
	if (peer->manners->hangs_up) {
		end_line(line);
	} else if (peer->manners->certificate) {
		begin_tls(line);
	} else {
		line->watch = g_socket_create_source(
				g_socket_connection_get_socket(connection), G_IO_IN, NULL);
		g_source_set_callback(line->watch, (GSourceFunc)(void (*)(void))hear, line, NULL);
		g_source_attach(line->watch, NULL);
	}
	return TRUE;
}

struct peer *peer_new(const struct peer_manners *manners)
{
	struct peer *peer = g_new0(struct peer, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, 0);
	g_autoptr(GSocketAddress) chosen = NULL;
	g_autoptr(GError) error = NULL;

	peer->manners = manners;
	peer->lines = g_ptr_array_new_with_free_func(free_line);
	peer->service = g_socket_service_new();
	g_socket_listener_add_address(G_SOCKET_LISTENER(peer->service), address,
			G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &chosen, &error);
	g_assert_no_error(error);
	peer->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(chosen));
	g_signal_connect(peer->service, "incoming", G_CALLBACK(take), peer);
	return peer;
}

void peer_close_port(struct peer *peer)
{
	g_socket_service_stop(peer->service);
	g_socket_listener_close(G_SOCKET_LISTENER(peer->service));
}

void peer_free(struct peer *peer)
{
	peer_close_port(peer);
	g_signal_handlers_disconnect_by_data(peer->service, peer);
	g_object_unref(peer->service);
	g_ptr_array_unref(peer->lines);
	g_free(peer);
}

guint peer_port(const struct peer *peer)
{
	return peer->port;
}

guint peer_count(const struct peer *peer)
{
	return peer->lines->len;
}

void peer_hang_up(struct peer *peer)
{
	guint i;

	for (i = 0; i < peer->lines->len; i++)
		end_line(peer->lines->pdata[i]);
}

void peer_reset(struct peer *peer)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };
	guint i;

	for (i = 0; i < peer->lines->len; i++) {
		struct line *line = peer->lines->pdata[i];

		if (line->connection)
			g_assert_cmpint(setsockopt(g_socket_get_fd(g_socket_connection_get_socket(
								   line->connection)),
							SOL_SOCKET, SO_LINGER, &now, sizeof now),
					==, 0);
		end_line(line);
	}
}

static struct line *newest(struct peer *peer)
{
	return peer->lines->pdata[peer->lines->len - 1];
}

void peer_say(struct peer *peer, const char *text)
{
	say(newest(peer), text);
}

GByteArray *peer_heard(struct peer *peer)
{
	return newest(peer)->heard;
}

/* ---- a session with the peer --------------------------------------------- */

void peer_place_init(struct peer_place *place, const char *uri, guint port)
{
	g_autofree char *text = g_strdup_printf("%s:%u", uri, port);
	g_autoptr(GError) error = NULL;

	place->options = g_new0(struct options, 1);
	place->options->vv_fd = -1;
	place->target = target_from_uri(text, &error);
	g_assert_no_error(error);
	place->address = address_new(place->options, place->target, NULL, NULL, &error);
	g_assert_no_error(error);
	place->session = session_setup_new(place->options, place->target, &error);
	g_assert_no_error(error);
}

void peer_place_finish(struct peer_place *place)
{
	g_object_unref(place->session);
	address_free(place->address);
	target_free(place->target);
	g_free(place->options);
}

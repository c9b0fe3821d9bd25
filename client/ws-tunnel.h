/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_TUNNEL_H
#define OSVDI_WS_TUNNEL_H

#include <gio/gio.h>

/*
 * Carries SPICE channels through WebSockets, one each, as nova's
 * spicehtml5proxy and websockify speak them: binary messages, subprotocol
 * "binary", no Origin. All sockets live in one thread of their own.
 */
struct ws_tunnel;

enum ws_problem {
	WS_OK,
	WS_UNREACHABLE, /* no TCP connection, or no name */
	WS_TLS,         /* certificate not trusted */
	WS_REFUSED,     /* an HTTP answer that is no upgrade */
	WS_DROPPED,     /* upgraded, then closed without a byte: token expired, or desktop gone */
	WS_BROKEN,      /* later, or a protocol error */
};

/**
 * url:    ws:// or wss://, with its token; copied, kept out of logs.
 * ca:     PEM of an authority to trust besides the system's, or NULL.
 * Thread: all functions from the main thread; free closes all channels.
 */
struct ws_tunnel *ws_tunnel_new(const char *url, const char *ca, const char *ca_file, GError **error);
void ws_tunnel_free(struct ws_tunnel *tunnel);

/* For channels opened from now on. */
void ws_tunnel_set_url(struct ws_tunnel *tunnel, const char *url);

/**
 * Starts one more channel and returns its descriptor at once: what is written
 * waits for the connection; the peer closes it when that fails.
 *
 * Errors: -1. Owner: the caller closes it.
 */
int ws_tunnel_open(struct ws_tunnel *tunnel, GError **error);

/* What went wrong latest since the last call; *message is the caller's. */
enum ws_problem ws_tunnel_take_problem(struct ws_tunnel *tunnel, char **message);

/**
 * The address to connect to: the path of a console page is replaced by the
 * socket's ("/spice_auto.html" -> "/websockify"), the query is kept.
 * Owner: caller, use secret_free(); NULL when url is no ws(s) address.
 */
char *ws_tunnel_socket_url(const char *url);

/* How many connections have reached the proxy so far (TCP); any thread. */
guint ws_tunnel_get_reached(struct ws_tunnel *tunnel);

#endif

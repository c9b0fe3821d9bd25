/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_TUNNEL_H
#define OSVDI_WS_TUNNEL_H

#include <gio/gio.h>
#include "session/ws-problem.h"

/*
 * Carries each SPICE channel through a WebSocket, as nova's spicehtml5proxy and websockify
 * expect: binary messages, subprotocol "binary", no Origin. A separate thread handles all
 * sockets.
 */
struct ws_tunnel;

/**
 * url:    ws:// or wss://, with its token; copied, and kept out of logs.
 * ca:     PEM of an authority to trust besides the system's, or NULL.
 * Thread: the main thread calls all functions. ws_tunnel_free() closes all channels.
 */
struct ws_tunnel *ws_tunnel_new(
		const char *url, const char *ca, const char *ca_file, GError **error);
void ws_tunnel_free(struct ws_tunnel *tunnel);

/* Sets the address of channels that are opened from now on. */
void ws_tunnel_set_url(struct ws_tunnel *tunnel, const char *url);

/* Sets the login for an HTTP proxy between us and the address: of the system's settings, or of
 * the environment (https_proxy). Both are copied, and kept out of logs. */
void ws_tunnel_set_proxy_login(
		struct ws_tunnel *tunnel, const char *user, const char *password);

/**
 * Starts another channel and returns its descriptor at once. Bytes written to it wait for
 * the connection. If the connection fails, the peer closes the descriptor.
 *
 * silent: a connection that is only held; its problems are not reported.
 * Errors: -1. Owner: the caller closes it.
 */
int ws_tunnel_open(struct ws_tunnel *tunnel, gboolean silent, GError **error);

struct ws_problem_report {
	enum ws_problem problem;
	char *message; /* WS_LOGIN: HOST:PORT of the proxy. Or NULL; owned by the caller */
	guint status;  /* of HTTP; 0 if there was no answer */
};

/* The latest problem since it was last taken. Any thread. */
enum ws_problem ws_tunnel_get_problem(struct ws_tunnel *tunnel);
/* Takes the latest problem since the last call. */
void ws_tunnel_take_problem(struct ws_tunnel *tunnel, struct ws_problem_report *report);

/* How many connections have reached the proxy (TCP) so far. Any thread. */
guint ws_tunnel_get_reached(struct ws_tunnel *tunnel);

#endif

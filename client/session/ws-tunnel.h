/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_TUNNEL_H
#define OSVDI_WS_TUNNEL_H

#include <gio/gio.h>
#include "session/ws-problem.h"

/*
 * Carries SPICE channels through WebSockets, one each, as nova's
 * spicehtml5proxy and websockify speak them: binary messages, subprotocol
 * "binary", no Origin. All sockets live in one thread of their own.
 */
struct ws_tunnel;

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
 * silent: a connection that is only held; its problems are not told.
 * Errors: -1. Owner: the caller closes it.
 */
int ws_tunnel_open(struct ws_tunnel *tunnel, gboolean silent, GError **error);

struct ws_problem_report {
	enum ws_problem problem;
	char *message; /* or NULL; the caller's */
	guint status;  /* of HTTP; 0: there was no answer */
};

/* What went wrong latest since the last call. */
void ws_tunnel_take_problem(struct ws_tunnel *tunnel, struct ws_problem_report *report);

/* How many connections have reached the proxy so far (TCP); any thread. */
guint ws_tunnel_get_reached(struct ws_tunnel *tunnel);

#endif

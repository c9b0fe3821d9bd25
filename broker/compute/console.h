/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CONSOLE_H
#define OSVDI_BROKER_CONSOLE_H

#include <glib.h>

#include "base/redact.h"

/* Addresses of consoles: text from services, made into what a client opens. secrets
 * learns the tokens that are met; or NULL. */

/**
 * The token in a console URL of Nova: its "token" parameter, or that within
 * "path" (noVNC). NULL when there is none. Free with secret_free().
 */
char *console_token(const char *url, struct redact *secrets);

/**
 * The WebSocket behind the page that a console URL names: same host and port, ws://
 * for http, wss:// for https. Where the page is told a "path", that path from the root
 * on, with its query; it may be encoded once or twice. Else "websockify" in the page's
 * place with the token. No other parameter of the page is part of it.
 *
 * Errors: BROKER_ERROR_SERVICE: no such URL.
 * Source: nova/console/websocketproxy.py (takes any path, "token" in the query);
 *         spice_auto.html of spice-html5 and vnc_lite.html of noVNC open "/" and
 *         their "path", which is "websockify" when it is not given.
 */
char *console_websocket(const char *url, struct redact *secrets, GError **error);

/**
 * "spice://host:port", "spice://host?port=P&tls-port=T", "spice://host?tls-port=T"
 * (spice-gtk's forms); vnc://host:port. Ports: 0 for none.
 */
char *console_uri(const char *protocol, const char *host, int port, int tls_port);

#endif

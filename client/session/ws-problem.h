/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_PROBLEM_H
#define OSVDI_WS_PROBLEM_H

#include <glib.h>

/* Why a WebSocket was not opened, or why it ended. */
enum ws_problem {
	WS_OK,
	WS_UNREACHABLE, /* no TCP connection, or the name is not known */
	WS_NOBODY,      /* refused: nothing listens there */
	WS_TLS,         /* the certificate is not trusted */
	WS_NO_TLS,      /* wss was asked of a port without TLS */
	WS_FORBIDDEN,   /* HTTP 401, 403, 404, 407, 410: this address is not allowed */
	WS_LOGIN,       /* an HTTP proxy in between wants a login, or another one */
	WS_AWAY,        /* HTTP 502, 503, 504: the proxy does not reach the server */
	WS_REFUSED,     /* any other HTTP answer that is no upgrade */
	WS_DROPPED,     /* upgraded, then closed without a byte: token expired, or desktop gone */
	WS_BROKEN,      /* ended later, or a protocol error */
};

/* The answer of a proxy to the handshake. */
struct ws_answer {
	guint status;         /* of HTTP; 0 if no answer came */
	const char *type;     /* Content-Type, or NULL */
	const char *protocol; /* Sec-WebSocket-Protocol, or NULL */
};

/* The problem of a handshake that failed. error: of libsoup. */
enum ws_problem ws_problem_of(const GError *error, const struct ws_answer *answer);

/* The answer in words for people; NULL if there was no answer. Owner: caller. */
char *ws_problem_describe(const struct ws_answer *answer);

/* Whether the proxy may accept us without the subprotocol "binary". */
gboolean ws_problem_is_protocol(const struct ws_answer *answer);

#endif

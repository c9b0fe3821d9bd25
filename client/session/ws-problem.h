/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_PROBLEM_H
#define OSVDI_WS_PROBLEM_H

#include <glib.h>

/* Why a WebSocket was not opened, or ended. */
enum ws_problem {
	WS_OK,
	WS_UNREACHABLE, /* no TCP connection, or no name */
	WS_NOBODY,      /* refused: nothing listens there */
	WS_TLS,         /* certificate not trusted */
	WS_NO_TLS,      /* wss asked of a port without TLS */
	WS_FORBIDDEN,   /* HTTP 401, 403, 404, 407, 410: not with this address */
	WS_AWAY,        /* HTTP 502, 503, 504: what is behind the proxy is not there */
	WS_REFUSED,     /* any other HTTP answer that is no upgrade */
	WS_DROPPED,     /* upgraded, then closed without a byte: token expired, or desktop gone */
	WS_BROKEN,      /* later, or a protocol error */
};

/* What a proxy answered to the handshake. */
struct ws_answer {
	guint status;         /* of HTTP; 0: none came */
	const char *type;     /* Content-Type, or NULL */
	const char *protocol; /* Sec-WebSocket-Protocol, or NULL */
};

/* error: of libsoup, for a handshake that failed. */
enum ws_problem ws_problem_of(const GError *error, const struct ws_answer *answer);

/* The answer in words for people; NULL when there was none. Owner: caller. */
char *ws_problem_describe(const struct ws_answer *answer);

/* Whether the proxy may take us without the subprotocol "binary". */
gboolean ws_problem_is_protocol(const struct ws_answer *answer);

#endif

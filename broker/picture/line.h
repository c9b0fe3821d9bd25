/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PICTURE_LINE_H
#define OSVDI_BROKER_PICTURE_LINE_H

#include <glib.h>

/* A connection to a SPICE server, TCP or TLS. No call waits for longer than a moment. */
struct line_target {
	const char *host;
	int port;
	gboolean tls;
	const char *ca; /* PEM text; needed with tls */
	const char *subject; /* "O=site,CN=host": expected in place of the host's name; or NULL */
};

struct line;
typedef struct line auto_line;

/** Begin to connect. Errors: BROKER_ERROR_SERVICE; BROKER_ERROR_USAGE: bad CA or subject. */
struct line *line_new(const struct line_target *target, GError **error);
void line_free(struct line *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_line, line_free)

/** For poll(): the descriptor and its events. */
void line_poll(const struct line *line, gboolean want_write, GPollFD *fd);

/**
 * Go on after poll(): connect, shake hands, and then send from `out`, of which the sent
 * bytes are removed, and receive. *n: bytes received; 0: none now.
 * Errors: BROKER_ERROR_SERVICE: refused, closed, or not trusted.
 */
gboolean line_step(struct line *line, GByteArray *out, guint8 *in, gsize size, gsize *n,
		GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PORT_PARSER_H
#define OSVDI_PORT_PARSER_H

#include <glib.h>
#include "osvdi-accel-protocol.h"

/* Cuts the extension port's byte stream into messages (no SPICE in here). */
struct port_parser {
	GByteArray *bytes;
	gboolean greeted; /* SERVER_HELLO was seen */
};

/* What the server said; members may be NULL. */
struct port_handlers {
	void (*hello)(const struct osvdi_server_hello *hello, gpointer data);
	void (*pong)(const struct osvdi_pong *pong, gpointer data);
	/* bytes: of the whole message. FALSE: its content is damaged, a protocol error. */
	gboolean (*tiles)(const struct osvdi_tiles *tiles, gsize bytes, gpointer data);
	void (*copy)(const struct osvdi_copy *copy, gsize bytes, gpointer data);
};

void port_parser_init(struct port_parser *parser);
void port_parser_finish(struct port_parser *parser);

/**
 * Takes bytes in, calls the handlers for each whole message.
 *
 * Errors: FALSE on a protocol error (size over the limit, short payload, a
 *         message before the hello): give the extension up for this
 *         connection. Unknown types are skipped.
 */
gboolean port_parser_feed(struct port_parser *parser, const guint8 *data, gsize size,
		const struct port_handlers *handlers, gpointer user_data);

#endif

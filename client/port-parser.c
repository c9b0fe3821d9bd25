/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "port-parser.h"

void port_parser_init(struct port_parser *parser)
{
	parser->bytes = g_byte_array_new();
	parser->greeted = FALSE;
}

void port_parser_finish(struct port_parser *parser)
{
	g_clear_pointer(&parser->bytes, g_byte_array_unref);
}

static gboolean handle_hello(struct port_parser *parser, const guint8 *payload, gsize size,
		const struct port_handlers *handlers, gpointer data)
{
	struct osvdi_server_hello hello;

	if (!osvdi_read_server_hello(payload, size, &hello))
		return FALSE;
	parser->greeted = TRUE;
	if (handlers->hello)
		handlers->hello(&hello, data);
	return TRUE;
}

static gboolean handle_pong(const guint8 *payload, gsize size, const struct port_handlers *handlers,
		gpointer data)
{
	struct osvdi_pong pong;

	if (!osvdi_read_pong(payload, size, &pong))
		return FALSE;
	if (handlers->pong)
		handlers->pong(&pong, data);
	return TRUE;
}

static gboolean handle_tiles(const guint8 *payload, gsize size, const struct port_handlers *handlers,
		gpointer data)
{
	struct osvdi_tiles tiles;

	if (!osvdi_read_tiles(payload, size, &tiles))
		return FALSE;
	return !handlers->tiles || handlers->tiles(&tiles, OSVDI_MSG_HEADER_SIZE + size, data);
}

static gboolean handle_copy(const guint8 *payload, gsize size, const struct port_handlers *handlers,
		gpointer data)
{
	struct osvdi_copy copy;

	if (!osvdi_read_copy(payload, size, &copy))
		return FALSE;
	if (handlers->copy)
		handlers->copy(&copy, OSVDI_MSG_HEADER_SIZE + size, data);
	return TRUE;
}

static gboolean handle_message(struct port_parser *parser, guint type, const guint8 *payload,
		gsize size, const struct port_handlers *handlers, gpointer data)
{
	if (type == OSVDI_MSG_SERVER_HELLO)
		return handle_hello(parser, payload, size, handlers, data);
	if (!parser->greeted)
		return FALSE;
	if (type == OSVDI_MSG_PONG)
		return handle_pong(payload, size, handlers, data);
	if (type == OSVDI_MSG_TILES)
		return handle_tiles(payload, size, handlers, data);
	if (type == OSVDI_MSG_COPY)
		return handle_copy(payload, size, handlers, data);
	return TRUE;
}

gboolean port_parser_feed(struct port_parser *parser, const guint8 *data, gsize size,
		const struct port_handlers *handlers, gpointer user_data)
{
	gsize at = 0;
	gboolean ok = TRUE;

	g_byte_array_append(parser->bytes, data, (guint)size);
	while (ok) {
		struct osvdi_msg_header header;
		int whole = osvdi_msg_peek(parser->bytes->data + at, parser->bytes->len - at,
				OSVDI_ACCEL_MAX_FROM_SERVER, &header);

		if (whole == 0)
			break;
		if (whole < 0)
			return FALSE;
		at += OSVDI_MSG_HEADER_SIZE;
		ok = handle_message(parser, header.type, parser->bytes->data + at, header.size,
				handlers, user_data);
		at += header.size;
	}
	if (at)
		g_byte_array_remove_range(parser->bytes, 0, (guint)at);
	return ok;
}

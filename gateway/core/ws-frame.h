/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_WS_FRAME_H
#define OSVDI_GATEWAY_WS_FRAME_H

#include <glib.h>

/* WebSocket frames (RFC 6455), as a stream: no message is ever held whole. */

#define WS_HEADER_MAX_BYTES 14
#define WS_CONTROL_MAX_BYTES 125

enum ws_opcode {
	WS_OP_CONTINUATION = 0,
	WS_OP_TEXT = 1,
	WS_OP_BINARY = 2,
	WS_OP_CLOSE = 8,
	WS_OP_PING = 9,
	WS_OP_PONG = 10,
};

/* RFC 6455, 7.4.1 */
#define WS_CODE_PROTOCOL 1002
#define WS_CODE_UNSUPPORTED 1003
#define WS_CODE_NONE 1005

enum ws_event_type {
	WS_EVENT_NONE, /* all bytes were taken, nothing came of them yet */
	WS_EVENT_DATA,
	WS_EVENT_PING,
	WS_EVENT_PONG,
	WS_EVENT_CLOSE,
	WS_EVENT_ERROR, /* the connection must end with this code */
};

struct ws_event {
	enum ws_event_type type;
	guint8 *data; /* in the caller's bytes (DATA) or the decoder's (PING, PONG, CLOSE) */
	gsize size;
	guint16 code; /* CLOSE: the peer's, 1005 when it told none; ERROR: ours */
};

struct ws_decoder {
	gboolean masked; /* the peer is a client, which must mask; a server must not */
	guint8 header[WS_HEADER_MAX_BYTES];
	guint have, need; /* bytes of the header */
	gboolean in_payload, in_message;
	guint8 opcode, mask[4];
	gboolean fin;
	guint mask_at;
	guint64 left; /* bytes of the payload to come */
	guint8 control[WS_CONTROL_MAX_BYTES];
	guint control_size;
};

void ws_decoder_init(struct ws_decoder *decoder, gboolean masked);

/**
 * Take bytes up to the next event, unmasking them in place.
 *
 * Returns how many were taken; call again with the rest until WS_EVENT_NONE. After
 * CLOSE and ERROR nothing may follow.
 */
gsize ws_decode(struct ws_decoder *decoder, guint8 *data, gsize size, struct ws_event *event);

/** Write a whole frame's header; mask NULL: as a server. Returns its size. */
gsize ws_header(guint8 out[WS_HEADER_MAX_BYTES], enum ws_opcode opcode, guint64 length,
		const guint8 *mask);

/** XOR with the mask; *at is the place in the mask, carried from part to part. */
void ws_mask(guint8 *data, gsize size, const guint8 mask[4], guint *at);

/** The answer to a Sec-WebSocket-Key, or NULL when it is none. Owner: caller. */
char *ws_accept(const char *key, gsize length);

#endif

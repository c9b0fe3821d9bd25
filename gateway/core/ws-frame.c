/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ws-frame.h"

#include <string.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

void ws_decoder_init(struct ws_decoder *decoder, gboolean masked)
{
	memset(decoder, 0, sizeof *decoder);
	decoder->masked = masked;
	decoder->need = 2;
}

void ws_mask(guint8 *data, gsize size, const guint8 mask[4], guint *at)
{
	guint8 turned[8];
	guint64 word, part;
	gsize i = 0;

	for (guint j = 0; j < 8; j++)
		turned[j] = mask[(*at + j) & 3];
	memcpy(&word, turned, 8);
	for (; i + 8 <= size; i += 8) {
		memcpy(&part, data + i, 8);
		part ^= word;
		memcpy(data + i, &part, 8);
	}
	for (; i < size; i++)
		data[i] ^= turned[i & 7];
	*at = (*at + (guint)(size & 3)) & 3;
}

gsize ws_header(guint8 out[WS_HEADER_MAX_BYTES], enum ws_opcode opcode, guint64 length,
		const guint8 *mask)
{
	guint8 masked = mask ? 0x80 : 0;
	gsize n = 2;

	out[0] = 0x80 | (guint8)opcode;
	if (length < 126) {
		out[1] = masked | (guint8)length;
	} else if (length < 65536) {
		out[1] = masked | 126;
		for (; n < 4; n++)
			out[n] = (guint8)(length >> (8 * (3 - n)));
	} else {
		out[1] = masked | 127;
		for (; n < 10; n++)
			out[n] = (guint8)(length >> (8 * (9 - n)));
	}
	if (mask) {
		memcpy(out + n, mask, 4);
		n += 4;
	}
	return n;
}

/* Checks the first two bytes of a header. Returns 0, or the code that ends the connection. */
static guint16 check_start(struct ws_decoder *d)
{
	guint8 opcode = d->header[0] & 15, length = d->header[1] & 127;
	gboolean fin = d->header[0] & 0x80, control = opcode >= 8;

	if (d->header[0] & 0x70 || !!(d->header[1] & 0x80) != d->masked)
		return WS_CODE_PROTOCOL;
	if (control && (!fin || length > WS_CONTROL_MAX_BYTES))
		return WS_CODE_PROTOCOL;
	switch (opcode) {
	case WS_OP_CONTINUATION: return d->in_message ? 0 : WS_CODE_PROTOCOL;
	case WS_OP_BINARY: return d->in_message ? WS_CODE_PROTOCOL : 0;
	case WS_OP_TEXT: return WS_CODE_UNSUPPORTED;
	case WS_OP_CLOSE: return length == 1 ? WS_CODE_PROTOCOL : 0;
	case WS_OP_PING:
	case WS_OP_PONG: return 0;
	default: return WS_CODE_PROTOCOL;
	}
}

static guint header_size(const struct ws_decoder *d)
{
	guint length = d->header[1] & 127;

	return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (d->masked ? 4 : 0);
}

/* The header is whole. FALSE: the length is not in its shortest form, or too large. */
static gboolean begin_payload(struct ws_decoder *d)
{
	guint length = d->header[1] & 127, n = length == 126 ? 2 : length == 127 ? 8 : 0;

	d->left = n ? 0 : length;
	for (guint i = 0; i < n; i++)
		d->left = d->left << 8 | d->header[2 + i];
	if ((n == 2 && d->left < 126) || (n == 8 && (d->left < 65536 || d->left >> 63)))
		return FALSE;
	memcpy(d->mask, d->header + 2 + n, d->masked ? 4 : 0);
	d->mask_at = 0;
	d->opcode = d->header[0] & 15;
	d->fin = d->header[0] & 0x80;
	d->in_payload = TRUE;
	d->control_size = 0;
	if (d->opcode < 8)
		d->in_message = !d->fin;
	return TRUE;
}

static void end_frame(struct ws_decoder *d)
{
	d->in_payload = FALSE;
	d->have = 0;
	d->need = 2;
}

/* Returns how many bytes it took; event->type becomes ERROR when they are wrong. */
static gsize take_header(struct ws_decoder *d, const guint8 *data, gsize size,
		struct ws_event *event)
{
	gsize taken = 0;

	while (!d->in_payload && taken < size) {
		d->header[d->have++] = data[taken++];
		if (d->have == 2) {
			event->code = check_start(d);
			d->need = header_size(d);
		}
		if (!event->code && d->have == d->need && !begin_payload(d))
			event->code = WS_CODE_PROTOCOL;
		if (event->code) {
			event->type = WS_EVENT_ERROR;
			break;
		}
	}
	return taken;
}

static void control_event(struct ws_decoder *d, struct ws_event *event)
{
	event->data = d->control;
	event->size = d->control_size;
	event->type = d->opcode == WS_OP_PING ? WS_EVENT_PING :
			d->opcode == WS_OP_PONG	      ? WS_EVENT_PONG :
							WS_EVENT_CLOSE;
	if (event->type == WS_EVENT_CLOSE)
		event->code = d->control_size >= 2 ? (guint16)(d->control[0] << 8 | d->control[1]) :
				WS_CODE_NONE;
}

static gsize take_payload(struct ws_decoder *d, guint8 *data, gsize size, struct ws_event *event)
{
	gsize n = (gsize)MIN(d->left, size);

	if (d->masked)
		ws_mask(data, n, d->mask, &d->mask_at);
	d->left -= n;
	if (d->opcode < 8) {
		event->type = n ? WS_EVENT_DATA : WS_EVENT_NONE;
		event->data = data;
		event->size = n;
	} else {
		memcpy(d->control + d->control_size, data, n);
		d->control_size += (guint)n;
		if (!d->left)
			control_event(d, event);
	}
	if (!d->left)
		end_frame(d);
	return n;
}

gsize ws_decode(struct ws_decoder *d, guint8 *data, gsize size, struct ws_event *event)
{
	gsize taken = 0;

	*event = (struct ws_event){ WS_EVENT_NONE, NULL, 0, 0 };
	while (event->type == WS_EVENT_NONE && (taken < size || (d->in_payload && !d->left))) {
		if (d->in_payload)
			taken += take_payload(d, data + taken, size - taken, event);
		else
			taken += take_header(d, data + taken, size - taken, event);
	}
	return taken;
}

char *ws_accept(const char *key, gsize length)
{
	g_autoptr(GChecksum) sum = NULL;
	g_autofree guchar *bytes = NULL;
	g_autofree char *text = g_strndup(key, length);
	guint8 digest[20];
	gsize n = 0, size = sizeof digest;

	if (length != 24 || strspn(text,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") != 22)
		return NULL;
	bytes = g_base64_decode(text, &n);
	if (n != 16 || strcmp(text + 22, "==") != 0)
		return NULL;
	sum = g_checksum_new(G_CHECKSUM_SHA1);
	g_checksum_update(sum, (const guchar *)text, (gssize)length);
	g_checksum_update(sum, (const guchar *)GUID, strlen(GUID));
	g_checksum_get_digest(sum, digest, &size);
	return g_base64_encode(digest, size);
}

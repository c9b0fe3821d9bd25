/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include <sodium.h>
#include <string.h>

/* Control frames may wait behind data, but not without end. */
#define MAX_CONTROL_QUEUE_BYTES (4 * CHUNK_BYTES)

void side_init(struct side *side, struct relay *relay, int fd)
{
	gint64 now = loop_now_us(relay->gateway->loop);

	stream_init(&side->stream, fd);
	side->relay = relay;
	side->watch = (struct watch){ .fd = fd, .ready = relay->ready };
	side->heard_us = side->moved_us = side->pinged_us = now;
	side->ended = FALSE;
}

void side_watch(struct side *side, gboolean in)
{
	guint32 events = (in ? side->stream.read_needs : 0) |
			(side->out_length ? side->stream.write_needs : 0);

	if (side->stream.fd >= 0)
		loop_watch(side->relay->gateway->loop, &side->watch, events);
}

static void drop_queue(struct side *side)
{
	g_clear_pointer(&side->out, g_free);
	side->out_at = side->out_length = side->out_size = 0;
}

static void queue(struct side *side, const guint8 *data, gsize size)
{
	if (side->out_at + side->out_length + size > side->out_size) {
		gsize wanted = MAX(side->out_length + size, 4096);
		guint8 *bigger = g_malloc(wanted);

		if (side->out_length)
			memcpy(bigger, side->out + side->out_at, side->out_length);
		g_free(side->out);
		side->out = bigger;
		side->out_at = 0;
		side->out_size = wanted;
	}
	memcpy(side->out + side->out_at + side->out_length, data, size);
	if (!side->out_length)
		side->moved_us = loop_now_us(side->relay->gateway->loop);
	side->out_length += size;
}

gboolean side_write(struct side *side, const void *data, gsize size)
{
	const guint8 *bytes = data;

	while (size && !side->out_length) {
		gssize n = stream_write(&side->stream, bytes, size);

		if (n == STREAM_ERROR)
			return FALSE;
		if (n == STREAM_AGAIN)
			break;
		bytes += n;
		size -= (gsize)n;
	}
	if (size)
		queue(side, bytes, size);
	return TRUE;
}

gboolean side_flush(struct side *side)
{
	while (side->out_length) {
		gssize n = stream_write(&side->stream, side->out + side->out_at, side->out_length);

		if (n == STREAM_ERROR)
			return FALSE;
		if (n == STREAM_AGAIN)
			return TRUE;
		side->moved_us = loop_now_us(side->relay->gateway->loop);
		side->out_at += (gsize)n;
		side->out_length -= (gsize)n;
	}
	/* Most channels are quiet most of the time: they hold no memory. */
	drop_queue(side);
	return TRUE;
}

/* Writes a frame's header in front of the payload. As a client, masks the payload in place. */
static gsize put_header(struct side *side, enum ws_opcode opcode, guint8 *data, gsize size)
{
	guint8 header[WS_HEADER_MAX_BYTES], mask[4];
	gboolean client = side->codec == CODEC_WS_CLIENT;
	guint at = 0;
	gsize n;

	if (client) {
		randombytes_buf(mask, sizeof mask);
		ws_mask(data, size, mask, &at);
	}
	n = ws_header(header, opcode, size, client ? mask : NULL);
	memcpy(data - n, header, n);
	return n;
}

gboolean side_send(struct side *side, guint8 *data, gsize size)
{
	gsize n = side->codec == CODEC_RAW ? 0 : put_header(side, WS_OP_BINARY, data, size);

	return side_write(side, data - n, size + n);
}

gboolean side_control(struct side *side, enum ws_opcode opcode, const void *data, gsize size)
{
	guint8 buffer[WS_HEADER_MAX_BYTES + WS_CONTROL_MAX_BYTES];
	gsize n;

	if (side->out_length > MAX_CONTROL_QUEUE_BYTES)
		return FALSE;
	memcpy(buffer + WS_HEADER_MAX_BYTES, data, size);
	n = put_header(side, opcode, buffer + WS_HEADER_MAX_BYTES, size);
	return side_write(side, buffer + WS_HEADER_MAX_BYTES - n, size + n);
}

void side_close(struct side *side)
{
	if (side->stream.fd < 0)
		return;
	loop_unwatch(side->relay->gateway->loop, &side->watch);
	stream_close(&side->stream);
	drop_queue(side);
}

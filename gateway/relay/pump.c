/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include <string.h>

/* A peer that answers none of so many pings is gone. */
#define PINGS_MISSED 3

static struct side *other_of(struct side *side)
{
	return side == &side->relay->client ? &side->relay->desk : &side->relay->client;
}

/* Bytes without frames from one side to the other. FALSE: the relay ends. */
static gboolean forward(struct side *from, guint8 *data, gsize size)
{
	struct relay *relay = from->relay;

	if (from == &relay->client) {
		relay->up_bytes += size;
		if (!relay->linked)
			return guard_client(relay, data, size);
	} else {
		relay->down_bytes += size;
		/* A SPICE server does not speak first. */
		if (!relay->linked) {
			relay_end(relay, END_NOT_SPICE);
			return FALSE;
		}
		guard_desk(relay, data, size);
	}
	if (relay->state == STATE_OPEN && side_send(other_of(from), data, size))
		return TRUE;
	relay_end(relay, END_BROKEN);
	return FALSE;
}

static void side_ended(struct side *side)
{
	struct relay *relay = side->relay;

	side->ended = TRUE;
	if (side == &relay->client)
		relay_end(relay, END_CLIENT);
	else
		relay_end(relay, member_is_taken(&relay->member) ? END_TAKEN : END_DESKTOP);
}

/* FALSE: the relay ends. */
static gboolean take_event(struct side *from, const struct ws_event *event)
{
	switch (event->type) {
	case WS_EVENT_DATA: return forward(from, event->data, event->size);
	case WS_EVENT_PING:
		if (side_control(from, WS_OP_PONG, event->data, event->size))
			return TRUE;
		relay_end(from->relay, END_STALLED);
		return FALSE;
	case WS_EVENT_CLOSE: side_ended(from); return FALSE;
	case WS_EVENT_ERROR:
		relay_end(from->relay, event->code == WS_CODE_UNSUPPORTED ? END_TEXT : END_FRAME);
		return FALSE;
	case WS_EVENT_PONG:
	case WS_EVENT_NONE: return TRUE;
	}
	return FALSE;
}

static gboolean take_bytes(struct side *from, guint8 *data, gsize size)
{
	if (from->codec == CODEC_RAW)
		return forward(from, data, size);
	while (size) {
		struct ws_event event;
		gsize n = ws_decode(&from->decoder, data, size, &event);

		if (!take_event(from, &event))
			return FALSE;
		data += n;
		size -= n;
	}
	return TRUE;
}

static void pump(struct side *from)
{
	struct relay *relay = from->relay;
	struct gateway *gateway = relay->gateway;
	guint8 *data = gateway->scratch + WS_HEADER_MAX_BYTES;

	do {
		gssize n;

		if (relay->state != STATE_OPEN || other_of(from)->out_length)
			return;
		n = stream_read(&from->stream, data, CHUNK_BYTES);
		if (n == STREAM_AGAIN)
			return;
		if (n <= 0) {
			side_ended(from);
			return;
		}
		from->heard_us = loop_now_us(gateway->loop);
		if (!take_bytes(from, data, (gsize)n))
			return;
	} while (stream_pending(&from->stream));
}

/* A side waits while the other side has not taken its bytes. */
static void watch_one(struct side *side)
{
	gboolean paused = other_of(side)->out_length != 0;

	if (paused && !side->paused)
		side->relay->gateway->metrics.paused++;
	side->paused = paused;
	side_watch(side, !paused);
}

static void watch_both(struct relay *relay)
{
	if (relay->state != STATE_OPEN)
		return;
	watch_one(&relay->client);
	watch_one(&relay->desk);
}

void pump_step(struct side *side, guint32 events)
{
	struct relay *relay = side->relay;
	gboolean waited = side->out_length != 0;

	if (waited && !side_flush(side)) {
		side_ended(side);
		return;
	}
	if (waited && !side->out_length)
		pump(other_of(side));
	if (relay->state == STATE_OPEN && events & ~(guint32)EPOLLOUT)
		pump(side);
	watch_both(relay);
}

/* Bytes that came with the heads are handled as later ones are. */
static gboolean take_extra(struct side *from, const guint8 *data, gsize size)
{
	guint8 *place = from->relay->gateway->scratch + WS_HEADER_MAX_BYTES;

	if (!size)
		return TRUE;
	memcpy(place, data, size);
	return take_bytes(from, place, size);
}

void pump_open(struct relay *relay, const guint8 *extra, gsize extra_size, const guint8 *desk_extra,
		gsize desk_extra_size)
{
	gboolean ok = side_write(&relay->client, relay->head, strlen(relay->head));

	relay_set_state(relay, STATE_OPEN, 0);
	relay->client.codec = relay->request.connect ? CODEC_RAW : CODEC_WS_SERVER;
	ws_decoder_init(&relay->client.decoder, TRUE);
	ws_decoder_init(&relay->desk.decoder, FALSE);
	g_clear_pointer(&relay->head, g_free);
	if (!ok) {
		relay_end(relay, END_CLIENT);
		return;
	}
	if (take_extra(&relay->client, extra, extra_size) &&
			take_extra(&relay->desk, desk_extra, desk_extra_size)) {
		pump(&relay->client);
		watch_both(relay);
	}
}

/* ---- time ---------------------------------------------------------------- */

static gboolean has_stalled(const struct side *side, gint64 now, const struct limits *limits)
{
	return side->out_length && now - side->moved_us > limits->stall_s * G_USEC_PER_SEC;
}

/* FALSE: dead. A side that is not read cannot be heard. */
static gboolean ping(struct side *side, gint64 now, const struct limits *limits)
{
	gint64 interval = limits->ping_s * G_USEC_PER_SEC;

	if (side->codec == CODEC_RAW || !interval || side->out_length)
		return TRUE;
	if (other_of(side)->out_length)
		side->heard_us = now;
	if (now - side->heard_us > PINGS_MISSED * interval)
		return FALSE;
	if (now - side->pinged_us < interval)
		return TRUE;
	side->pinged_us = now;
	return side_control(side, WS_OP_PING, "", 0);
}

static gboolean is_too_silent(const struct relay *relay, gint64 now, const struct limits *limits)
{
	return !relay->linked && now - relay->since_us > limits->link_s * G_USEC_PER_SEC &&
			member_silent(&relay->member) > limits->silent;
}

void pump_tick(struct relay *relay)
{
	const struct limits *limits = &relay->gateway->config->limits;
	gint64 now = loop_now_us(relay->gateway->loop);

	if (has_stalled(&relay->client, now, limits) || has_stalled(&relay->desk, now, limits))
		relay_end(relay, END_STALLED);
	else if (is_too_silent(relay, now, limits))
		relay_end(relay, END_SILENT);
	else if (!ping(&relay->client, now, limits) || !ping(&relay->desk, now, limits))
		relay_end(relay, END_DEAD);
	else
		watch_both(relay);
}

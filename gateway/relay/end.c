/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include <string.h>

/* Last bytes and the peer's end get so long. */
#define LINGER_US (G_USEC_PER_SEC)

static GQueue *queue_of(struct relay *relay)
{
	return relay->state == STATE_OPEN ? &relay->gateway->open : &relay->gateway->young;
}

void relay_set_state(struct relay *relay, enum state state, gint64 seconds)
{
	g_queue_unlink(queue_of(relay), &relay->link);
	relay->state = state;
	g_queue_push_tail_link(queue_of(relay), &relay->link);
	relay->deadline_us = loop_now_us(relay->gateway->loop) + seconds * G_USEC_PER_SEC;
	if (state > STATE_HEAD && relay->greeting) {
		relay->greeting = FALSE;
		relay->gateway->metrics.handshakes--;
	}
	if (state == STATE_OPEN)
		record_opened(relay);
}

static void relay_free(gpointer data)
{
	struct relay *relay = data;

	g_free(relay->peer);
	g_free(relay->head);
	g_free(relay->expect);
	g_clear_pointer(&relay->input, g_byte_array_unref);
	g_clear_pointer(&relay->answer, g_byte_array_unref);
	g_clear_pointer(&relay->addresses, g_array_unref);
	request_clear(&relay->request);
	g_free(relay);
}

void relay_die(struct relay *relay)
{
	struct gateway *gateway = relay->gateway;

	g_assert(!relay->lookup && relay->state != STATE_OPEN);
	if (relay->state == STATE_DEAD)
		return;
	relay->state = STATE_DEAD;
	side_close(&relay->client);
	side_close(&relay->desk);
	if (relay->joined)
		sessions_leave(gateway->sessions, &relay->member,
				g_get_real_time() / G_USEC_PER_SEC);
	if (relay->greeting)
		gateway->metrics.handshakes--;
	gateway->metrics.connections--;
	g_queue_unlink(&gateway->young, &relay->link);
	loop_defer(gateway->loop, relay_free, relay);
}

static void close_desk(struct relay *relay)
{
	struct side *desk = &relay->desk;

	if (desk->stream.fd < 0)
		return;
	if (side_flush(desk) && desk->out_length) {
		side_watch(desk, FALSE);
		return;
	}
	stream_shutdown(&desk->stream);
	side_close(desk);
}

/* Waits until the client ends: a close while its bytes are unread would drop our last ones. */
static void close_client(struct relay *relay)
{
	struct side *client = &relay->client;
	guint8 bytes[4096];
	gssize n;

	if (client->stream.fd < 0)
		return;
	if (!side_flush(client)) {
		side_close(client);
		return;
	}
	if (!client->out_length && !relay->shut) {
		stream_shutdown(&client->stream);
		relay->shut = TRUE;
	}
	while ((n = stream_read(&client->stream, bytes, sizeof bytes)) > 0)
		;
	client->ended |= n != STREAM_AGAIN;
	if (client->ended && !client->out_length)
		side_close(client);
	else
		side_watch(client, !client->ended);
}

void relay_step_closing(struct relay *relay)
{
	close_desk(relay);
	close_client(relay);
	if (relay->client.stream.fd < 0 && relay->desk.stream.fd < 0)
		relay_die(relay);
}

static void begin_closing(struct relay *relay)
{
	relay_set_state(relay, STATE_CLOSING, 0);
	relay->deadline_us += LINGER_US;
	relay_step_closing(relay);
}

void relay_refuse(struct relay *relay, enum refusal refusal)
{
	g_autofree char *answer = NULL;

	if (relay->state >= STATE_OPEN)
		return;
	record_refused(relay, refusal);
	lookup_cancel(relay->lookup);
	relay->lookup = NULL;
	side_close(&relay->desk);
	if (!refusal_status(refusal)) {
		relay_die(relay);
		return;
	}
	answer = admit_refusal(refusal, relay->request.connect);
	if (side_write(&relay->client, answer, strlen(answer)))
		begin_closing(relay);
	else
		relay_die(relay);
}

static enum refusal refusal_of(enum cause cause)
{
	switch (cause) {
	case END_REVOKED: return REFUSE_REVOKED;
	case END_EXPIRED: return REFUSE_EXPIRED;
	case END_DRAIN: return REFUSE_DRAINING;
	default: return REFUSE_UNREACHABLE;
	}
}

static void send_close(struct side *side, guint16 code, const char *reason)
{
	guint8 bytes[WS_CONTROL_MAX_BYTES] = { (guint8)(code >> 8), (guint8)code };
	gsize n = strlen(reason);

	if (side->codec == CODEC_RAW || side->stream.fd < 0)
		return;
	memcpy(bytes + 2, reason, n);
	side_control(side, WS_OP_CLOSE, bytes, n + 2);
}

void relay_end(struct relay *relay, enum cause cause)
{
	if (relay->state < STATE_OPEN) {
		relay_refuse(relay, refusal_of(cause));
		return;
	}
	if (relay->state != STATE_OPEN)
		return;
	relay->cause = cause;
	record_ended(relay);
	/* A relay that ends is neither silent nor a newcomer any more. */
	member_answered(&relay->member, FALSE);
	if (!relay->member.generation)
		member_speaks(&relay->member, FALSE);
	send_close(&relay->client, cause_code(cause), cause_name(cause));
	send_close(&relay->desk, 1000, "");
	begin_closing(relay);
}

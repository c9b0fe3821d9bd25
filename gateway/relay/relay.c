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
		relay_note_open(relay);
}

/* ---- the record ---------------------------------------------------------- */

static void put_who(struct audit_line *line, struct relay *relay)
{
	const struct ticket *ticket = relay->request.ticket;

	audit_text(line, "from", relay->peer);
	if (!ticket)
		return;
	audit_text(line, "session", ticket->session);
	audit_text(line, "desktop", ticket->desktop);
	audit_text(line, "user", ticket->user);
}

void relay_note_open(struct relay *relay)
{
	struct metrics *m = &relay->gateway->metrics;
	struct audit_line *line = audit_begin(relay->gateway->audit, "opened");

	put_who(line, relay);
	audit_text(line, "by", relay->request.connect ? "connect" : "websocket");
	audit_text(line, "way", ticket_way_name(relay->request.ticket->way));
	audit_end(line);
	m->channels++;
	if (relay->request.connect)
		m->opened_connect++;
	else
		m->opened_websocket++;
}

static void note_refused(struct relay *relay, enum refusal refusal)
{
	struct audit_line *line;

	relay->gateway->metrics.refused[refusal]++;
	/* A balancer's look at whether we live, for one, says nothing. */
	if (refusal == REFUSE_PEER && !relay->input->len)
		return;
	line = audit_begin(relay->gateway->audit, "refused");
	put_who(line, relay);
	audit_text(line, "reason", refusal_name(refusal));
	audit_end(line);
}

static void note_ended(struct relay *relay)
{
	struct metrics *m = &relay->gateway->metrics;
	struct audit_line *line = audit_begin(relay->gateway->audit, "ended");

	put_who(line, relay);
	audit_text(line, "channel", relay->linked ? channel_name(relay->channel.channel_type) : "silent");
	audit_text(line, "cause", cause_name(relay->cause));
	audit_number(line, "up_bytes", relay->up_bytes);
	audit_number(line, "down_bytes", relay->down_bytes);
	audit_number(line, "seconds", (guint64)((loop_now_us(relay->gateway->loop) - relay->since_us) / G_USEC_PER_SEC));
	audit_end(line);
	m->ended[relay->cause]++;
	m->channels--;
	m->up_bytes += relay->up_bytes;
	m->down_bytes += relay->down_bytes;
	if (relay->cause == END_REVOKED)
		m->revoked++;
}

/* ---- ends ---------------------------------------------------------------- */

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

static void relay_die(struct relay *relay)
{
	struct gateway *gateway = relay->gateway;

	g_assert(!relay->lookup && relay->state != STATE_OPEN);
	if (relay->state == STATE_DEAD)
		return;
	relay->state = STATE_DEAD;
	side_close(&relay->client);
	side_close(&relay->desk);
	if (relay->joined)
		sessions_leave(gateway->sessions, &relay->member, g_get_real_time() / G_USEC_PER_SEC);
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

/* The client's own end is waited for: to close with bytes unread would cut off our last ones. */
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
	note_refused(relay, refusal);
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
	note_ended(relay);
	/* It is none of the silent ones any more, and no newcomer. */
	member_answered(&relay->member, FALSE);
	if (!relay->member.generation)
		member_speaks(&relay->member, FALSE);
	send_close(&relay->client, cause_code(cause), cause_name(cause));
	send_close(&relay->desk, 1000, "");
	begin_closing(relay);
}

static void on_member_end(struct member *member, enum cause cause)
{
	struct relay *relay = (struct relay *)((char *)member - G_STRUCT_OFFSET(struct relay, member));

	relay_end(relay, cause);
}

/* ---- beginning, time ----------------------------------------------------- */

static gboolean start_peer(struct relay *relay)
{
	struct gateway *gateway = relay->gateway;

	if (gateway->tls && !stream_start_tls(&relay->client.stream, gateway->tls, TRUE))
		return FALSE;
	relay->state = gateway->config->proxy_protocol ? STATE_PROXY : gateway->tls ? STATE_TLS : STATE_HEAD;
	return TRUE;
}

void relay_accept(struct gateway *gateway, int fd)
{
	struct relay *relay = g_new0(struct relay, 1);

	stream_tune(fd);
	relay->gateway = gateway;
	relay->link.data = relay;
	relay->peer = stream_peer(fd);
	relay->input = g_byte_array_new();
	relay->greeting = TRUE;
	relay->since_us = loop_now_us(gateway->loop);
	relay->deadline_us = relay->since_us + gateway->config->limits.handshake_s * G_USEC_PER_SEC;
	relay->member.end = on_member_end;
	side_init(&relay->client, relay, fd);
	stream_init(&relay->desk.stream, -1);
	relay->desk.relay = relay;
	gateway->metrics.accepted++;
	gateway->metrics.connections++;
	gateway->metrics.handshakes++;
	g_queue_push_tail_link(&gateway->young, &relay->link);
	if (!start_peer(relay)) {
		relay_refuse(relay, REFUSE_PEER);
		return;
	}
	side_watch(&relay->client, TRUE);
}

void relay_tick(struct relay *relay)
{
	if (relay->state == STATE_OPEN)
		pump_tick(relay);
	else if (loop_now_us(relay->gateway->loop) < relay->deadline_us)
		return;
	else if (relay->state == STATE_CLOSING)
		relay_die(relay);
	else
		relay_refuse(relay, relay->state <= STATE_HEAD ? REFUSE_TIMEOUT : REFUSE_UNREACHABLE);
}

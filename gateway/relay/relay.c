/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

static void on_ready(struct watch *watch, guint32 events)
{
	struct side *side = (struct side *)watch;
	struct relay *relay = side->relay;

	switch (relay->state) {
	case STATE_PROXY:
	case STATE_TLS:
	case STATE_HEAD: hello_step(relay); break;
	case STATE_RESOLVE:
	case STATE_CONNECT:
	case STATE_DESK_TLS:
	case STATE_DESK_UPGRADE:
		if (side == &relay->client)
			desk_hang_up(relay);
		else
			desk_step(relay);
		break;
	case STATE_OPEN: pump_step(side, events); break;
	case STATE_CLOSING: relay_step_closing(relay); break;
	case STATE_DEAD: break;
	}
}

static void on_member_end(struct member *member, enum cause cause)
{
	struct relay *relay =
			(struct relay *)((char *)member - G_STRUCT_OFFSET(struct relay, member));

	relay_end(relay, cause);
}

static gboolean start_peer(struct relay *relay)
{
	struct gateway *gateway = relay->gateway;

	if (gateway->tls && !stream_start_tls(&relay->client.stream, gateway->tls, TRUE))
		return FALSE;
	relay->state = gateway->config->proxy_protocol ? STATE_PROXY : gateway->tls ? STATE_TLS :
			STATE_HEAD;
	return TRUE;
}

void relay_accept(struct gateway *gateway, int fd)
{
	struct relay *relay = g_new0(struct relay, 1);

	stream_tune(fd);
	relay->gateway = gateway;
	relay->ready = on_ready;
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
		relay_refuse(relay, relay->state <= STATE_HEAD ? REFUSE_TIMEOUT :
				REFUSE_UNREACHABLE);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include <string.h>

#define PROXY_START_BYTES 16

/* The bytes behind the header may be TLS: not one more than the header is read. */
static gboolean step_proxy(struct relay *relay)
{
	GByteArray *in = relay->input;
	guint8 bytes[PROXY_HEADER_MAX_BYTES];
	char peer[PEER_TEXT_BYTES];
	gsize need = PROXY_START_BYTES, taken;
	gssize n;

	if (in->len >= PROXY_START_BYTES)
		need += (gsize)(in->data[14] << 8 | in->data[15]);
	n = stream_read(&relay->client.stream, bytes, MIN(need, sizeof bytes) - in->len);
	if (n == STREAM_AGAIN)
		return FALSE;
	if (n > 0)
		g_byte_array_append(in, bytes, (guint)n);
	switch (n > 0 ? proxy_header_parse(in->data, in->len, peer, &taken) : PROXY_BAD) {
	case PROXY_MORE: return TRUE;
	case PROXY_BAD: relay_refuse(relay, REFUSE_PEER); return FALSE;
	case PROXY_OK: break;
	}
	if (peer[0]) {
		g_free(relay->peer);
		relay->peer = g_strdup(peer);
	}
	g_byte_array_set_size(in, 0);
	relay->state = relay->client.stream.ssl ? STATE_TLS : STATE_HEAD;
	return TRUE;
}

static gboolean step_tls(struct relay *relay)
{
	int result = stream_handshake(&relay->client.stream);

	if (result == 1)
		relay->state = STATE_HEAD;
	else if (result != STREAM_AGAIN)
		relay_refuse(relay, REFUSE_PEER);
	else /* which way is the handshake's business */
		loop_watch(relay->gateway->loop, &relay->client.watch,
				relay->client.stream.read_needs);
	return result == 1;
}

static gint64 unix_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static enum refusal let_in(struct relay *relay, const struct http_head *head)
{
	struct gateway *gateway = relay->gateway;
	const struct ticket *ticket;
	enum refusal refusal = admit_request(&relay->request, head, gateway->config, gateway->keys);

	if (refusal)
		return refusal;
	if (gateway->draining)
		return REFUSE_DRAINING;
	ticket = relay->request.ticket;
	if (ticket->authority && !g_hash_table_contains(gateway->authorities, ticket->authority))
		return REFUSE_AUTHORITY;
	refusal = sessions_join(gateway->sessions, ticket, unix_s(), &relay->member);
	relay->joined = !refusal;
	relay->channels = ticket->channels;
	return refusal;
}

static gboolean step_head(struct relay *relay)
{
	GByteArray *in = relay->input;
	guint8 bytes[4096];
	struct http_head head;
	enum refusal refusal;
	gssize n = stream_read(&relay->client.stream, bytes,
			MIN(sizeof bytes, HTTP_HEAD_MAX_BYTES - in->len));

	if (n == STREAM_AGAIN)
		return FALSE;
	if (n <= 0) {
		relay_refuse(relay, REFUSE_PEER);
		return FALSE;
	}
	g_byte_array_append(in, bytes, (guint)n);
	switch (http_head_parse(&head, (const char *)in->data, in->len)) {
	case HTTP_MORE: return TRUE;
	case HTTP_OK: refusal = let_in(relay, &head); break;
	default: refusal = REFUSE_HEAD; break;
	}
	if (refusal) {
		relay_refuse(relay, refusal);
		return FALSE;
	}
	relay->head = admit_answer(&relay->request, &head);
	g_byte_array_remove_range(in, 0, (guint)head.size);
	desk_start(relay);
	return FALSE;
}

void hello_step(struct relay *relay)
{
	gboolean more = TRUE;

	while (more && relay->state <= STATE_HEAD) {
		if (relay->state == STATE_PROXY)
			more = step_proxy(relay);
		else if (relay->state == STATE_TLS)
			more = step_tls(relay);
		else
			more = step_head(relay);
	}
	if (relay->state == STATE_HEAD)
		side_watch(&relay->client, TRUE);
}

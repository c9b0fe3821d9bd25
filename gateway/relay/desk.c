/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include "net/tls.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static void next_address(struct relay *relay);

/* ---- the addresses ------------------------------------------------------- */

static void on_addresses(const struct address *addresses, guint n, gpointer data)
{
	struct relay *relay = data;

	relay->lookup = NULL;
	relay->addresses = g_array_new(FALSE, FALSE, sizeof(struct address));
	g_array_append_vals(relay->addresses, addresses, n);
	next_address(relay);
}

void desk_start(struct relay *relay)
{
	const struct ticket *ticket = relay->request.ticket;

	relay_set_state(relay, STATE_RESOLVE, relay->gateway->config->limits.connect_s);
	relay->lookup = resolver_look_up(relay->gateway->resolver, ticket->host, ticket->port,
			on_addresses, relay);
	/* A client that leaves now is noticed. */
	loop_watch(relay->gateway->loop, &relay->client.watch, EPOLLRDHUP);
}

/* A descriptor, or -1. */
static int begin_connect(const struct address *address)
{
	int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	stream_tune_desk(fd);
	if (connect(fd, (const struct sockaddr *)&address->storage, address->size) == 0 ||
			errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

/* The address that is connected to is the one that was checked: a name is looked up once. */
static void next_address(struct relay *relay)
{
	int fd = -1;

	side_close(&relay->desk);
	while (fd < 0 && relay->next_address < relay->addresses->len) {
		const struct address *a = &g_array_index(relay->addresses, struct address,
				relay->next_address++);

		if (!targets_allow(relay->gateway->config->targets,
				(const struct sockaddr *)&a->storage))
			continue;
		relay->any_allowed = TRUE;
		fd = begin_connect(a);
	}
	if (fd < 0) {
		relay_refuse(relay, relay->any_allowed || !relay->addresses->len ?
				REFUSE_UNREACHABLE : REFUSE_TARGET);
		return;
	}
	side_init(&relay->desk, relay, fd);
	relay->state = STATE_CONNECT;
	loop_watch(relay->gateway->loop, &relay->desk.watch, EPOLLOUT);
}

/* ---- a WebSocket there --------------------------------------------------- */

static gboolean send_upgrade(struct relay *relay)
{
	const struct ticket *t = relay->request.ticket;
	gboolean six = strchr(t->host, ':') != NULL;
	g_autofree char *key = NULL;
	guint8 nonce[16];
	char *text;
	gboolean ok;

	randombytes_buf(nonce, sizeof nonce);
	key = g_base64_encode(nonce, sizeof nonce);
	relay->expect = ws_accept(key, strlen(key));
	text = g_strdup_printf("GET %s HTTP/1.1\r\nHost: %s%s%s:%u\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\n"
			       "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n"
			       "Sec-WebSocket-Protocol: binary\r\n\r\n",
			t->path, six ? "[" : "", t->host, six ? "]" : "", t->port, key);
	ok = side_write(&relay->desk, text, strlen(text));
	ticket_text_free(text); /* the path holds a token */
	return ok;
}

static enum refusal check_upgrade(struct relay *relay, const struct http_head *head, guint status)
{
	const struct http_slice *accept = http_head_get(head, "sec-websocket-accept");
	const struct http_slice *protocol = http_head_get(head, "sec-websocket-protocol");

	if (status != 101 || !accept || !http_slice_is(*accept, relay->expect) ||
			(protocol && !http_slice_is(*protocol, "binary")))
		return REFUSE_UNREACHABLE;
	return REFUSE_NOTHING;
}

static void open_now(struct relay *relay, const guint8 *extra, gsize size)
{
	GByteArray *in = relay->input;

	relay->input = g_byte_array_new();
	pump_open(relay, in->data, in->len, extra, size);
	g_byte_array_unref(in);
}

static void step_upgrade(struct relay *relay)
{
	GByteArray *in = relay->answer;
	enum http_result result = HTTP_MORE;
	enum refusal refusal = REFUSE_UNREACHABLE;
	struct http_head head;
	guint8 bytes[4096];
	guint status = 0;
	gssize n = STREAM_AGAIN;

	if (side_flush(&relay->desk))
		n = stream_read(&relay->desk.stream, bytes,
				MIN(sizeof bytes, HTTP_HEAD_MAX_BYTES - in->len));
	else
		n = STREAM_ERROR;
	if (n > 0) {
		g_byte_array_append(in, bytes, (guint)n);
		result = http_answer_parse(&head, &status, (const char *)in->data, in->len);
	}
	if (n == STREAM_AGAIN || (n > 0 && result == HTTP_MORE)) {
		side_watch(&relay->desk, TRUE);
		return;
	}
	if (result == HTTP_OK)
		refusal = check_upgrade(relay, &head, status);
	if (refusal)
		relay_refuse(relay, refusal);
	else
		open_now(relay, in->data + head.size, in->len - head.size);
}

/* ---- steps --------------------------------------------------------------- */

/* TCP, and TLS where wanted, stand. */
static void reached(struct relay *relay)
{
	enum ticket_way way = relay->request.ticket->way;

	if (way == WAY_TCP || way == WAY_TLS) {
		open_now(relay, NULL, 0);
		return;
	}
	relay->state = STATE_DESK_UPGRADE;
	relay->desk.codec = CODEC_WS_CLIENT;
	relay->answer = g_byte_array_new();
	if (send_upgrade(relay))
		step_upgrade(relay);
	else
		relay_refuse(relay, REFUSE_UNREACHABLE);
}

static void step_tls(struct relay *relay)
{
	struct stream *stream = &relay->desk.stream;
	int result = stream_handshake(stream);

	if (result == STREAM_AGAIN)
		loop_watch(relay->gateway->loop, &relay->desk.watch, stream->read_needs);
	else if (result != 1 || !tls_is_expected(stream->ssl, relay->request.ticket->subject))
		relay_refuse(relay, result == 1 || SSL_get_verify_result(stream->ssl) != X509_V_OK ?
				REFUSE_UNTRUSTED :
				REFUSE_UNREACHABLE);
	else
		reached(relay);
}

static void start_tls(struct relay *relay)
{
	const struct ticket *ticket = relay->request.ticket;
	SSL_CTX *context = g_hash_table_lookup(relay->gateway->authorities, ticket->authority);

	if (!context) {
		relay_refuse(relay, REFUSE_AUTHORITY);
		return;
	}
	relay->state = STATE_DESK_TLS;
	if (stream_start_tls(&relay->desk.stream, context, FALSE) &&
			tls_expect(relay->desk.stream.ssl, ticket->host, ticket->subject))
		step_tls(relay);
	else
		relay_refuse(relay, REFUSE_UNTRUSTED);
}

static void step_connect(struct relay *relay)
{
	socklen_t size = sizeof(int);
	int problem = 0;

	if (getsockopt(relay->desk.stream.fd, SOL_SOCKET, SO_ERROR, &problem, &size) < 0 ||
			problem) {
		next_address(relay);
		return;
	}
	if (relay->request.ticket->authority)
		start_tls(relay);
	else
		reached(relay);
}

void desk_step(struct relay *relay)
{
	switch (relay->state) {
	case STATE_CONNECT: step_connect(relay); break;
	case STATE_DESK_TLS: step_tls(relay); break;
	case STATE_DESK_UPGRADE: step_upgrade(relay); break;
	default: break;
	}
}

/* The client, which has to wait, does not: its next bytes are the link message, or an end. */
void desk_hang_up(struct relay *relay)
{
	relay_refuse(relay, REFUSE_GONE);
}

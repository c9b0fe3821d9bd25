/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "check.h"

#include <osvdi-accel-protocol.h>
#include <osvdi-common/channel.h>

/* The acts of a channel so far. */
static struct {
	struct channel channel;
	uint8_t sent[1 << 14];
	size_t n_sent;
	uint8_t key[CHANNEL_KEY_SIZE];
	unsigned keys, opened, messages;
	uint16_t type;
	uint64_t sum;
	size_t bytes;
} it;

static void on_send(void *opaque, const uint8_t *data, size_t size)
{
	CHECK(size <= sizeof it.sent - it.n_sent);
	memcpy(it.sent + it.n_sent, data, size);
	it.n_sent += size;
}

static void on_key(void *opaque, const uint8_t *key)
{
	memcpy(it.key, key, sizeof it.key);
	it.keys++;
}

static void on_open(void *opaque)
{
	it.opened++;
}

static bool on_message(void *opaque, uint16_t type, const uint8_t *payload, size_t size)
{
	it.type = type;
	it.messages++;
	it.bytes = size;
	for (size_t i = 0; i < size; i++)
		it.sum += payload[i];
	return type != 666;
}

static void start(void)
{
	static const struct channel_ops ops = { on_send, on_key, on_open, on_message };
	const struct channel_offer offer = { .connection = 0x01020304, .type = 2, .id = 5,
		.caps = 0x803 };

	channel_finish(&it.channel);
	memset(&it, 0, sizeof it);
	channel_init(&it.channel, &ops, NULL);
	channel_start(&it.channel, &offer);
}

static size_t write_reply(uint8_t *out, uint32_t error, uint32_t caps)
{
	memset(out, 0, 16 + 178 + 4);
	memcpy(out, "REDQ", 4);
	osvdi_put32(out + 4, 2);
	osvdi_put32(out + 8, 2);
	osvdi_put32(out + 12, 178 + 4);
	osvdi_put32(out + 16, error);
	memset(out + 20, 0x5a, CHANNEL_KEY_SIZE);
	osvdi_put32(out + 16 + 166, 1);
	osvdi_put32(out + 16 + 174, 178);
	osvdi_put32(out + 16 + 178, caps);
	return 16 + 178 + 4;
}

static enum channel_error feed(const uint8_t *data, size_t size, size_t piece)
{
	enum channel_error error = CHANNEL_OK;

	for (size_t at = 0; at < size && error == CHANNEL_OK; at += piece)
		error = channel_feed(&it.channel, data + at, size - at < piece ? size - at : piece);
	return error;
}

static void open_channel(void)
{
	static const uint8_t ticket[CHANNEL_TICKET_SIZE] = { 7 };
	uint8_t reply[256], good[4] = { 0 };

	start();
	CHECK_EQUAL(feed(reply, write_reply(reply, 0, 0xb), 1000), CHANNEL_OK);
	CHECK(channel_login(&it.channel, ticket));
	CHECK_EQUAL(feed(good, 4, 4), CHANNEL_OK);
	it.n_sent = 0;
}

static size_t write_message(uint8_t *out, uint16_t type, uint32_t size)
{
	osvdi_put16(out, type);
	osvdi_put32(out + 2, size);
	memset(out + 6, 1, size);
	return 6 + size;
}

static void says_what_it_wants(void)
{
	start();
	CHECK_EQUAL(it.n_sent, 16 + 18 + 8);
	CHECK(memcmp(it.sent, "REDQ", 4) == 0);
	CHECK_EQUAL(osvdi_get32(it.sent + 12), 26);
	CHECK_EQUAL(osvdi_get32(it.sent + 16), 0x01020304);
	CHECK_EQUAL(it.sent[20], 2);
	CHECK_EQUAL(it.sent[21], 5);
	/* selection, SPICE's login, mini headers */
	CHECK_EQUAL(osvdi_get32(it.sent + 16 + 18), 0xb);
	CHECK_EQUAL(osvdi_get32(it.sent + 16 + 22), 0x803);
}

static void logs_in(void)
{
	uint8_t reply[256], ticket[CHANNEL_TICKET_SIZE], good[4] = { 0 };
	size_t n = write_reply(reply, 0, 0xb);

	memset(ticket, 3, sizeof ticket);
	for (size_t piece = 1; piece <= n; piece++) {
		start();
		it.n_sent = 0;
		CHECK(!channel_login(&it.channel, ticket));
		CHECK_EQUAL(feed(reply, n, piece), CHANNEL_OK);
		CHECK_EQUAL(it.keys, 1);
		CHECK_EQUAL(it.key[CHANNEL_KEY_SIZE - 1], 0x5a);
		CHECK(channel_login(&it.channel, ticket));
		CHECK(!channel_login(&it.channel, ticket));
		CHECK_EQUAL(it.n_sent, 4 + CHANNEL_TICKET_SIZE);
		CHECK_EQUAL(osvdi_get32(it.sent), 1);
		CHECK_EQUAL(it.sent[4], 3);
		CHECK(!channel_send(&it.channel, 101, ticket, 4));
		CHECK_EQUAL(feed(good, 4, 1), CHANNEL_OK);
		CHECK_EQUAL(it.opened, 1);
		CHECK(channel_send(&it.channel, 101, ticket, 4));
	}
}

/* A server that cannot select wants the ticket alone. */
static void logs_in_without_selection(void)
{
	static const uint8_t ticket[CHANNEL_TICKET_SIZE] = { 9 };
	uint8_t reply[256];

	start();
	it.n_sent = 0;
	CHECK_EQUAL(feed(reply, write_reply(reply, 0, 0x8), 50), CHANNEL_OK);
	CHECK(channel_login(&it.channel, ticket));
	CHECK_EQUAL(it.n_sent, CHANNEL_TICKET_SIZE);
	CHECK_EQUAL(it.sent[0], 9);
}

static void names_refusals(void)
{
	static const struct {
		uint32_t result;
		enum channel_error error;
	} cases[] = { { 1, CHANNEL_REFUSED }, { 2, CHANNEL_NOT_SPICE }, { 4, CHANNEL_BAD_VERSION },
		{ 5, CHANNEL_NEEDS_TLS }, { 7, CHANNEL_DENIED }, { 8, CHANNEL_REFUSED },
		{ 4000, CHANNEL_REFUSED } };
	uint8_t reply[256], result[4];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		start();
		CHECK_EQUAL(feed(reply, write_reply(reply, cases[i].result, 0xb), 33),
				cases[i].error);
		CHECK_EQUAL(channel_feed(&it.channel, reply, 1), CHANNEL_BROKEN);
		start();
		CHECK_EQUAL(feed(reply, write_reply(reply, 0, 0xb), 33), CHANNEL_OK);
		CHECK(channel_login(&it.channel, reply));
		osvdi_put32(result, cases[i].result);
		CHECK_EQUAL(feed(result, 4, 3), cases[i].error);
		CHECK_EQUAL(it.opened, 0);
	}
}

static void names_what_is_no_spice(void)
{
	const uint8_t http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	uint8_t reply[256];
	size_t n;

	start();
	CHECK_EQUAL(feed(http, sizeof http - 1, 1), CHANNEL_NOT_SPICE);
	start();
	n = write_reply(reply, 0, 0xb);
	osvdi_put32(reply + 4, 1);
	CHECK_EQUAL(feed(reply, n, n), CHANNEL_BAD_VERSION);
	start();
	/* no mini headers */
	CHECK_EQUAL(feed(reply, write_reply(reply, 0, 0x3), 7), CHANNEL_BAD_VERSION);
}

static void refuses_damaged_replies(void)
{
	uint8_t reply[256];
	size_t n = write_reply(reply, 0, 0xb);

	start();
	osvdi_put32(reply + 12, 3);
	CHECK_EQUAL(feed(reply, n, n), CHANNEL_DAMAGED);
	start();
	osvdi_put32(reply + 12, UINT32_MAX);
	CHECK_EQUAL(feed(reply, n, n), CHANNEL_DAMAGED);
	start();
	write_reply(reply, 0, 0xb);
	osvdi_put32(reply + 16 + 166, UINT32_MAX / 4 + 2);
	CHECK_EQUAL(feed(reply, n, n), CHANNEL_DAMAGED);
	start();
	write_reply(reply, 0, 0xb);
	osvdi_put32(reply + 16 + 174, 181);
	CHECK_EQUAL(feed(reply, n, n), CHANNEL_DAMAGED);
	start();
	n = write_reply(reply, 0, 0xb);
	reply[n] = 0; /* before anybody logged in */
	CHECK_EQUAL(feed(reply, n + 1, n + 1), CHANNEL_DAMAGED);
}

static void takes_messages(void)
{
	static uint8_t data[300000];
	size_t n = 0;

	n += write_message(data + n, 101, 0);
	n += write_message(data + n, 102, 5);
	n += write_message(data + n, 103, 200000);
	n += write_message(data + n, 104, 1);
	for (size_t piece = 1; piece <= n; piece = piece < 40 ? piece + 1 : piece * 3) {
		open_channel();
		CHECK_EQUAL(feed(data, n, piece), CHANNEL_OK);
		CHECK_EQUAL(it.messages, 4);
		CHECK_EQUAL(it.type, 104);
		CHECK_EQUAL(it.sum, 200006);
		CHECK_EQUAL(it.channel.size, 0);
	}
}

/* Two lists of capabilities stand in the server's answer, one behind the other. */
static void reads_capabilities(void)
{
	static const struct {
		uint32_t n_common, n_own, offset, size;
		enum channel_error error;
		uint32_t caps;
	} cases[] = {
		{ 1, 1, 178, 8, CHANNEL_OK, 0x1002 },
		{ 1, 0, 178, 8, CHANNEL_OK, 0 },
		{ 1, 2, 178, 12, CHANNEL_OK, 0x1002 },
		{ 2, 1, 178, 12, CHANNEL_OK, 0x1003 },
		{ 0, 1, 178, 8, CHANNEL_BAD_VERSION, 0xb }, /* no short headers */
		{ 1, 1, 178, 4, CHANNEL_DAMAGED, 0 },
		{ 1, 2, 178, 8, CHANNEL_DAMAGED, 0 },
		{ 1, 0xffffffff, 178, 8, CHANNEL_DAMAGED, 0 },
		{ 0xffffffff, 1, 178, 8, CHANNEL_DAMAGED, 0 },
		{ 0, 1, 0xfffffffc, 8, CHANNEL_DAMAGED, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t reply[256];

		start();
		write_reply(reply, 0, 0xb);
		osvdi_put32(reply + 12, 178 + cases[i].size);
		osvdi_put32(reply + 16 + 166, cases[i].n_common);
		osvdi_put32(reply + 16 + 170, cases[i].n_own);
		osvdi_put32(reply + 16 + 174, cases[i].offset);
		osvdi_put32(reply + 16 + 182, 0x1002);
		osvdi_put32(reply + 16 + 186, 0x1003);
		CHECK_EQUAL(feed(reply, 16 + 178 + cases[i].size, 1000), cases[i].error);
		CHECK_EQUAL(channel_caps(&it.channel), cases[i].caps);
	}
}

/* Answers and messages at the edge of what can be. */
static void knows_bounds(void)
{
	static const struct {
		uint32_t size, result, n_common, offset;
		enum channel_error error;
	} replies[] = {
		{ 3, 5, 0, 0, CHANNEL_DAMAGED },
		{ 4, 5, 0, 0, CHANNEL_NEEDS_TLS }, /* a refusal, and no more */
		{ 4, 0, 0, 0, CHANNEL_DAMAGED },
		{ 177, 0, 0, 0, CHANNEL_DAMAGED },
		{ 178, 0, 0, 0, CHANNEL_BAD_VERSION }, /* no capability: a server of old */
		{ 178, 0, 0, 0xffffffff, CHANNEL_BAD_VERSION }, /* of which none has a place */
		{ 4096, 0, 1, 4092, CHANNEL_OK },
		{ 4096, 0, 1, 4093, CHANNEL_DAMAGED },
		{ 4097, 0, 1, 178, CHANNEL_DAMAGED },
		{ 0xffffffff, 0, 1, 178, CHANNEL_DAMAGED },
	};
	static const struct {
		uint16_t type;
		uint32_t size;
		enum channel_error error;
	} messages[] = {
		{ 3, 7, CHANNEL_DAMAGED }, { 3, 8, CHANNEL_OK },
		{ 4, 11, CHANNEL_DAMAGED }, { 4, 12, CHANNEL_OK },
		{ 101, 0, CHANNEL_OK },
	};
	uint8_t data[16 + 4100];

	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		memset(data, 0xb, sizeof data); /* capabilities wherever they are */
		start();
		write_reply(data, replies[i].result, 0xb);
		osvdi_put32(data + 12, replies[i].size);
		osvdi_put32(data + 16 + 166, replies[i].n_common);
		osvdi_put32(data + 16 + 174, replies[i].offset);
		CHECK_EQUAL(feed(data, 16 + (replies[i].size > 4100 ? 0 : replies[i].size), 7),
				replies[i].error);
	}
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		open_channel();
		CHECK_EQUAL(feed(data, write_message(data, messages[i].type, messages[i].size), 99),
				messages[i].error);
	}
}

static void refuses_messages(void)
{
	uint8_t data[16];

	open_channel();
	write_message(data, 101, 0);
	osvdi_put32(data + 2, CHANNEL_MAX_MESSAGE + 1);
	CHECK_EQUAL(feed(data, 6, 6), CHANNEL_TOO_LONG);
	open_channel();
	CHECK_EQUAL(feed(data, write_message(data, 666, 0), 6), CHANNEL_DAMAGED);
	CHECK_EQUAL(feed(data, 6, 6), CHANNEL_BROKEN);
	open_channel();
	CHECK_EQUAL(feed(data, write_message(data, 4, 8), 20), CHANNEL_DAMAGED); /* half a ping */
	open_channel();
	CHECK_EQUAL(feed(data, write_message(data, 3, 4), 20), CHANNEL_DAMAGED);
	open_channel();
	write_message(data, 101, 0);
	osvdi_put32(data + 2, CHANNEL_MAX_MESSAGE);
	CHECK_EQUAL(feed(data, 6, 1), CHANNEL_OK);
	CHECK(it.channel.capacity <= 4096); /* memory goes with what came */
}

static void answers_pings(void)
{
	uint8_t data[64];

	open_channel();
	CHECK_EQUAL(feed(data, write_message(data, 4, 40), 9), CHANNEL_OK);
	CHECK_EQUAL(it.messages, 0);
	CHECK_EQUAL(it.n_sent, 6 + 12);
	CHECK_EQUAL(osvdi_get16(it.sent), 3);
	CHECK_EQUAL(osvdi_get32(it.sent + 2), 12);
	CHECK_EQUAL(it.sent[6], 1);
}

static void acknowledges(void)
{
	uint8_t data[64];
	size_t n = write_message(data, 3, 8);

	open_channel();
	osvdi_put32(data + 6, 77);
	osvdi_put32(data + 10, 3);
	CHECK_EQUAL(feed(data, n, n), CHANNEL_OK);
	CHECK_EQUAL(it.n_sent, 10);
	CHECK_EQUAL(osvdi_get16(it.sent), 1);
	CHECK_EQUAL(osvdi_get32(it.sent + 6), 77);
	it.n_sent = 0;
	n = write_message(data, 101, 0);
	for (unsigned i = 1; i <= 9; i++) {
		CHECK_EQUAL(feed(data, n, n), CHANNEL_OK);
		CHECK_EQUAL(it.n_sent, i / 3 * 6);
	}
	CHECK_EQUAL(osvdi_get16(it.sent), 2);
	CHECK_EQUAL(it.messages, 9);
}

static void sends(void)
{
	static uint8_t payload[CHANNEL_MAX_SEND + 1] = { 42 };

	open_channel();
	CHECK(channel_send(&it.channel, 113, payload, CHANNEL_MAX_SEND));
	CHECK_EQUAL(it.n_sent, 6 + CHANNEL_MAX_SEND);
	CHECK_EQUAL(osvdi_get16(it.sent), 113);
	CHECK_EQUAL(osvdi_get32(it.sent + 2), CHANNEL_MAX_SEND);
	CHECK_EQUAL(it.sent[6], 42);
	CHECK(!channel_send(&it.channel, 113, payload, CHANNEL_MAX_SEND + 1));
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "knows bounds", knows_bounds },
		{ "says what it wants", says_what_it_wants },
		{ "logs in", logs_in },
		{ "logs in without selection", logs_in_without_selection },
		{ "names refusals", names_refusals },
		{ "names what is no SPICE", names_what_is_no_spice },
		{ "refuses damaged replies", refuses_damaged_replies },
		{ "takes messages", takes_messages },
		{ "reads capabilities", reads_capabilities },
		{ "refuses messages", refuses_messages },
		{ "answers pings", answers_pings },
		{ "acknowledges", acknowledges },
		{ "sends", sends },
	};

	return check_run(cases, sizeof cases / sizeof *cases);
}

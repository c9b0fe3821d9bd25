/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "wire/ext-messages.h"

struct seen {
	unsigned hellos, acks, pings, keys, preferences;
	struct osvdi_client_hello hello;
	struct osvdi_ack ack;
	struct osvdi_ping ping;
	struct osvdi_key_frame key;
	struct osvdi_preferences preference;
};

static void on_hello(void *opaque, const struct osvdi_client_hello *m)
{
	struct seen *s = opaque;

	s->hellos++;
	s->hello = *m;
}

static void on_ack(void *opaque, const struct osvdi_ack *m)
{
	struct seen *s = opaque;

	s->acks++;
	s->ack = *m;
}

static void on_ping(void *opaque, const struct osvdi_ping *m)
{
	struct seen *s = opaque;

	s->pings++;
	s->ping = *m;
}

static void on_key(void *opaque, const struct osvdi_key_frame *m)
{
	struct seen *s = opaque;

	s->keys++;
	s->key = *m;
}

static void on_preferences(void *opaque, const struct osvdi_preferences *m)
{
	struct seen *s = opaque;

	s->preferences++;
	s->preference = *m;
}

static void on_monitors(void *opaque, const struct osvdi_monitors *m)
{
	g_assert_cmpuint(m->n, <=, OSVDI_MONITORS_MAX);
}

static const struct ext_message_ops ops = { on_hello, on_ack, on_ping, on_key, on_preferences,
	on_monitors };

static size_t write_hello(uint8_t *out)
{
	struct osvdi_client_hello hello = { .version = 1, .caps = OSVDI_CAP_ACK,
		.refresh_mhz = 59940, .max_width = 4096, .max_height = 2304 };

	return osvdi_write_client_hello(out, &hello);
}

static size_t write_all(uint8_t *out)
{
	struct osvdi_ack ack = { 1, OSVDI_ACK_DROPPED, UINT64_C(0x1122334455667788), 2, 3, 4 };
	struct osvdi_ping ping = { 77, UINT64_C(0x99aabbccddeeff00) };
	struct osvdi_key_frame key = { 3 };
	struct osvdi_preferences preferences = { 30000, 5000, 0 };
	size_t n = write_hello(out);

	n += osvdi_write_ack(out + n, &ack);
	n += osvdi_write_ping(out + n, &ping);
	n += osvdi_write_key_frame(out + n, &key);
	n += osvdi_write_preferences(out + n, &preferences);
	return n;
}

static void check_all(const struct seen *s)
{
	g_assert_cmpuint(s->hellos, ==, 1);
	g_assert_cmpuint(s->hello.max_height, ==, 2304);
	g_assert_cmpuint(s->acks, ==, 1);
	g_assert_cmpuint(s->ack.frame, ==, UINT64_C(0x1122334455667788));
	g_assert_cmpuint(s->ack.presented_us, ==, 4);
	g_assert_cmpuint(s->ack.flags, ==, OSVDI_ACK_DROPPED);
	g_assert_cmpuint(s->pings, ==, 1);
	g_assert_cmpuint(s->ping.time_us, ==, UINT64_C(0x99aabbccddeeff00));
	g_assert_cmpuint(s->keys, ==, 1);
	g_assert_cmpuint(s->key.display, ==, 3);
	g_assert_cmpuint(s->preferences, ==, 1);
	g_assert_cmpuint(s->preference.max_kbps, ==, 5000);
}

/* In pieces of every size. */
static void test_split(void)
{
	uint8_t bytes[256];
	size_t size = write_all(bytes);

	for (size_t piece = 1; piece <= size; piece++) {
		struct stream m = { 0 };
		struct seen s = { 0 };
		const char *why = NULL;

		for (size_t at = 0; at < size; at += piece)
			g_assert_true(ext_messages_feed(&m, bytes + at, MIN(piece, size - at),
					&ops, &s, &why));
		check_all(&s);
		g_assert_cmpuint(m.size, ==, 0);
		stream_finish(&m);
	}
}

/* More than the buffer holds in one call. */
static void test_many(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct stream m = { 0 };
	struct seen s = { 0 };
	const char *why = NULL;
	uint8_t out[64];

	g_byte_array_append(bytes, out, (guint)write_hello(out));
	for (uint32_t i = 0; i < 1000; i++) {
		struct osvdi_ping ping = { i, i };

		g_byte_array_append(bytes, out, (guint)osvdi_write_ping(out, &ping));
	}
	g_assert_true(ext_messages_feed(&m, bytes->data, bytes->len, &ops, &s, &why));
	g_assert_cmpuint(s.pings, ==, 1000);
	g_assert_cmpuint(s.ping.id, ==, 999);
	stream_finish(&m);
}

/* The longest that is allowed, of a type that nobody knows, is passed over. */
static void test_unknown_type(void)
{
	g_autofree uint8_t *bytes = g_malloc0(OSVDI_MSG_HEADER_SIZE + OSVDI_ACCEL_MAX_FROM_CLIENT);
	struct stream m = { 0 };
	struct seen s = { 0 };
	const char *why = NULL;
	uint8_t out[64];

	g_assert_true(ext_messages_feed(&m, out, write_hello(out), &ops, &s, &why));
	osvdi_msg_begin(bytes, 99, OSVDI_ACCEL_MAX_FROM_CLIENT);
	g_assert_true(ext_messages_feed(&m, bytes,
			OSVDI_MSG_HEADER_SIZE + OSVDI_ACCEL_MAX_FROM_CLIENT, &ops, &s, &why));
	g_assert_cmpuint(m.size, ==, 0);
	stream_finish(&m);
}

/* A longer message of a newer version: what we know of it is read. */
static void test_longer(void)
{
	uint8_t bytes[64] = { 0 };
	struct stream m = { 0 };
	struct seen s = { 0 };
	const char *why = NULL;

	write_hello(bytes);
	osvdi_put32(bytes, OSVDI_CLIENT_HELLO_SIZE + 12);
	g_assert_true(ext_messages_feed(&m, bytes,
			OSVDI_MSG_HEADER_SIZE + OSVDI_CLIENT_HELLO_SIZE + 12, &ops, &s, &why));
	g_assert_cmpuint(s.hellos, ==, 1);
	stream_finish(&m);
}

static void refuse(const uint8_t *bytes, size_t size, bool greet)
{
	struct stream m = { 0 };
	struct seen s = { 0 };
	const char *why = NULL;
	uint8_t out[64];

	if (greet)
		g_assert_true(ext_messages_feed(&m, out, write_hello(out), &ops, &s, &why));
	memset(&s, 0, sizeof s);
	g_assert_false(ext_messages_feed(&m, bytes, size, &ops, &s, &why));
	g_assert_nonnull(why);
	/* and nothing is believed after it */
	g_assert_false(ext_messages_feed(&m, out, write_hello(out), &ops, &s, &why));
	g_assert_cmpuint(s.hellos + s.acks + s.pings + s.keys + s.preferences, ==, 0);
	stream_finish(&m);
}

static void test_hostile(void)
{
	static const uint16_t types[] = { OSVDI_MSG_CLIENT_HELLO, OSVDI_MSG_ACK, OSVDI_MSG_PING,
		OSVDI_MSG_KEY_FRAME, OSVDI_MSG_PREFERENCES };
	uint8_t bytes[64] = { 0 };

	for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) { /* too short */
		osvdi_msg_begin(bytes, types[i], 3);
		refuse(bytes, OSVDI_MSG_HEADER_SIZE + 3, true);
	}
	osvdi_msg_begin(bytes, OSVDI_MSG_ACK, OSVDI_ACCEL_MAX_FROM_CLIENT + 1); /* too long */
	refuse(bytes, OSVDI_MSG_HEADER_SIZE, true);
	osvdi_msg_begin(bytes, 77, UINT32_MAX);
	refuse(bytes, OSVDI_MSG_HEADER_SIZE, true);
	osvdi_msg_begin(bytes, OSVDI_MSG_PING, OSVDI_PING_SIZE); /* before the hello */
	refuse(bytes, OSVDI_MSG_HEADER_SIZE + OSVDI_PING_SIZE, false);
	memset(bytes, 0, sizeof bytes);
	osvdi_msg_begin(bytes, OSVDI_MSG_CLIENT_HELLO, OSVDI_CLIENT_HELLO_SIZE); /* version 0 */
	refuse(bytes, OSVDI_MSG_HEADER_SIZE + OSVDI_CLIENT_HELLO_SIZE, false);
}

static void test_garbage(void)
{
	for (int round = 0; round < 5000; round++) {
		struct stream m = { 0 };
		struct seen s = { 0 };
		const char *why = NULL;
		uint8_t bytes[200];

		for (unsigned i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)g_test_rand_int_range(0, round % 3 ? 256 : 6);
		if (round % 2)
			write_hello(bytes);
		for (unsigned i = 0; i < sizeof bytes; i += 20)
			ext_messages_feed(&m, bytes + i, 20, &ops, &s, &why);
		g_assert_cmpuint(m.size, <, OSVDI_MSG_HEADER_SIZE + OSVDI_ACCEL_MAX_FROM_CLIENT);
		stream_finish(&m);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ext-messages/split", test_split);
	g_test_add_func("/ext-messages/many", test_many);
	g_test_add_func("/ext-messages/unknown-type", test_unknown_type);
	g_test_add_func("/ext-messages/longer", test_longer);
	g_test_add_func("/ext-messages/hostile", test_hostile);
	g_test_add_func("/ext-messages/garbage", test_garbage);
	return g_test_run();
}

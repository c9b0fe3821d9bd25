/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "port-parser.h"

struct seen {
	guint hellos, pongs;
	struct osvdi_server_hello hello;
	struct osvdi_pong pong;
};

static void on_hello(const struct osvdi_server_hello *hello, gpointer data)
{
	struct seen *seen = data;

	seen->hellos++;
	seen->hello = *hello;
}

static void on_pong(const struct osvdi_pong *pong, gpointer data)
{
	struct seen *seen = data;

	seen->pongs++;
	seen->pong = *pong;
}

static const struct port_handlers handlers = { on_hello, on_pong };

static gsize write_conversation(guint8 *out)
{
	struct osvdi_server_hello hello = { 1, OSVDI_CAP_ACK, 60000, 77 };
	struct osvdi_pong pong = { 5, 100, 200 };
	gsize n = osvdi_write_server_hello(out, &hello);

	/* A type and bytes of a later version. */
	n += osvdi_msg_begin(out + n, 900, 3);
	n += 3;
	return n + osvdi_write_pong(out + n, &pong);
}

static void test_pieces(void)
{
	guint8 bytes[256] = { 0 };
	gsize size = write_conversation(bytes), step, at;

	for (step = 1; step <= size; step++) {
		struct seen seen = { 0 };
		struct port_parser parser;

		port_parser_init(&parser);
		for (at = 0; at < size; at += step)
			g_assert_true(port_parser_feed(&parser, bytes + at, MIN(step, size - at), &handlers, &seen));
		g_assert_cmpuint(seen.hellos, ==, 1);
		g_assert_cmpuint(seen.hello.time_us, ==, 77);
		g_assert_cmpuint(seen.pongs, ==, 1);
		g_assert_cmpuint(seen.pong.ping_time_us, ==, 100);
		g_assert_cmpuint(parser.bytes->len, ==, 0);
		port_parser_finish(&parser);
	}
}

static void refuse(const guint8 *bytes, gsize size)
{
	struct seen seen = { 0 };
	struct port_parser parser;

	port_parser_init(&parser);
	g_assert_false(port_parser_feed(&parser, bytes, size, &handlers, &seen));
	port_parser_finish(&parser);
}

static void test_refused(void)
{
	struct osvdi_pong pong = { 5, 100, 200 };
	guint8 bytes[64] = { 0 };

	refuse(bytes, osvdi_write_pong(bytes, &pong)); /* before the hello */
	osvdi_msg_begin(bytes, OSVDI_MSG_SERVER_HELLO, OSVDI_SERVER_HELLO_SIZE - 1);
	refuse(bytes, OSVDI_MSG_HEADER_SIZE + OSVDI_SERVER_HELLO_SIZE - 1);
	osvdi_msg_begin(bytes, OSVDI_MSG_SERVER_HELLO, OSVDI_ACCEL_MAX_FROM_SERVER + 1);
	refuse(bytes, OSVDI_MSG_HEADER_SIZE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/port/pieces", test_pieces);
	g_test_add_func("/port/refused", test_refused);
	return g_test_run();
}

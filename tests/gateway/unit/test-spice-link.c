/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/proxy-header.h"
#include "core/spice-link.h"

#include <spice/protocol.h>
#include <string.h>

struct message {
	SpiceLinkHeader header;
	SpiceLinkMess mess;
	guint32 caps[2];
} __attribute__((packed));

static struct message make(void)
{
	struct message m = {
		.header = { SPICE_MAGIC, GUINT32_TO_LE(2), GUINT32_TO_LE(2),
			GUINT32_TO_LE(sizeof(SpiceLinkMess) + 8) },
		.mess = { GUINT32_TO_LE(5), SPICE_CHANNEL_USBREDIR, 3, GUINT32_TO_LE(1),
			GUINT32_TO_LE(1),
				GUINT32_TO_LE(sizeof(SpiceLinkMess)) },
	};

	return m;
}

static void test_good(void)
{
	struct message m = make();
	struct link link;

	for (gsize n = 0; n < sizeof m; n++)
		g_assert_cmpint(link_parse(&link, (const guint8 *)&m, n), ==, LINK_MORE);
	g_assert_cmpint(link_parse(&link, (const guint8 *)&m, sizeof m), ==, LINK_OK);
	g_assert_cmpuint(link.channel_type, ==, SPICE_CHANNEL_USBREDIR);
	g_assert_cmpuint(link.channel_id, ==, 3);
	g_assert_cmpuint(link.connection_id, ==, 5);
	g_assert_cmpuint(link.size, ==, sizeof m);
	g_assert_false(link_is_new_session(&link));
	m.mess.channel_type = SPICE_CHANNEL_MAIN;
	link_parse(&link, (const guint8 *)&m, sizeof m);
	g_assert_false(link_is_new_session(&link));
	m.mess.connection_id = 0;
	link_parse(&link, (const guint8 *)&m, sizeof m);
	g_assert_true(link_is_new_session(&link));
}

static void expect_bad(const struct message *m, gsize size)
{
	struct link link;

	g_assert_cmpint(link_parse(&link, (const guint8 *)m, size), ==, LINK_BAD);
}

static void test_bad(void)
{
	struct message m = make();

	m.header.magic = 0;
	expect_bad(&m, 1);
	m = make();
	m.header.major_version = GUINT32_TO_LE(1);
	expect_bad(&m, sizeof m.header);
	m = make();
	m.header.size = GUINT32_TO_LE(LINK_MAX_BYTES);
	expect_bad(&m, sizeof m.header);
	m.header.size = GUINT32_TO_LE(G_MAXUINT32);
	expect_bad(&m, sizeof m.header);
	m.header.size = GUINT32_TO_LE(sizeof(SpiceLinkMess) - 1);
	expect_bad(&m, sizeof m.header);
	m = make();
	m.mess.num_common_caps = GUINT32_TO_LE(2);
	expect_bad(&m, sizeof m);
	m.mess.num_common_caps = GUINT32_TO_LE(0x40000000);
	expect_bad(&m, sizeof m);
	m = make();
	m.mess.caps_offset = GUINT32_TO_LE(4);
	expect_bad(&m, sizeof m);
	m.mess.caps_offset = GUINT32_TO_LE(G_MAXUINT32);
	expect_bad(&m, sizeof m);
}

/* Reads the refusal as a client does. */
static void test_refusal(void)
{
	guint8 bytes[LINK_REFUSAL_BYTES];
	gsize n = link_refusal(bytes);
	SpiceLinkHeader header;
	SpiceLinkReply reply;
	struct link_reply follow = { 0 };

	memcpy(&header, bytes, sizeof header);
	memcpy(&reply, bytes + sizeof header, sizeof reply);
	g_assert_cmpuint(header.magic, ==, SPICE_MAGIC);
	g_assert_cmpuint(sizeof header + GUINT32_FROM_LE(header.size), ==, n);
	g_assert_cmpuint(GUINT32_FROM_LE(reply.error), ==, SPICE_LINK_ERR_PERMISSION_DENIED);
	g_assert_cmpint(link_reply_follow(&follow, bytes, n), ==, LINK_DENIED);
}

static enum link_state follow(const guint8 *bytes, gsize size, gsize piece)
{
	enum link_state state = LINK_WAITING;
	struct link_reply reply = { 0 };

	for (gsize at = 0; at < size; at += piece)
		state = link_reply_follow(&reply, bytes + at, MIN(piece, size - at));
	return state;
}

static void test_reply(void)
{
	guint8 bytes[sizeof(SpiceLinkHeader) + sizeof(SpiceLinkReply) + 8 + 4 + 100] = { 0 };
	SpiceLinkHeader header = { SPICE_MAGIC, GUINT32_TO_LE(2), GUINT32_TO_LE(2),
		GUINT32_TO_LE(sizeof(SpiceLinkReply) + 8) };
	gsize result = sizeof bytes - 104;

	memcpy(bytes, &header, sizeof header);
	for (gsize piece = 1; piece <= sizeof bytes; piece++) {
		g_assert_cmpint(follow(bytes, result, piece), ==, LINK_WAITING);
		g_assert_cmpint(follow(bytes, sizeof bytes, piece), ==, LINK_ACCEPTED);
		bytes[result] = SPICE_LINK_ERR_PERMISSION_DENIED;
		g_assert_cmpint(follow(bytes, sizeof bytes, piece), ==, LINK_DENIED);
		bytes[result] = 0;
	}
	bytes[0] = 'X';
	g_assert_cmpint(follow(bytes, sizeof bytes, 7), ==, LINK_UNKNOWN);
	bytes[0] = 'R';
	memset(bytes + 12, 0xff, 4);
	g_assert_cmpint(follow(bytes, sizeof bytes, 7), ==, LINK_UNKNOWN);
}

static void test_proxy_header(void)
{
	static const char start[] = "\r\n\r\n\0\r\nQUIT\n";
	guint8 bytes[64] = { 0 };
	char peer[PEER_TEXT_BYTES];
	gsize taken;

	memcpy(bytes, start, 12);
	memcpy(bytes + 12, "\x21\x11\0\x0c\xc0\0\2\x01\xc0\0\2\x02\0\x50\x01\xbb", 16);
	for (gsize n = 0; n < 28; n++)
		g_assert_cmpint(proxy_header_parse(bytes, n, peer, &taken), ==, PROXY_MORE);
	g_assert_cmpint(proxy_header_parse(bytes, 64, peer, &taken), ==, PROXY_OK);
	g_assert_cmpstr(peer, ==, "192.0.2.1 80");
	g_assert_cmpuint(taken, ==, 28);
	bytes[12] = 0x20;
	g_assert_cmpint(proxy_header_parse(bytes, 64, peer, &taken), ==, PROXY_OK);
	g_assert_cmpstr(peer, ==, "");
	bytes[12] = 0x31;
	g_assert_cmpint(proxy_header_parse(bytes, 64, peer, &taken), ==, PROXY_BAD);
	bytes[12] = 0x21;
	bytes[13] = 0x21; /* IPv6 needs 36 */
	g_assert_cmpint(proxy_header_parse(bytes, 64, peer, &taken), ==, PROXY_BAD);
	bytes[15] = 36;
	bytes[52] = 1;
	bytes[53] = 1;
	g_assert_cmpint(proxy_header_parse(bytes, 64, peer, &taken), ==, PROXY_OK);
	g_assert_nonnull(strchr(peer, ':'));
	bytes[14] = 0xff;
	g_assert_cmpint(proxy_header_parse(bytes, 16, peer, &taken), ==, PROXY_BAD);
	g_assert_cmpint(proxy_header_parse((const guint8 *)"GET / HTTP/1.1\r\n", 16, peer, &taken),
			==, PROXY_BAD);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway/spice-link/good", test_good);
	g_test_add_func("/gateway/spice-link/bad", test_bad);
	g_test_add_func("/gateway/spice-link/refusal", test_refusal);
	g_test_add_func("/gateway/spice-link/reply", test_reply);
	g_test_add_func("/gateway/proxy-header", test_proxy_header);
	return g_test_run();
}

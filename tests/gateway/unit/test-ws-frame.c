/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ws-frame.h"

#include <string.h>

/* Decodes in pieces of a size; data is joined, an end or error stops it. */
static struct ws_event decode(struct ws_decoder *d, const GByteArray *frames, gsize piece,
		GByteArray *out, guint *pings)
{
	struct ws_event event = { 0 };

	for (gsize at = 0; at < frames->len; at += piece) {
		gsize left = MIN(piece, frames->len - at);
		g_autofree guint8 *copy = g_memdup2(frames->data + at, left);
		guint8 *data = copy;

		while (left) {
			gsize n = ws_decode(d, data, left, &event);

			data += n;
			left -= n;
			if (event.type == WS_EVENT_DATA)
				g_byte_array_append(out, event.data, (guint)event.size);
			if (event.type == WS_EVENT_PING)
				(*pings)++;
			if (event.type == WS_EVENT_CLOSE || event.type == WS_EVENT_ERROR)
				return event;
		}
	}
	return event;
}

static void add_frame(GByteArray *frames, enum ws_opcode opcode, const void *data, gsize size,
		const guint8 *mask)
{
	guint8 header[WS_HEADER_MAX_BYTES];
	gsize n = ws_header(header, opcode, size, mask);
	guint at = 0, start;

	g_byte_array_append(frames, header, (guint)n);
	start = frames->len;
	g_byte_array_append(frames, data, (guint)size);
	if (mask)
		ws_mask(frames->data + start, size, mask, &at);
}

static void test_round(void)
{
	static const gsize sizes[] = { 0, 1, 7, 8, 125, 126, 127, 65535, 65536, 70001 },
			pieces[] = { 1, 3, 13, 4096, 1 << 20 };
	const guint8 mask[4] = { 0xde, 0xad, 0xbe, 0xef };
	g_autofree guint8 *bytes = g_malloc(70001);

	for (guint i = 0; i < 70001; i++)
		bytes[i] = (guint8)(i * 7 + i / 251);
	for (guint client = 0; client < 2; client++) {
		g_autoptr(GByteArray) frames = g_byte_array_new(), whole = g_byte_array_new();

		for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
			add_frame(frames, WS_OP_BINARY, bytes, sizes[i], client ? mask : NULL);
			add_frame(frames, WS_OP_PING, "ping", 4, client ? mask : NULL);
			g_byte_array_append(whole, bytes, (guint)sizes[i]);
		}
		for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
			g_autoptr(GByteArray) out = g_byte_array_new();
			struct ws_decoder d;
			guint pings = 0;

			ws_decoder_init(&d, client);
			decode(&d, frames, pieces[i], out, &pings);
			g_assert_cmpmem(out->data, out->len, whole->data, whole->len);
			g_assert_cmpuint(pings, ==, G_N_ELEMENTS(sizes));
		}
	}
}

static void test_close(void)
{
	g_autoptr(GByteArray) frames = g_byte_array_new(), out = g_byte_array_new();
	struct ws_decoder d;
	struct ws_event event;
	guint pings = 0;

	add_frame(frames, WS_OP_BINARY, "abc", 3, NULL);
	add_frame(frames, WS_OP_CLOSE, "\x0f\xa1taken", 7, NULL);
	ws_decoder_init(&d, FALSE);
	event = decode(&d, frames, 1000, out, &pings);
	g_assert_cmpint(event.type, ==, WS_EVENT_CLOSE);
	g_assert_cmpuint(event.code, ==, 4001);
	g_assert_cmpmem(out->data, out->len, "abc", 3);
	g_byte_array_set_size(frames, 0);
	add_frame(frames, WS_OP_CLOSE, "", 0, NULL);
	ws_decoder_init(&d, FALSE);
	event = decode(&d, frames, 1000, out, &pings);
	g_assert_cmpuint(event.code, ==, WS_CODE_NONE);
}

static void test_bad(void)
{
	static const struct {
		const char *bytes;
		gsize size;
		gboolean masked;
		guint16 code;
	} cases[] = {
		{ "\x82\x01x", 3, TRUE, 1002 },
		{ "\x82\x81\0\0\0\0x", 7, FALSE, 1002 },
		{ "\xa2\x01x", 3, FALSE, 1002 },
		{ "\x81\x01x", 3, FALSE, 1003 },
		{ "\x80\x01x", 3, FALSE, 1002 },
		{ "\x02\x01x\x82\x01x", 6, FALSE, 1002 },
		{ "\x83\x01x", 3, FALSE, 1002 },
		{ "\x8b\x01x", 3, FALSE, 1002 },
		{ "\x09\x01x", 3, FALSE, 1002 },
		{ "\x89\x7e\0\x7e", 4, FALSE, 1002 },
		{ "\x88\x01x", 3, FALSE, 1002 },
		{ "\x82\x7e\0\x7d", 4, FALSE, 1002 },
		{ "\x82\x7f\0\0\0\0\0\0\xff\xff", 10, FALSE, 1002 },
		{ "\x82\x7f\x80\0\0\0\0\x01\0\0", 10, FALSE, 1002 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GByteArray) frames = g_byte_array_new(), out = g_byte_array_new();
		struct ws_event event;
		struct ws_decoder d;
		guint pings = 0;

		g_byte_array_append(frames, (const guint8 *)cases[i].bytes, (guint)cases[i].size);
		ws_decoder_init(&d, cases[i].masked);
		event = decode(&d, frames, 1, out, &pings);
		g_test_message("case %u", i);
		g_assert_cmpint(event.type, ==, WS_EVENT_ERROR);
		g_assert_cmpuint(event.code, ==, cases[i].code);
	}
}

/* RFC 6455, 1.3 */
static void test_accept(void)
{
	static const char *const bad[] = { "", "dGhlIHNhbXBsZSBub25jZQ=",
		"dGhlIHNhbXBsZSBub25jZQ\r\n", "dGhlIHNhbXBsZSBub25jZSA=",
		"????????????????????????" };
	const char *key = "dGhlIHNhbXBsZSBub25jZQ==";
	g_autofree char *accept = ws_accept(key, strlen(key));

	g_assert_cmpstr(accept, ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(ws_accept(bad[i], strlen(bad[i])));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway/ws-frame/round", test_round);
	g_test_add_func("/gateway/ws-frame/close", test_close);
	g_test_add_func("/gateway/ws-frame/bad", test_bad);
	g_test_add_func("/gateway/ws-frame/accept", test_accept);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ws-frame.h"
#include "fuzz.h"

#include <string.h>

/* Frames decode to the same bytes however the network cuts them. */
static GByteArray *decode(const uint8_t *data, size_t size, gboolean masked, size_t piece,
		struct ws_event *last)
{
	GByteArray *out = g_byte_array_new();
	struct ws_decoder decoder;

	memset(last, 0, sizeof *last);
	ws_decoder_init(&decoder, masked);
	for (size_t at = 0; at < size; at += piece) {
		size_t left = MIN(piece, size - at);
		uint8_t *copy = g_memdup2(data + at, left), *p = copy;

		while (left) {
			size_t n = ws_decode(&decoder, p, left, last);

			g_assert_true(n <= left && (n || last->type != WS_EVENT_NONE));
			if (last->type == WS_EVENT_DATA) {
				g_assert_true(last->data >= p && last->data + last->size <= p + n);
				g_byte_array_append(out, last->data, (guint)last->size);
			}
			g_assert_true(last->type != WS_EVENT_PING ||
					last->size <= WS_CONTROL_MAX_BYTES);
			p += n;
			left -= n;
			if (last->type == WS_EVENT_CLOSE || last->type == WS_EVENT_ERROR) {
				g_free(copy);
				return out;
			}
		}
		g_free(copy);
	}
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ws_event a, b;
	GByteArray *whole, *parts;

	if (size < 2)
		return 0;
	whole = decode(data + 2, size - 2, data[0] & 1, size, &a);
	parts = decode(data + 2, size - 2, data[0] & 1, 1 + data[1] % 17, &b);
	g_assert_cmpmem(whole->data, whole->len, parts->data, parts->len);
	if (a.type == WS_EVENT_CLOSE || a.type == WS_EVENT_ERROR)
		g_assert_true(a.type == b.type && a.code == b.code);
	g_byte_array_unref(whole);
	g_byte_array_unref(parts);
	return 0;
}

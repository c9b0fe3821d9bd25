/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/proxy-header.h"
#include "core/spice-link.h"
#include "fuzz.h"

#include <string.h>

static enum link_state follow(const uint8_t *data, size_t size, size_t piece)
{
	struct link_reply reply = { 0 };
	enum link_state state = LINK_WAITING;

	for (size_t at = 0; at < size; at += piece) {
		size_t n = MIN(piece, size - at);
		uint8_t *copy = g_memdup2(data + at, n);

		state = link_reply_follow(&reply, copy, n);
		g_free(copy);
	}
	return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = size ? g_memdup2(data, size) : g_malloc0(1);
	char peer[PEER_TEXT_BYTES];
	struct link link;
	size_t taken;

	if (link_parse(&link, copy, size) == LINK_OK)
		g_assert_true(link.size <= size && link.size <= LINK_MAX_BYTES);
	if (proxy_header_parse(copy, size, peer, &taken) == PROXY_OK)
		g_assert_true(taken <= size && strlen(peer) < sizeof peer);
	g_assert_cmpint(follow(data, size, size ? size : 1), ==, follow(data, size, 3));
	g_free(copy);
	return 0;
}

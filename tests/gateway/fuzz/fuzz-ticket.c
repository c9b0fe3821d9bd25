/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "ticket/seal.h"

#include <string.h>

/* A ticket that parses is written as it was meant, and seals. One that was not sealed does not
 * open. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keys *keys;
	struct ticket *ticket, *again;
	char *text;

	if (!keys)
		keys = keys_parse("k1 00000000000000000000000000000000"
			"00000000000000000000000000000000", NULL);
	g_assert_null(seal_open(keys, (const char *)data, size, NULL));
	text = g_strndup((const char *)data, size);
	keys_free(keys_parse(text, NULL));
	g_free(text);
	ticket = ticket_parse((const char *)data, size, NULL);
	if (!ticket)
		return 0;
	text = seal_ticket(keys, ticket);
	again = seal_open(keys, text, strlen(text), NULL);
	g_assert_true(strlen(text) > SEAL_MAX_BYTES || again);
	ticket_free(ticket);
	ticket_free(again);
	ticket_text_free(text);
	return 0;
}

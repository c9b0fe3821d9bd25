/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wipe.h"

#include <sodium.h>
#include <string.h>

#define RANDOM_BYTES 32
#define RANDOM_VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define RANDOM_TEXT_BYTES sodium_base64_ENCODED_LEN(RANDOM_BYTES, RANDOM_VARIANT)

void wipe_free(char *secret)
{
	if (!secret)
		return;
	sodium_memzero(secret, strlen(secret));
	g_free(secret);
}

void wipe_string(GString *secret)
{
	if (!secret)
		return;
	sodium_memzero(secret->str, secret->allocated_len);
	g_string_free(secret, TRUE);
}

char *wipe_random(void)
{
	guint8 bytes[RANDOM_BYTES];
	char *text = g_malloc(RANDOM_TEXT_BYTES);

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(text, RANDOM_TEXT_BYTES, bytes, sizeof(bytes), RANDOM_VARIANT);
	sodium_memzero(bytes, sizeof(bytes));
	return text;
}

gboolean wipe_random_is(const char *text)
{
	gsize n = 0;

	for (; text && text[n]; n++)
		if (!g_ascii_isalnum(text[n]) && text[n] != '-' && text[n] != '_')
			return FALSE;
	return n == RANDOM_TEXT_BYTES - 1;
}

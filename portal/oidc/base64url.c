/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base64url.h"

#include <sodium.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

GBytes *base64url_read(const char *text, gsize length)
{
	gsize max = length / 4 * 3 + 3, size = 0;
	guint8 *bytes = g_malloc(max);

	if (sodium_base642bin(bytes, max, text, length, NULL, &size, NULL, VARIANT) == 0)
		return g_bytes_new_take(bytes, size);
	g_free(bytes);
	return NULL;
}

char *base64url_write(const guint8 *bytes, gsize size)
{
	gsize max = sodium_base64_encoded_len(size, VARIANT);

	return sodium_bin2base64(g_malloc(max), max, bytes, size, VARIANT);
}

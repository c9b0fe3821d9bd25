/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "browser.h"

#include <sodium.h>
#include <string.h>

#define DIGEST_BYTES 32

G_STATIC_ASSERT(BROWSER_TEXT_BYTES == 2 * DIGEST_BYTES + 1);

void browser_digest(const char *cookie, gsize size, char text[BROWSER_TEXT_BYTES])
{
	guint8 digest[DIGEST_BYTES];

	crypto_generichash(digest, sizeof(digest), (const guint8 *)cookie, size, NULL, 0);
	sodium_bin2hex(text, BROWSER_TEXT_BYTES, digest, sizeof(digest));
}

gboolean browser_fits(const char *digest, const char *cookie, gsize size)
{
	char text[BROWSER_TEXT_BYTES];

	browser_digest(cookie, size, text);
	return strlen(digest) == sizeof(text) - 1 && sodium_memcmp(digest, text, sizeof(text)) == 0;
}

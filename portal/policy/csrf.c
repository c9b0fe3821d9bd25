/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "csrf.h"

#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

char *csrf_token(const guint8 key[CSRF_KEY_BYTES], const char *cookie)
{
	guint8 digest[crypto_generichash_BYTES];
	char text[2 * sizeof(digest) + 1];

	crypto_generichash(digest, sizeof(digest), (const guint8 *)cookie, strlen(cookie), key,
			CSRF_KEY_BYTES);
	return g_strdup(sodium_bin2hex(text, sizeof(text), digest, sizeof(digest)));
}

gboolean csrf_token_fits(const guint8 key[CSRF_KEY_BYTES], const char *cookie, const char *token)
{
	char *wanted = cookie && token ? csrf_token(key, cookie) : NULL;
	gboolean fits = wanted && strlen(wanted) == strlen(token) &&
			sodium_memcmp(wanted, token, strlen(wanted)) == 0;

	wipe_free(wanted);
	return fits;
}

gboolean csrf_origin_fits(const char *ours, const char *origin, const char *fetch_site)
{
	if (fetch_site && strcmp(fetch_site, "same-origin") != 0)
		return FALSE;
	return origin ? strcmp(origin, ours) == 0 : fetch_site != NULL;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "safe-url.h"

#include <string.h>

#define URL_MAX_BYTES 2048

static gboolean has_host(const char *url, const char *scheme, const char *host)
{
	const char *rest = url + strlen(scheme);
	gsize n = strlen(host);

	return g_str_has_prefix(url, scheme) && strncmp(rest, host, n) == 0 &&
			(rest[n] == '\0' || rest[n] == ':' || rest[n] == '/');
}

gboolean safe_url_is_here(const char *url)
{
	return has_host(url, "http://", "127.0.0.1") || has_host(url, "http://", "[::1]");
}

/* libcurl and browsers understand odd addresses each in their own way. */
static gboolean is_plain(const char *url)
{
	static const char others[] = "-._~:/?[]!$&'()*+,;=%";
	gsize n = 0;

	for (; url[n]; n++)
		if (!g_ascii_isalnum(url[n]) && !strchr(others, url[n]))
			return FALSE;
	return n <= URL_MAX_BYTES;
}

gboolean safe_url_is(const char *url)
{
	g_autoptr(GUri) uri = NULL;

	if (!url || !is_plain(url) || !(g_str_has_prefix(url, "https://") || safe_url_is_here(url)))
		return FALSE;
	uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
	return uri && g_uri_get_host(uri) && *g_uri_get_host(uri) && !g_uri_get_userinfo(uri);
}

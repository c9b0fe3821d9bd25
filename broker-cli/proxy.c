/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curl/curl.h>
#include <string.h>

#include "base/text.h"
#include "proxy.h"

static char *url_part(const char *url, CURLUPart part)
{
	CURLU *u = curl_url();
	char *text = NULL, *out = NULL;
	unsigned int flags = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME;

	if (u && !curl_url_set(u, CURLUPART_URL, url, flags) && !curl_url_get(u, part, &text, 0))
		out = g_strdup(text);
	curl_free(text);
	curl_url_cleanup(u);
	return out;
}

/* As libcurl looks them up: HTTP_PROXY is left out, for a CGI program's is set by
 * whoever calls it. */
static const char *from_environment(const char *scheme, const char **name)
{
	static const char *const plain[] = { "http_proxy", "all_proxy", "ALL_PROXY", NULL };
	static const char *const tls[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
		NULL };

	for (const char *const *v = !strcmp(scheme, "https") ? tls : plain; *v; v++) {
		const char *value = g_getenv(*v);

		*name = *v;
		if (value && *value)
			return value;
	}
	return NULL;
}

static gboolean is_exempt(const char *host)
{
	const char *list = g_getenv("no_proxy") ? g_getenv("no_proxy") : g_getenv("NO_PROXY");
	g_auto(GStrv) names = g_strsplit_set(list ? list : "", ", ", -1);
	gsize n = strlen(host);

	for (char **name = names; *name; name++) {
		const char *tail = **name == '.' ? *name + 1 : *name;
		gsize m = strlen(tail);

		if (!strcmp(*name, "*"))
			return TRUE;
		if (m && m <= n && !g_ascii_strcasecmp(host + n - m, tail) &&
				(m == n || host[n - m - 1] == '.'))
			return TRUE;
	}
	return FALSE;
}

char *proxy_describe(const char *url)
{
	g_autofree char *scheme = url_part(url, CURLUPART_SCHEME);
	g_autofree char *host = url_part(url, CURLUPART_HOST);
	const char *variable = NULL;
	const char *proxy = scheme ? from_environment(scheme, &variable) : NULL;
	g_autofree char *proxy_host = proxy ? url_part(proxy, CURLUPART_HOST) : NULL;
	g_autofree char *port = proxy ? url_part(proxy, CURLUPART_PORT) : NULL;
	g_autofree char *shown = text_clean(proxy_host, 100);

	if (!proxy || (host && is_exempt(host)))
		return NULL;
	return g_strdup_printf("the proxy %s:%s (%s)", *shown ? shown : "?", port ? port : "1080",
			variable);
}

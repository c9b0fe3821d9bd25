/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "console.h"
#include "error.h"
#include "text.h"

/* Nova's tokens are UUIDs; others' are let through when they fit in a URL. */
static gboolean token_is_valid(const char *token)
{
	if (!*token || strlen(token) > 1024)
		return FALSE;
	for (const char *p = token; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-._~", *p))
			return FALSE;
	return TRUE;
}

/* Value of a parameter, decoded; NULL if it is absent or not decodable. */
static char *parameter(const char *query, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(query ? query : "", "&", 64);
	gsize n = strlen(name);

	for (char **p = parts; *p; p++)
		if (!strncmp(*p, name, n) && (*p)[n] == '=')
			return g_uri_unescape_string(*p + n + 1, NULL);
	return NULL;
}

static GUri *parse(const char *url)
{
	/* The query stays as it is, for parameter() to decode. */
	GUri *uri = url && strlen(url) < 8192 ? g_uri_parse(url, G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_PATH, NULL) : NULL;

	if (uri && (strcmp(g_uri_get_scheme(uri), "http") && strcmp(g_uri_get_scheme(uri), "https")))
		g_clear_pointer(&uri, g_uri_unref);
	if (uri && (!g_uri_get_host(uri) || g_uri_get_userinfo(uri) || !console_host_is_valid(g_uri_get_host(uri))))
		g_clear_pointer(&uri, g_uri_unref);
	return uri;
}

static char *token_of(GUri *uri)
{
	char *token = parameter(g_uri_get_query(uri), "token");
	char *path, *mark;

	if (!token) {
		path = parameter(g_uri_get_query(uri), "path");
		mark = path ? strchr(path, '?') : NULL;
		token = parameter(mark ? mark + 1 : path, "token");
		secret_free(path);
	}
	if (token && !token_is_valid(token))
		g_clear_pointer(&token, secret_free);
	return token;
}

char *console_token(const char *url)
{
	g_autoptr(GUri) uri = parse(url);

	return uri ? token_of(uri) : NULL;
}

static gboolean path_is_plain(const char *path)
{
	for (; *path; path++)
		if (!g_ascii_isalnum(*path) && !strchr("/-._~%+", *path))
			return FALSE;
	return TRUE;
}

char *console_websocket(const char *url, GError **error)
{
	g_autoptr(GUri) uri = parse(url);
	char *token = uri ? token_of(uri) : NULL;
	const char *path = uri ? g_uri_get_path(uri) : "";
	const char *slash = strrchr(path, '/');
	g_autofree char *port = NULL;
	gboolean v6;
	char *out;

	if (!token || !path_is_plain(path)) {
		g_autofree char *shown = text_redact(url);
		g_autofree char *cleaned = text_clean(shown, 200);

		secret_free(token);
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "compute: the console address is none with a token: %s", cleaned);
		return NULL;
	}
	v6 = strchr(g_uri_get_host(uri), ':') != NULL;
	port = g_uri_get_port(uri) > 0 ? g_strdup_printf(":%d", g_uri_get_port(uri)) : g_strdup("");
	out = g_strdup_printf("%s://%s%s%s%s%.*s/websockify?token=%s", strcmp(g_uri_get_scheme(uri), "https") ? "ws" : "wss", v6 ? "[" : "", g_uri_get_host(uri), v6 ? "]" : "", port, (int)(slash ? slash - path : 0), path, token);
	secret_free(token);
	return out;
}

gboolean console_host_is_valid(const char *host)
{
	gsize n = host ? strlen(host) : 0;

	if (!n || n > 255)
		return FALSE;
	for (const char *p = host; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-._:", *p))
			return FALSE;
	return TRUE;
}

char *console_uri(const char *protocol, const char *host, int port, int tls_port)
{
	gboolean v6 = strchr(host, ':') != NULL;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";

	if (!tls_port)
		return g_strdup_printf("%s://%s%s%s:%d", protocol, open, host, close, port);
	if (!port)
		return g_strdup_printf("%s://%s%s%s?tls-port=%d", protocol, open, host, close, tls_port);
	return g_strdup_printf("%s://%s%s%s?port=%d&tls-port=%d", protocol, open, host, close, port, tls_port);
}

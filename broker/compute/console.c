/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/host.h"
#include "base/redact.h"
#include "base/text.h"
#include "compute/console.h"

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
	GUri *uri = url && strlen(url) < 8192 ?
			g_uri_parse(url, G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_PATH,
					NULL) :
			NULL;

	if (uri &&
			(strcmp(g_uri_get_scheme(uri), "http") &&
					strcmp(g_uri_get_scheme(uri), "https")))
		g_clear_pointer(&uri, g_uri_unref);
	if (uri &&
			(!g_uri_get_host(uri) || g_uri_get_userinfo(uri) ||
					host_kind(g_uri_get_host(uri)) == HOST_INVALID))
		g_clear_pointer(&uri, g_uri_unref);
	return uri;
}

/* The address that the page is told to open: its "path", decoded. Some are encoded
 * once more on their way, so that the mark before the query is still "%3F". */
static char *page_path(GUri *uri)
{
	char *path = parameter(g_uri_get_query(uri), "path");
	char *again;

	if (!path || strchr(path, '?') || !strchr(path, '%'))
		return path;
	again = g_uri_unescape_string(path, NULL);
	if (!again || !strchr(again, '?')) {
		secret_free(again);
		return path;
	}
	secret_free(path);
	return again;
}

static char *token_of(GUri *uri, struct redact *secrets)
{
	char *token = parameter(g_uri_get_query(uri), "token");
	char *path, *mark;

	if (!token) {
		path = page_path(uri);
		mark = path ? strchr(path, '?') : NULL;
		token = parameter(mark ? mark + 1 : path, "token");
		secret_free(path);
	}
	if (token && !token_is_valid(token))
		g_clear_pointer(&token, secret_free);
	redact_remember(secrets, token);
	return token;
}

char *console_token(const char *url, struct redact *secrets)
{
	g_autoptr(GUri) uri = parse(url);

	return uri ? token_of(uri, secrets) : NULL;
}

static gboolean is_made_of(const char *text, const char *marks)
{
	for (; *text; text++)
		if (!g_ascii_isalnum(*text) && !strchr(marks, *text))
			return FALSE;
	return TRUE;
}

/* From the page's "path", counted from the root as spice-html5 and noVNC do it; the
 * token is added where the path has none. */
static char *target_of_path(const char *path, const char *token)
{
	const char *mark = strchr(path, '?');
	g_autofree char *head = mark ? g_strndup(path, (gsize)(mark - path)) : g_strdup(path);
	const char *query = mark ? mark + 1 : "";
	char *own = parameter(query, "token");
	gboolean has_own = own != NULL;
	gboolean valid = !own || token_is_valid(own);
	const char *start = head;

	secret_free(own);
	while (*start == '/')
		start++;
	if (!is_made_of(start, "/-._~%+") || !is_made_of(query, "/-._~%+=&") || !valid)
		return NULL;
	if (has_own)
		return g_strdup_printf("/%s?%s", start, query);
	return g_strdup_printf("/%s?%s%stoken=%s", start, query, *query ? "&" : "", token);
}

/* Without a "path": beside the page, for a proxy below a prefix. */
static char *target_beside(const char *page, const char *token)
{
	const char *slash = strrchr(page, '/');

	if (!is_made_of(page, "/-._~%+"))
		return NULL;
	return g_strdup_printf("%.*s/websockify?token=%s", (int)(slash ? slash - page : 0), page,
			token);
}

/* Path and query of the WebSocket; NULL when there is no token or no plain path. */
static char *target_of(GUri *uri, struct redact *secrets)
{
	char *token = token_of(uri, secrets);
	char *path = page_path(uri);
	char *out = NULL;

	if (token)
		out = path ? target_of_path(path, token) :
			     target_beside(g_uri_get_path(uri), token);
	secret_free(token);
	secret_free(path);
	return out;
}

char *console_websocket(const char *url, struct redact *secrets, GError **error)
{
	g_autoptr(GUri) uri = parse(url);
	char *target = uri ? target_of(uri, secrets) : NULL;
	g_autofree char *port = NULL;
	gboolean v6;
	char *out;

	if (!target) {
		g_autofree char *shown = redact_text(secrets, url);
		g_autofree char *cleaned = text_clean(shown, 200);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"compute: the console address is none with a token: %s", cleaned);
		return NULL;
	}
	v6 = strchr(g_uri_get_host(uri), ':') != NULL;
	port = g_uri_get_port(uri) > 0 ? g_strdup_printf(":%d", g_uri_get_port(uri)) : g_strdup("");
	out = g_strdup_printf("%s://%s%s%s%s%s",
			strcmp(g_uri_get_scheme(uri), "https") ? "ws" : "wss", v6 ? "[" : "",
			g_uri_get_host(uri), v6 ? "]" : "", port, target);
	secret_free(target);
	return out;
}

char *console_uri(const char *protocol, const char *host, int port, int tls_port)
{
	gboolean v6 = strchr(host, ':') != NULL;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";

	if (!tls_port)
		return g_strdup_printf("%s://%s%s%s:%d", protocol, open, host, close, port);
	if (!port)
		return g_strdup_printf("%s://%s%s%s?tls-port=%d", protocol, open, host, close,
				tls_port);
	return g_strdup_printf("%s://%s%s%s?port=%d&tls-port=%d", protocol, open, host, close, port,
			tls_port);
}

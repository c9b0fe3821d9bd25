/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/ws-url.h"
#include "base/secret.h"

#include <glib.h>
#include <string.h>

/* The signs that may stand in a path and its query without an escape. */
#define PLAIN "/-._~%+=&:,@!"

/* The decoded value of a parameter, or NULL. Owner: secret_free(). */
static char *parameter(const char *query, const char *name)
{
	GUriParamsIter iter;
	char *key, *value, *found = NULL;

	g_uri_params_iter_init(&iter, query ? query : "", -1, "&", G_URI_PARAMS_NONE);
	while (g_uri_params_iter_next(&iter, &key, &value, NULL)) {
		if (!found && g_str_equal(key, name))
			found = g_steal_pointer(&value);
		g_free(key);
		secret_free(value);
	}
	return found;
}

/* The value of "path", which is encoded twice if a dashboard has put the address of the
 * page into another address. */
static char *path_of(const char *query)
{
	char *path = parameter(query, "path"), *again;

	if (!path || strchr(path, '?') || (!strcasestr(path, "%3f") && !strcasestr(path, "%2f")))
		return path;
	again = g_uri_unescape_string(path, NULL);
	secret_free(path);
	return again;
}

static gboolean is_plain(const char *text, const char *marks)
{
	for (; *text; text++)
		if (!g_ascii_isalnum(*text) && !strchr(marks, *text))
			return FALSE;
	return TRUE;
}

/* Takes the path from the root of the host, as the pages do. Adds the page's token unless
 * the path has one. */
static gboolean use_path(const char *value, const char *page_query, char **path, char **query)
{
	const char *mark = strchr(value, '?'), *rest = mark ? mark + 1 : "";
	char *own = parameter(rest, "token"), *token = parameter(page_query, "token");
	gboolean add = !own && token;

	value += strspn(value, "/");
	*path = g_strdup_printf("/%.*s",
			(int)(mark ? MAX(mark - value, 0) : (gssize)strlen(value)), value);
	*query = add ? g_strconcat(rest, *rest ? "&" : "", "token=", token, NULL) : g_strdup(rest);
	secret_free(own);
	secret_free(token);
	return is_plain(*path, PLAIN) && is_plain(*query, PLAIN "?");
}

/* The path of "websockify" beside the page, for a page without a "path". */
static char *beside(const char *page)
{
	const char *slash = strrchr(page, '/');

	if (!slash)
		return g_strdup("/websockify");
	if (slash[1] == '\0' || g_str_has_suffix(slash, ".html"))
		return g_strdup_printf("%.*s/websockify", (int)(slash - page), page);
	return g_strdup(page);
}

/* Whether this is the path of a console's page. The address of a WebSocket may have a
 * parameter called "path" too. */
static gboolean is_page(const char *path)
{
	return !*path || g_str_has_suffix(path, "/") || g_str_has_suffix(path, ".html");
}

static GUri *parse(const char *url)
{
	GUri *uri = g_uri_parse(url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
	const char *scheme = uri ? g_uri_get_scheme(uri) : "";

	if (uri &&
			((!g_str_equal(scheme, "ws") && !g_str_equal(scheme, "wss")) ||
					!g_uri_get_host(uri) || *g_uri_get_host(uri) == '\0'))
		g_clear_pointer(&uri, g_uri_unref);
	return uri;
}

static char *join(GUri *uri, const char *path, const char *query)
{
	return g_uri_join(G_URI_FLAGS_ENCODED, g_uri_get_scheme(uri), g_uri_get_userinfo(uri),
			g_uri_get_host(uri), g_uri_get_port(uri), path,
			query && *query ? query : NULL, NULL);
}

char *ws_url_socket(const char *url)
{
	g_autoptr(GUri) uri = parse(url);
	g_autofree char *path = NULL;
	char *value = NULL, *query = NULL, *out = NULL; /* hold the token */
	gboolean good = TRUE;

	if (!uri)
		return NULL;
	if (is_page(g_uri_get_path(uri)))
		value = path_of(g_uri_get_query(uri));
	if (value && *value) {
		good = use_path(value, g_uri_get_query(uri), &path, &query);
	} else {
		path = beside(g_uri_get_path(uri));
		query = g_strdup(g_uri_get_query(uri));
	}
	if (good)
		out = join(uri, path, query);
	secret_free(value);
	secret_free(query);
	return out;
}

char *ws_url_other(const char *url)
{
	g_autoptr(GUri) uri = parse(url);
	g_autofree char *path = NULL;
	char *value, *token, *query, *out = NULL; /* hold the token */

	value = uri && is_page(g_uri_get_path(uri)) ? path_of(g_uri_get_query(uri)) : NULL;
	if (!value || !*value) {
		secret_free(value);
		return NULL;
	}
	token = parameter(g_uri_get_query(uri), "token");
	if (!token && strchr(value, '?'))
		token = parameter(strchr(value, '?') + 1, "token");
	path = beside(g_uri_get_path(uri));
	query = token ? g_strconcat("token=", token, NULL) : NULL;
	if (!query || is_plain(query, PLAIN))
		out = join(uri, path, query);
	secret_free(value);
	secret_free(token);
	secret_free(query);
	return out;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/proxy.h"
#include "target/hosts.h"
#include "base/secret.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define HTTP_PORT 3128
#define HTTPS_PORT 3129

/* The parts of the address, not decoded. */
struct parts {
	char *scheme, *login, *host, *port; /* login and port may be NULL */
	const char *tail;                   /* path, query and fragment */
};

static void parts_clear(struct parts *parts)
{
	g_free(parts->scheme);
	secret_free(parts->login);
	g_free(parts->host);
	g_free(parts->port);
}

/* Splits "HOST:PORT" or "[IPv6]:PORT". An IPv6 address without brackets has no port. */
static void split_host(struct parts *parts, const char *text)
{
	const char *colon = strrchr(text, ':'), *bracket = strchr(text, ']');

	if (*text == '[' && bracket && (bracket[1] == ':' || !bracket[1])) {
		parts->host = g_strndup(text + 1, (gsize)(bracket - text - 1));
		parts->port = bracket[1] ? g_strdup(bracket + 2) : NULL;
	} else if (colon && *text != '[' && !g_hostname_is_ip_address(text)) {
		parts->host = g_strndup(text, (gsize)(colon - text));
		parts->port = g_strdup(colon + 1);
	} else {
		parts->host = g_strdup(text);
	}
}

/* The last "@" ends the login, because a password may hold an "@" too. */
static void split(struct parts *parts, const char *text)
{
	const char *scheme_end = strstr(text, "://"), *start = scheme_end ? scheme_end + 3 : text,
		   *at;
	g_autofree char *authority = NULL;
	gsize length = strcspn(start, "/?#");

	parts->scheme = scheme_end ? g_ascii_strdown(text, scheme_end - text) : g_strdup("http");
	parts->tail = start + length;
	authority = g_strndup(start, length);
	at = strrchr(authority, '@');
	parts->login = at ? g_strndup(authority, (gsize)(at - authority)) : NULL;
	split_host(parts, at ? at + 1 : authority);
}

static int number_of(const char *port)
{
	guint64 value;

	return g_ascii_string_to_unsigned(port, 10, 1, 65535, &value, NULL) ? (int)value : 0;
}

static gboolean is_websocket(const struct parts *parts)
{
	return g_str_has_prefix(parts->scheme, "ws") || g_str_has_prefix(parts->scheme, "spice") ||
			strstr(parts->tail, "websockify") || strstr(parts->tail, "token=") ||
			strstr(parts->tail, "path=");
}

/* The problem of the address in words, or NULL. */
static const char *problem_of(const struct parts *parts)
{
	if (is_websocket(parts))
		return _("This is the address of a WebSocket. Open it directly: osvdi-viewer "
				"spice+wss://HOST:PORT/…");
	if (!g_str_equal(parts->scheme, "http") && !g_str_equal(parts->scheme, "https"))
		return _("Only http:// and https:// proxies can be used.");
	if (parts->tail[strspn(parts->tail, "/")])
		return _("The address of a proxy has a host and a port, and nothing behind them.");
	if (!host_is_valid(parts->host))
		return _("The host is missing, or is neither a name nor an IP address; write IPv6 "
				"addresses in brackets.");
	if (parts->port && !number_of(parts->port))
		return _("The port must be a number from 1 to 65535.");
	return NULL;
}

/* The address for a message. Leaves out every part that does not look like an address,
 * because it may be a secret. */
static char *describe(const struct parts *parts)
{
	gboolean shown = host_is_valid(parts->host) && !strchr(parts->tail, '@');
	gboolean port = shown && parts->port &&
			strspn(parts->port, "0123456789") == strlen(parts->port) &&
			strlen(parts->port) <= 6;
	g_autofree char *host = shown && strchr(parts->host, ':') ?
			g_strdup_printf("[%s]", parts->host) :
			g_strdup(shown ? parts->host : "…");

	return g_strdup_printf(port ? "%s://%s:%s" : "%s://%s",
			host_is_valid(parts->scheme) ? parts->scheme : "…", host,
			port ? parts->port : NULL);
}

/* Decodes escapes. A text with an invalid escape is taken as it is. */
static char *decode(const char *text)
{
	char *decoded = g_uri_unescape_string(text, NULL);

	return decoded ? decoded : g_strdup(text);
}

static void set_login(struct proxy *proxy, char *login)
{
	char *colon = strchr(login, ':');

	if (colon) {
		*colon = '\0';
		proxy->password = decode(colon + 1);
	}
	proxy->user = decode(login);
}

struct proxy *proxy_parse(const char *text, enum proxy_origin origin, GError **error)
{
	g_autofree char *stripped = g_strstrip(g_strdup(text)), *shown = NULL;
	struct parts parts = { 0 };
	struct proxy *proxy = NULL;
	const char *problem;

	split(&parts, stripped);
	shown = describe(&parts);
	problem = problem_of(&parts);
	if (problem) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				origin == PROXY_OF_FILE ?
						_("The connection file's proxy is not understood: "
								"%s. %s") :
						_("The proxy of the variable SPICE_PROXY is not "
								"understood: %s. %s"),
				shown, problem);
	} else {
		proxy = g_new0(struct proxy, 1);
		proxy->port = parts.port ? number_of(parts.port) :
				g_str_equal(parts.scheme, "https") ? HTTPS_PORT : HTTP_PORT;
		proxy->host = g_strdup(parts.host);
		proxy->address = g_strdup_printf(
				strchr(parts.host, ':') ? "%s://[%s]:%d" : "%s://%s:%d",
				parts.scheme, parts.host, proxy->port);
		if (parts.login)
			set_login(proxy, parts.login);
	}
	parts_clear(&parts);
	explicit_bzero(stripped, strlen(stripped));
	return proxy;
}

struct proxy *proxy_copy(const struct proxy *proxy)
{
	struct proxy *copy;

	if (!proxy)
		return NULL;
	copy = g_new0(struct proxy, 1);
	copy->address = g_strdup(proxy->address);
	copy->host = g_strdup(proxy->host);
	copy->port = proxy->port;
	copy->user = g_strdup(proxy->user);
	copy->password = g_strdup(proxy->password);
	return copy;
}

void proxy_free(struct proxy *proxy)
{
	if (!proxy)
		return;
	g_free(proxy->address);
	g_free(proxy->host);
	g_free(proxy->user);
	secret_free(proxy->password);
	g_free(proxy);
}

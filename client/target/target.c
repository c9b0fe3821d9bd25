/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/target.h"
#include "target/hosts.h"
#include "target/names.h"
#include "target/proxy.h"
#include "target/target-port.h"
#include "target/ws-url.h"
#include "base/secret.h"

#include <glib/gi18n.h>
#include <string.h>

struct target *target_new(enum target_kind kind)
{
	struct target *target = g_new0(struct target, 1);

	target->kind = kind;
	target->fullscreen = target->usbredir = target->usb_autoshare = target->smartcard =
			TARGET_UNSET;
	return target;
}

void target_free(struct target *target)
{
	if (!target)
		return;
	secret_free(target->url);
	secret_free(target->password);
	g_free(target->label);
	g_free(target->key);
	g_free(target->host);
	g_free(target->unix_path);
	g_free(target->name);
	g_free(target->username);
	g_free(target->ca);
	g_free(target->ca_file);
	g_free(target->host_subject);
	g_free(target->tls_ciphers);
	proxy_free(target->proxy);
	g_strfreev(target->secure_channels);
	g_strfreev(target->disable_channels);
	g_strfreev(target->disable_effects);
	g_free(target->title);
	g_free(target->usb_filter);
	g_clear_pointer(&target->hotkeys, g_hash_table_unref);
	g_free(target->server_uuid);
	g_free(target->ws_ca);
	g_free(target->resolve_name);
	g_strfreev(target->notes);
	g_strfreev(target->remarks);
	g_free(target);
}

/* ---- addresses ----------------------------------------------------------- */

static gboolean fail(GError **error, const char *message)
{
	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, message);
	return FALSE;
}

static gboolean apply_query(struct target *target, const char *query, GError **error)
{
	GUriParamsIter iter;
	char *key, *value;
	gboolean ok = TRUE;

	g_uri_params_iter_init(&iter, query ? query : "", -1, "&;", G_URI_PARAMS_NONE);
	while (ok && g_uri_params_iter_next(&iter, &key, &value, error)) {
		if (g_str_equal(key, "port")) {
			ok = target_port_parse(value, &target->port) ||
					fail(error, _("The port in the address must be a number "
							"from 1 to 65535."));
		} else if (g_str_equal(key, "tls-port")) {
			ok = target_port_parse(value, &target->tls_port) ||
					fail(error, _("The TLS port in the address must be a "
							"number from 1 to 65535."));
		} else if (g_str_equal(key, "password")) {
			secret_free(target->password);
			target->password = g_steal_pointer(&value);
		}
		g_free(key);
		secret_free(value);
	}
	return ok && !(error && *error);
}

static gboolean check_host(GUri *uri, GError **error)
{
	const char *host = g_uri_get_host(uri), *query = g_uri_get_query(uri);

	if (host && *host)
		return host_is_valid(host) ||
				fail(error, _("The address is not understood (example: "
						"spice://desk.example:5900)."));
	if (query && g_str_has_prefix(query, "socket="))
		return fail(error,
				_("The address names no host. The address of a Unix socket is "
						"spice+unix:///PATH."));
	return fail(error, _("The address names no host (example: spice://desk.example:5900)."));
}

static struct target *from_tcp(GUri *uri, gboolean tls, GError **error)
{
	target_auto target = target_new(TARGET_TCP);

	if (!check_host(uri, error))
		return NULL;
	target->host = g_strdup(g_uri_get_host(uri));
	if (g_uri_get_port(uri) == 0 || g_uri_get_port(uri) > 65535) {
		fail(error, _("The port in the address must be a number from 1 to 65535."));
		return NULL;
	}
	if (g_uri_get_port(uri) > 0)
		*(tls ? &target->tls_port : &target->port) = g_uri_get_port(uri);
	target->username = g_strdup(g_uri_get_user(uri));
	target->password = g_strdup(g_uri_get_password(uri));
	if (!apply_query(target, g_uri_get_query(uri), error))
		return NULL;
	if (!target->port && !target->tls_port) {
		fail(error, _("The address names no port (example: spice://desk.example:5900)."));
		return NULL;
	}
	names_set(target);
	return g_steal_pointer(&target);
}

static struct target *from_unix(const char *path, GError **error)
{
	g_autofree char *decoded = g_uri_unescape_string(path, NULL);
	target_auto target = NULL;

	if (!decoded || decoded[0] != '/') {
		fail(error, _("The address of a Unix socket must hold its absolute path "
				"(spice+unix:///PATH)."));
		return NULL;
	}
	target = target_new(TARGET_UNIX);
	target->unix_path = g_steal_pointer(&decoded);
	names_set(target);
	return g_steal_pointer(&target);
}

static struct target *from_ws(GUri *uri, const char *text, GError **error)
{
	struct target *target;
	char *socket_url;

	if (!check_host(uri, error))
		return NULL;
	socket_url = ws_url_socket(text + strlen("spice+"));
	if (!socket_url) {
		fail(error, _("The address is not understood: its “path” is not the path of a "
				"WebSocket."));
		return NULL;
	}
	secret_free(socket_url);
	target = target_new(TARGET_WEBSOCKET);
	target->url = g_strdup(text + strlen("spice+"));
	target->label = g_strdup(g_uri_get_host(uri));
	names_set(target);
	return target;
}

static struct target *from_name(const char *text)
{
	struct target *target = target_new(TARGET_NAME);

	target->name = g_strdup(text);
	target->resolve_name = g_strdup(text);
	target->label = g_strdup(text);
	target->key = g_strdup(text);
	return target;
}

/* Escapes the "%" of a scope such as "[fe80::1%eth0]", which starts no escape. */
static char *escape_scope(const char *text)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
	const char *percent = open ? strchr(open, '%') : NULL;

	if (!close || !percent || percent > close || g_str_has_prefix(percent, "%25"))
		return g_strdup(text);
	return g_strdup_printf("%.*s%%25%s", (int)(percent - text), text, percent + 1);
}

/* Says why the text is no URI. The parser's own messages would quote the address, which
 * may hold a secret. */
static const char *explain_uri(const char *text)
{
	const char *start = strstr(text, "://") + 3, *colon = strchr(start, ':');

	if (*start != '[' && *start != '/' && colon && strchr(colon + 1, ':') &&
			!memchr(start, '@', strcspn(start, "/?#")))
		return _("An IPv6 address stands in brackets (example: spice://[::1]:5900).");
	return _("The address is not understood (example: spice://desk.example:5900).");
}

static struct target *from_other(const char *scheme, GError **error)
{
	if (g_str_equal(scheme, "https") || g_str_equal(scheme, "http"))
		fail(error, _("This is the address of a web page. For the console of a cloud, put "
				"“spice+wss” in the place of “https”, or “spice+ws” in the place "
				"of “http”."));
	else
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				_("“%s” addresses are not supported: use spice://, spice+unix://, "
						"spice+ws:// or spice+wss://."),
				scheme);
	return NULL;
}

static struct target *from_uri(const char *text, GError **error)
{
	g_autofree char *escaped = escape_scope(text);
	g_autoptr(GUri) uri = g_uri_parse(
			escaped, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, NULL);
	struct target *target = NULL;
	const char *scheme;

	explicit_bzero(escaped, strlen(escaped));
	if (!uri) {
		fail(error, explain_uri(text));
		return NULL;
	}
	scheme = g_uri_get_scheme(uri);
	if (g_str_equal(scheme, "spice") || g_str_equal(scheme, "spice+tls"))
		target = from_tcp(uri, g_str_equal(scheme, "spice+tls"), error);
	else if (g_str_equal(scheme, "spice+ws") || g_str_equal(scheme, "spice+wss"))
		target = from_ws(uri, text, error);
	else
		target = from_other(scheme, error);
	return target;
}

/* Whether the text is an address without a port. */
static gboolean is_address(const char *text)
{
	return host_is_valid(text) && (strchr(text, ':') || g_hostname_is_ip_address(text));
}

/* Reads "HOST:PORT" as people type it. NULL without an error if the text is a name. */
static struct target *from_host_and_port(const char *text, GError **error)
{
	gsize length = strlen(text) - (g_str_has_suffix(text, "/") ? 1 : 0);
	g_autofree char *host = NULL, *plain = g_strndup(text, length);
	const char *colon = strrchr(plain, ':');
	gboolean bracketed = *plain == '[' && strchr(plain, ']');
	struct target *target;
	guint64 port;

	if (bracketed && (!colon || colon < strchr(plain, ']')))
		colon = NULL;
	host = bracketed ? g_strndup(plain + 1, (gsize)(strchr(plain, ']') - plain - 1)) :
			   g_strndup(plain, colon ? (gsize)(colon - plain) : strlen(plain));
	if (bracketed ? !colon : is_address(plain)) {
		fail(error, _("The address names no port (examples: 192.0.2.7:5900, "
				"[2001:db8::7]:5900)."));
		return NULL;
	}
	if (!colon || !host_is_valid(host) || !colon[1] ||
			colon[1 + strspn(colon + 1, "0123456789")])
		return NULL;
	if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL)) {
		fail(error, _("The port in the address must be a number from 1 to 65535."));
		return NULL;
	}
	target = target_new(TARGET_TCP);
	target->host = g_steal_pointer(&host);
	target->port = (int)port;
	names_set(target);
	return target;
}

struct target *target_from_uri(const char *given, GError **error)
{
	g_autofree char *text = g_strstrip(g_strdup(given));
	g_autoptr(GError) why = NULL;
	struct target *target;

	if (g_ascii_strncasecmp(text, "spice+unix://", strlen("spice+unix://")) == 0)
		target = from_unix(text + strlen("spice+unix://"), error);
	else if (strstr(text, "://"))
		target = from_uri(text, error);
	else if ((target = from_host_and_port(text, &why)) == NULL && !why && *text)
		target = from_name(text);
	else if (!target && !why)
		fail(error, _("The address is empty (example: spice://desk.example:5900)."));
	if (why)
		g_propagate_error(error, g_steal_pointer(&why));
	explicit_bzero(text, strlen(text));
	return target;
}

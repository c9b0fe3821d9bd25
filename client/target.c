/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target.h"

#include <glib/gi18n.h>
#include <string.h>

struct target *target_new(enum target_kind kind)
{
	struct target *target = g_new0(struct target, 1);

	target->kind = kind;
	target->fullscreen = target->usbredir = target->usb_autoshare = target->smartcard = TARGET_UNSET;
	return target;
}

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}

void target_free(struct target *target)
{
	if (!target)
		return;
	secret_free(target->url);
	secret_free(target->password);
	g_free(target->label);
	g_free(target->host);
	g_free(target->unix_path);
	g_free(target->name);
	g_free(target->username);
	g_free(target->ca);
	g_free(target->ca_file);
	g_free(target->host_subject);
	g_free(target->tls_ciphers);
	g_free(target->proxy);
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
	g_free(target);
}

static gboolean fail(GError **error, const char *message)
{
	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, message);
	return FALSE;
}

static gboolean parse_port(const char *text, int *port)
{
	guint64 value;

	if (!g_ascii_string_to_unsigned(text, 10, 1, 65535, &value, NULL))
		return FALSE;
	*port = (int)value;
	return TRUE;
}

static gboolean apply_query(struct target *target, const char *query, GError **error)
{
	GUriParamsIter iter;
	char *key, *value;
	gboolean ok = TRUE;

	g_uri_params_iter_init(&iter, query ? query : "", -1, "&;", G_URI_PARAMS_NONE);
	while (ok && g_uri_params_iter_next(&iter, &key, &value, error)) {
		if (g_str_equal(key, "port")) {
			ok = parse_port(value, &target->port) || fail(error, _("The port in the address is no number from 1 to 65535."));
		} else if (g_str_equal(key, "tls-port")) {
			ok = parse_port(value, &target->tls_port) || fail(error, _("The TLS port in the address is no number from 1 to 65535."));
		} else if (g_str_equal(key, "password")) {
			secret_free(target->password);
			target->password = g_steal_pointer(&value);
		}
		g_free(key);
		secret_free(value);
	}
	return ok && !(error && *error);
}

static struct target *from_tcp(GUri *uri, gboolean tls, GError **error)
{
	target_auto target = target_new(TARGET_TCP);
	const char *host = g_uri_get_host(uri);

	if (!host || !*host) {
		fail(error, _("The address names no host."));
		return NULL;
	}
	target->host = g_strdup(host);
	if (g_uri_get_port(uri) == 0 || g_uri_get_port(uri) > 65535) {
		fail(error, _("The port in the address is no number from 1 to 65535."));
		return NULL;
	}
	if (g_uri_get_port(uri) > 0)
		*(tls ? &target->tls_port : &target->port) = g_uri_get_port(uri);
	target->username = g_strdup(g_uri_get_user(uri));
	target->password = g_strdup(g_uri_get_password(uri));
	if (!apply_query(target, g_uri_get_query(uri), error))
		return NULL;
	if (!target->port && !target->tls_port) {
		fail(error, _("The address names no port (spice://HOST:PORT)."));
		return NULL;
	}
	target->label = g_strdup_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
			target->port ? target->port : target->tls_port);
	return g_steal_pointer(&target);
}

static struct target *from_unix(const char *path, GError **error)
{
	g_autofree char *decoded = g_uri_unescape_string(path, NULL);
	target_auto target = NULL;

	if (!decoded || decoded[0] != '/') {
		fail(error, _("The address of a Unix socket must hold its absolute path (spice+unix:///PATH)."));
		return NULL;
	}
	target = target_new(TARGET_UNIX);
	target->unix_path = g_steal_pointer(&decoded);
	target->label = g_path_get_basename(target->unix_path);
	return g_steal_pointer(&target);
}

static struct target *from_ws(GUri *uri, const char *text, GError **error)
{
	struct target *target;

	if (!g_uri_get_host(uri) || !*g_uri_get_host(uri)) {
		fail(error, _("The address names no host."));
		return NULL;
	}
	target = target_new(TARGET_WEBSOCKET);
	target->url = g_strdup(text + strlen("spice+"));
	target->label = g_strdup(g_uri_get_host(uri));
	return target;
}

struct target *target_from_uri(const char *text, GError **error)
{
	g_autoptr(GUri) uri = NULL;
	const char *scheme;

	if (!strstr(text, "://")) {
		struct target *target = target_new(TARGET_NAME);

		target->name = g_strdup(text);
		target->resolve_name = g_strdup(text);
		target->label = g_strdup(text);
		return target;
	}
	if (g_str_has_prefix(text, "spice+unix://"))
		return from_unix(text + strlen("spice+unix://"), error);
	/* The parser's own messages quote the address, which may hold a secret. */
	uri = g_uri_parse(text, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, NULL);
	if (!uri) {
		fail(error, _("The address is not a valid URI."));
		return NULL;
	}
	scheme = g_uri_get_scheme(uri);
	if (g_str_equal(scheme, "spice") || g_str_equal(scheme, "spice+tls"))
		return from_tcp(uri, g_str_equal(scheme, "spice+tls"), error);
	if (g_str_equal(scheme, "spice+ws") || g_str_equal(scheme, "spice+wss"))
		return from_ws(uri, text, error);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			_("“%s” addresses are not supported: use spice://, spice+unix://, spice+ws:// or spice+wss://."),
			scheme);
	return NULL;
}

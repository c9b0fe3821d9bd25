/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <osvdi-common/vv-names.h>
#include <string.h>

#include "base/authority.h"
#include "base/error.h"
#include "base/host.h"
#include "base/redact.h"
#include "base/text.h"
#include "desktop/vv.h"

#define GROUP "virt-viewer"

/* Keys of a proxy's file that are passed on: none starts a program or opens a file. */
static const char *const passed_on[] = {
	"proxy",
	"tls-ciphers",
	"usb-filter",
	"enable-usb-autoshare",
	"enable-usbredir",
	"enable-smartcard",
	"fullscreen",
	"color-depth",
	"disable-channels",
	"disable-effects",
	"toggle-fullscreen",
	"release-cursor",
	"secure-attention",
};

/* FALSE when something stands there that is no port: a TLS port that is not understood
 * must not leave the plain one. -1 and 0 mean none. */
static gboolean take_port(GKeyFile *file, const char *key, int *out)
{
	g_autofree char *text = g_key_file_get_string(file, GROUP, key, NULL);
	gint64 n = 0;

	if (text && *g_strstrip(text) && !g_ascii_string_to_signed(text, 10, -1, 65535, &n, NULL))
		return FALSE;
	*out = n > 0 ? (int)n : 0;
	return TRUE;
}

/* The letter that a key file's "\\X" means; other pairs stay. A certificate's subject
 * has such ("O=Falcon\\, Inc"), and proxies write it as it is. */
static char escaped(char c)
{
	static const char names[] = "sntr\\", values[] = " \n\t\r\\";
	const char *found = c ? strchr(names, c) : NULL;

	return found ? values[found - names] : '\0';
}

static char *string_key(GKeyFile *file, const char *key)
{
	g_autofree char *raw = g_key_file_get_value(file, GROUP, key, NULL);
	GString *out;

	if (!raw || !*raw)
		return NULL;
	out = g_string_sized_new(strlen(raw));
	for (const char *p = raw; *p; p++)
		if (*p == '\\' && escaped(p[1]))
			g_string_append_c(out, escaped(*++p));
		else
			g_string_append_c(out, *p);
	return g_string_free(out, FALSE);
}

static char *other_keys(GKeyFile *file)
{
	GString *out = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(passed_on); i++) {
		g_autofree char *value = g_key_file_get_value(file, GROUP, passed_on[i], NULL);
		g_autofree char *cleaned = value ? text_clean(value, 1000) : NULL;

		if (cleaned)
			g_string_append_printf(out, "%s=%s\n", passed_on[i], cleaned);
	}
	return g_string_free(out, FALSE);
}

static gboolean refuse(GError **error, const char *what)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"the exchange's answer is no usable connection file: %s", what);
	return FALSE;
}

/* A key that may demand safety and is not understood must not be ignored: refuse the
 * file. */
static gboolean check_security(GKeyFile *file, GError **error)
{
	static const char *const words[] = { "tls", "ssl", "secur", "cert", "verify", "cipher",
		"trust", "fingerprint", "encrypt" };
	static const char *const known[] = { "tls-port", "tls-ciphers", "secure-channels",
		"secure-attention", NULL };
	g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);

	for (char **key = keys; key && *key; key++) {
		g_autofree char *lower = g_ascii_strdown(*key, -1);
		g_autofree char *shown = text_clean(*key, 60);
		g_autofree char *what =
				g_strdup_printf("it asks for \"%s\", which is not understood",
						shown);

		for (gsize i = 0; !g_strv_contains(known, *key) && i < G_N_ELEMENTS(words); i++)
			if (strstr(lower, words[i]))
				return refuse(error, what);
	}
	return TRUE;
}

/* Pass a broken certificate on as it is: a client that gets none would trust others. */
static char *take_ca(GKeyFile *file)
{
	g_autofree char *text = string_key(file, "ca");
	char *pem = text ? authority_parse(text, strlen(text), NULL) : NULL;

	return pem ? pem : g_steal_pointer(&text);
}

static gboolean is_channel(const char *name)
{
	static const char *const names[] = { "all", "main", "display", "inputs", "cursor",
		"playback", "record", "smartcard", "usbredir", "webdav", "port", "tunnel", NULL };

	return g_strv_contains(names, name) || (*name == 's' && g_strv_contains(names, name + 1));
}

/* Clients try the plain port first: where TLS is asked for they do not get it. */
static gboolean take_channels(GKeyFile *file, struct address *into, GError **error)
{
	g_autofree char *text = string_key(file, "secure-channels");
	g_auto(GStrv) names = g_strsplit_set(text ? text : "", ";, ", -1);
	gboolean any = FALSE;

	for (char **n = names; *n; n++) {
		if (**n && !is_channel(*n))
			return refuse(error,
					"its secure-channels name a channel that is not "
					"understood");
		any = any || **n;
	}
	if (!any)
		return TRUE;
	if (!into->tls_port)
		return refuse(error, "it asks for TLS (secure-channels) and has no tls-port");
	into->port = 0;
	into->secure_channels = g_steal_pointer(&text);
	return TRUE;
}

gboolean vv_parse(const char *data, gsize length, struct address *into, struct redact *secrets,
		GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *type = NULL, *host = NULL;

	if (length > VV_ANSWER_MAX_BYTES)
		return refuse(error, "too large");
	if (!length || memchr(data, 0, length) ||
			!g_key_file_load_from_data(file, data, length, G_KEY_FILE_NONE, NULL))
		return refuse(error, "not a key file");
	type = string_key(file, "type");
	if (g_strcmp0(type, "spice"))
		return refuse(error, "its type is not spice");
	host = string_key(file, "host");
	into->host = host_without_brackets(host);
	if (!take_port(file, "port", &into->port) || !take_port(file, "tls-port", &into->tls_port))
		return refuse(error, "a port is no number");
	if (host_kind(into->host) == HOST_INVALID || (!into->port && !into->tls_port))
		return refuse(error, "no host or port");
	if (!check_security(file, error) || !take_channels(file, into, error))
		return FALSE;
	into->ca = take_ca(file);
	into->host_subject = string_key(file, "host-subject");
	into->password = string_key(file, "password");
	redact_remember(secrets, into->password);
	into->other_keys = other_keys(file);
	return TRUE;
}

static void add_direct(GKeyFile *f, const struct address *a)
{
	g_key_file_set_string(f, GROUP, "host", a->host);
	if (a->port)
		g_key_file_set_integer(f, GROUP, "port", a->port);
	if (a->tls_port)
		g_key_file_set_integer(f, GROUP, "tls-port", a->tls_port);
	if (a->ca)
		g_key_file_set_string(f, GROUP, "ca", a->ca);
	if (a->host_subject)
		g_key_file_set_string(f, GROUP, "host-subject", a->host_subject);
	if (a->password)
		g_key_file_set_string(f, GROUP, "password", a->password);
	/* With a CA to check by, nothing goes in the clear. */
	if (a->secure_channels)
		g_key_file_set_string(f, GROUP, "secure-channels", a->secure_channels);
	else if (a->tls_port && a->ca)
		g_key_file_set_string(f, GROUP, "secure-channels", "all");
}

static void add_osvdi(GKeyFile *f, const struct address *a)
{
	g_autofree char *expires = a->token_expires ? text_format_time(a->token_expires) : NULL;

	g_key_file_set_integer(f, OSVDI_VV_GROUP, OSVDI_VV_KEY_VERSION, OSVDI_VV_VERSION);
	if (a->ws_url)
		g_key_file_set_string(f, OSVDI_VV_GROUP, OSVDI_VV_KEY_URL, a->uri);
	g_key_file_set_string(f, OSVDI_VV_GROUP, OSVDI_VV_KEY_SERVER_UUID, a->server_id);
	if (expires)
		g_key_file_set_string(f, OSVDI_VV_GROUP, OSVDI_VV_KEY_EXPIRES, expires);
	if (a->ends) {
		g_autofree char *ends = text_format_time(a->ends);

		g_key_file_set_string(f, OSVDI_VV_GROUP, OSVDI_VV_KEY_ENDS, ends);
	}
	if (a->ws_url && a->ws_ca)
		g_key_file_set_string(f, OSVDI_VV_GROUP, OSVDI_VV_KEY_CA, a->ws_ca);
}

char *vv_format(const struct address *a, gboolean delete_file)
{
	g_autoptr(GKeyFile) f = g_key_file_new();
	char *text;
	gsize n;

	if (a->other_keys) {
		g_autofree char *head = g_strconcat("[" GROUP "]\n", a->other_keys, NULL);

		g_key_file_load_from_data(f, head, strlen(head), G_KEY_FILE_NONE, NULL);
	}
	g_key_file_set_string(f, GROUP, "type", a->protocol);
	if (a->title)
		g_key_file_set_string(f, GROUP, "title", a->title);
	if (a->host)
		add_direct(f, a);
	g_key_file_set_integer(f, GROUP, "delete-this-file", delete_file ? 1 : 0);
	add_osvdi(f, a);
	text = g_key_file_to_data(f, &n, NULL);
	return text;
}

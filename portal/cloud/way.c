/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "way.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

/* CONNECT names a port, and the gateway takes any. */
#define ANY_PORT 5900
#define MAX_CHANNELS 32

static gboolean refuse(GError **error, const char *what)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", what);
	return FALSE;
}

static gboolean fill_websocket(struct ticket *t, const char *url,
		const struct portal_config *config, GError **error)
{
	g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
	gboolean safe = uri && strcmp(g_uri_get_scheme(uri), "wss") == 0;
	int port = uri ? g_uri_get_port(uri) : -1;

	if (!uri || !g_uri_get_host(uri) || (!safe && strcmp(g_uri_get_scheme(uri), "ws") != 0))
		return refuse(error, "the console's WebSocket has no usable address");
	if (safe && !config->websocket_authority)
		return refuse(error, "[gateway] websocket-authority: missing for a console by TLS");
	if (!safe && !config->plain)
		return refuse(error, "[gateway] plain=true is needed for a console without TLS");
	t->way = safe ? WAY_WSS : WAY_WS;
	t->host = g_strdup(g_uri_get_host(uri));
	t->port = port > 0 ? (guint)port : safe ? 443 : 80;
	t->path = g_strconcat(*g_uri_get_path(uri) ? g_uri_get_path(uri) : "/",
			g_uri_get_query(uri) ? "?" : "", g_uri_get_query(uri), NULL);
	t->authority = safe ? g_strdup(config->websocket_authority) : NULL;
	return TRUE;
}

static gboolean fill_direct(struct ticket *t, const struct desk_screen *screen,
		const struct portal_config *config, GError **error)
{
	gboolean safe = screen->tls_port && config->tls_authority;

	if (!safe && !(screen->port && config->plain))
		return refuse(error, screen->tls_port ?
					"[gateway] tls-authority: missing for SPICE by TLS" :
					"[gateway] plain=true is needed for SPICE without TLS");
	t->way = safe ? WAY_TLS : WAY_TCP;
	t->host = g_strdup(screen->host);
	t->port = (guint)(safe ? screen->tls_port : screen->port);
	t->authority = safe ? g_strdup(config->tls_authority) : NULL;
	t->subject = safe ? g_strdup(screen->subject) : NULL;
	return TRUE;
}

static char *random_session(void)
{
	guint8 bytes[16];
	char text[2 * sizeof(bytes) + 1];

	randombytes_buf(bytes, sizeof(bytes));
	return g_strdup(sodium_bin2hex(text, sizeof(text), bytes, sizeof(bytes)));
}

struct ticket *way_ticket(const struct desk_screen *screen, const struct portal_config *config,
		const char *user, gint64 now_s, gint64 ends_s, GError **error)
{
	struct ticket *t = ticket_new();
	gboolean ok = screen->websocket ? fill_websocket(t, screen->websocket, config, error) :
			screen->host    ? fill_direct(t, screen, config, error) :
					  refuse(error, "the cloud names no address of the screen");

	t->session = random_session();
	t->desktop = g_strdup(screen->id);
	t->user = g_strdup(user);
	t->issued = now_s;
	t->use_by = now_s + config->ticket_use_s;
	t->expires = MIN(now_s + config->ticket_life_s, MAX(ends_s, t->use_by));
	t->once = TRUE;
	t->max_channels = MAX_CHANNELS;
	t->channels = config->channels;
	if (ok && ticket_check(t, error))
		return t;
	ticket_free(t);
	return NULL;
}

char *way_file(const struct desk_screen *screen, const struct portal_config *config,
		const char *sealed)
{
	const char *place = config->origin + strlen("https://");
	g_autoptr(GKeyFile) file = g_key_file_new();
	char *proxy = g_strconcat("https://t:", sealed, "@", place,
			strrchr(place, ':') > strrchr(place, ']') ? "" : ":443", NULL);
	char *url = g_strconcat("spice+wss://t:", sealed, "@", place, config->gateway_path, NULL);
	char *text;

	g_key_file_set_string(file, "virt-viewer", "type", "spice");
	g_key_file_set_string(file, "virt-viewer", "title", screen->name);
	g_key_file_set_string(file, "virt-viewer", "host", screen->id);
	g_key_file_set_integer(file, "virt-viewer", "port", ANY_PORT);
	g_key_file_set_string(file, "virt-viewer", "proxy", proxy);
	g_key_file_set_integer(file, "virt-viewer", "delete-this-file", 1);
	if (screen->password)
		g_key_file_set_string(file, "virt-viewer", "password", screen->password);
	g_key_file_set_integer(file, "osvdi", "version", 1);
	g_key_file_set_string(file, "osvdi", "url", url);
	g_key_file_set_string(file, "osvdi", "server-uuid", screen->id);
	text = g_key_file_to_data(file, NULL, NULL);
	sodium_memzero(proxy, strlen(proxy));
	sodium_memzero(url, strlen(url));
	g_free(proxy);
	g_free(url);
	return text;
}

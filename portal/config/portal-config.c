/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portal-config.h"

#include <gio/gio.h>
#include <stddef.h>
#include <string.h>

enum kind {
	TEXT,
	FLAG,
	COUNT, /* guint, from 1 */
	SECONDS, /* gint64, from 1 */
	PROXIES,
};

#define PORTAL(name, kind, field, standard) \
	{ "portal", name, kind, offsetof(struct portal_config, field), standard }
#define GATEWAY(name, kind, field, standard) \
	{ "gateway", name, kind, offsetof(struct portal_config, field), standard }
#define LIMIT(name, kind, field, standard) \
	{ "limits", name, kind, offsetof(struct portal_config, field), standard }

/* standard: NULL where there is none. */
static const struct setting {
	const char *group, *name;
	enum kind kind;
	gsize offset;
	const char *standard;
} settings[] = {
	PORTAL("listen", TEXT, listen, NULL),
	PORTAL("origin", TEXT, origin, NULL),
	PORTAL("proxies", PROXIES, proxies, ""),
	PORTAL("tls-cert", TEXT, tls_cert, NULL),
	PORTAL("tls-key", TEXT, tls_key, NULL),
	PORTAL("audit", TEXT, audit, NULL),
	PORTAL("title", TEXT, title, NULL),
	PORTAL("login-by-password", FLAG, by_password, "true"),
	PORTAL("login-by-credential", FLAG, by_credential, "true"),
	PORTAL("pools", FLAG, pools, "true"),
	PORTAL("broker", TEXT, broker, NULL),
	GATEWAY("keys", TEXT, keys, NULL),
	GATEWAY("path", TEXT, gateway_path, "/gw"),
	GATEWAY("tls-authority", TEXT, tls_authority, NULL),
	GATEWAY("websocket-authority", TEXT, websocket_authority, NULL),
	GATEWAY("plain", FLAG, plain, "false"),
	GATEWAY("channels", TEXT, channels, "all"),
	GATEWAY("admin", TEXT, gateway_admin, NULL),
	GATEWAY("use-seconds", SECONDS, ticket_use_s, "60"),
	GATEWAY("life-seconds", SECONDS, ticket_life_s, "43200"),
	LIMIT("visitors", COUNT, visitors, "10000"),
	LIMIT("connections", COUNT, connections, "2000"),
	LIMIT("workers", COUNT, workers, "16"),
	LIMIT("tasks", COUNT, tasks, "200"),
	LIMIT("logins-per-name", COUNT, per_name, "10"),
	LIMIT("logins-per-address", COUNT, per_address, "60"),
	LIMIT("idle-seconds", SECONDS, idle_s, "3600"),
	LIMIT("life-seconds", SECONDS, life_s, "43200"),
	LIMIT("request-seconds", SECONDS, request_s, "20"),
	LIMIT("task-seconds", SECONDS, task_s, "600"),
	LIMIT("unwatched-seconds", SECONDS, unwatched_s, "60"),
};

/* Settings of a login: they are the users', and differ from one to the next. */
static const char *const of_users[] = { "auth_type", "username", "user_name", "user_id", "password",
	"project_id", "project_name", "tenant_id", "tenant_name", "token", "auth_token", "passcode",
	"application_credential_id", "application_credential_name",
	"application_credential_secret", "access_token", "trust_id", "system_scope", NULL };

static gboolean fail(GError **error, const char *name, const char *problem)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", name, problem);
	return FALSE;
}

static gboolean read_number(const char *value, gint64 *out)
{
	return g_ascii_isdigit(*value) &&
			g_ascii_string_to_signed(value, 10, 1, G_MAXINT32, out, NULL);
}

static gboolean read_proxies(struct client_proxies **out, const char *value, GError **error)
{
	g_auto(GStrv) networks = g_strsplit_set(value, ";, ", -1);

	*out = client_proxies_parse(networks, error);
	if (!*out)
		g_prefix_error(error, "proxies: ");
	return *out != NULL;
}

static gboolean read_value(
		void *at, const struct setting *setting, const char *value, GError **error)
{
	gint64 number;

	switch (setting->kind) {
	case TEXT:
		*(char **)at = g_strdup(value);
		return *value || fail(error, setting->name, "empty");
	case FLAG:
		*(gboolean *)at = strcmp(value, "true") == 0;
		return *(gboolean *)at || strcmp(value, "false") == 0 ||
				fail(error, setting->name, "neither true nor false");
	case COUNT:
		if (!read_number(value, &number))
			return fail(error, setting->name, "no number from 1");
		*(guint *)at = (guint)number;
		return TRUE;
	case SECONDS:
		return read_number(value, at) ||
				fail(error, setting->name, "no number of seconds from 1");
	case PROXIES:
		return read_proxies(at, value, error);
	}
	return FALSE;
}

static gboolean read_setting(struct portal_config *config, GKeyFile *file,
		const struct setting *setting, GError **error)
{
	g_autofree char *value = g_key_file_get_string(file, setting->group, setting->name, NULL);

	if (!value)
		value = g_strdup(setting->standard);
	return !value || read_value((char *)config + setting->offset, setting, g_strstrip(value),
						 error);
}

static gboolean is_known(const char *group, const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
		if (strcmp(settings[i].group, group) == 0 && strcmp(settings[i].name, name) == 0)
			return TRUE;
	return strcmp(group, "cloud") == 0;
}

/* A word that nobody knows may be a limit that does not hold. */
static gboolean check_names(GKeyFile *file, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	for (guint i = 0; groups[i]; i++) {
		g_auto(GStrv) names = g_key_file_get_keys(file, groups[i], NULL, NULL);

		for (guint j = 0; names && names[j]; j++)
			if (!is_known(groups[i], names[j]))
				return fail(error, names[j], "not known in this group");
	}
	return TRUE;
}

/* The library knows which settings there are, and checks them when the portal starts. */
static gboolean read_cloud(struct portal_config *config, GKeyFile *file, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(file, "cloud", NULL, NULL);

	for (guint i = 0; names && names[i]; i++) {
		if (g_strv_contains(of_users, names[i]))
			return fail(error, names[i], "belongs to a user's login, not in [cloud]");
		g_hash_table_insert(config->cloud, g_strdup(names[i]),
				g_key_file_get_string(file, "cloud", names[i], NULL));
	}
	return g_hash_table_contains(config->cloud, "auth_url") ||
			fail(error, "auth_url", "missing in [cloud]: the address of Keystone");
}

/* "https://HOST" or "https://HOST:PORT", as browsers write it in a header. */
static gboolean is_origin(const char *text)
{
	const char *host = text + strlen("https://");

	return g_str_has_prefix(text, "https://") && *host && !strpbrk(host, "/?#@ ") &&
			!g_str_has_suffix(text, ":443");
}

static gboolean are_sockets(const char *text)
{
	g_auto(GStrv) all = g_strsplit_set(text, "; ", -1);

	for (guint i = 0; all[i]; i++)
		if (*all[i] && !g_str_has_prefix(all[i], "unix:/"))
			return FALSE;
	return TRUE;
}

static gboolean check_config(const struct portal_config *config, GError **error)
{
	if (!config->listen)
		return fail(error, "listen", "missing");
	if (!config->origin || !is_origin(config->origin))
		return fail(error, "origin", "https://HOST or https://HOST:PORT is wanted");
	if (!config->keys)
		return fail(error, "keys", "missing (osvdi-gateway new-key makes one)");
	if (!config->tls_cert != !config->tls_key)
		return fail(error, "tls-cert", "tls-cert and tls-key go together");
	if (config->gateway_path[0] != '/')
		return fail(error, "path", "must begin with /");
	if (config->gateway_admin && !are_sockets(config->gateway_admin))
		return fail(error, "admin", "unix:/PATH is wanted, several parted by ;");
	if (!config->by_password && !config->by_credential)
		return fail(error, "login-by-password", "no way to log in is left");
	return TRUE;
}

static gboolean read_all(struct portal_config *config, GKeyFile *file, GError **error)
{
	if (!check_names(file, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
		if (!read_setting(config, file, &settings[i], error))
			return FALSE;
	return read_cloud(config, file, error) && check_config(config, error);
}

static struct portal_config *from_file(GKeyFile *file, GError **error)
{
	struct portal_config *config = g_new0(struct portal_config, 1);

	config->cloud = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (read_all(config, file, error))
		return config;
	portal_config_free(config);
	return NULL;
}

struct portal_config *portal_config_parse(const char *text, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	return g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, error) ?
			from_file(file, error) :
			NULL;
}

struct portal_config *portal_config_load(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	struct portal_config *config = NULL;

	if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
		config = from_file(file, error);
	if (!config)
		g_prefix_error(error, "%s: ", path);
	return config;
}

void portal_config_free(struct portal_config *config)
{
	if (!config)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
		if (settings[i].kind == TEXT)
			g_free(*(char **)((char *)config + settings[i].offset));
	client_proxies_free(config->proxies);
	g_hash_table_unref(config->cloud);
	g_free(config);
}

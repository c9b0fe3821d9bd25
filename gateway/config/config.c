/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <stddef.h>
#include <string.h>

enum kind {
	TEXT,
	LIST,
	FLAG,
	COUNT,   /* guint, from 1 */
	SECONDS, /* gint64 */
	NETWORKS,
};

#define GATEWAY(name, kind, field, standard) \
	{ "gateway", name, kind, offsetof(struct config, field), standard }
#define LIMIT(name, kind, field, standard) \
	{ "limits", name, kind, offsetof(struct config, field), standard }

/* standard: NULL where there is none. */
static const struct setting {
	const char *group, *name;
	enum kind kind;
	gsize offset;
	const char *standard;
} settings[] = {
	GATEWAY("listen", LIST, listen, NULL),
	GATEWAY("proxy-protocol", FLAG, proxy_protocol, "false"),
	GATEWAY("tls-cert", TEXT, tls_cert, NULL),
	GATEWAY("tls-key", TEXT, tls_key, NULL),
	GATEWAY("keys", TEXT, keys, NULL),
	GATEWAY("path", TEXT, path, "/gw"),
	GATEWAY("origins", LIST, origins, NULL),
	GATEWAY("ticket-in-url", FLAG, ticket_in_url, "false"),
	GATEWAY("targets", NETWORKS, targets, NULL),
	GATEWAY("admin", TEXT, admin, NULL),
	GATEWAY("metrics", TEXT, metrics, NULL),
	GATEWAY("audit", TEXT, audit, NULL),
	GATEWAY("revocations", TEXT, revocations, NULL),
	LIMIT("connections", COUNT, limits.connections, "20000"),
	LIMIT("handshakes", COUNT, limits.handshakes, "1000"),
	LIMIT("silent-channels", COUNT, limits.silent, "4"),
	LIMIT("handshake-seconds", SECONDS, limits.handshake_s, "5"),
	LIMIT("connect-seconds", SECONDS, limits.connect_s, "10"),
	LIMIT("link-seconds", SECONDS, limits.link_s, "15"),
	LIMIT("ping-seconds", SECONDS, limits.ping_s, "20"),
	LIMIT("stall-seconds", SECONDS, limits.stall_s, "60"),
	LIMIT("drain-seconds", SECONDS, limits.drain_s, "60"),
	LIMIT("clock-skew-seconds", SECONDS, rules.skew_s, "30"),
	LIMIT("return-seconds", SECONDS, rules.grace_s, "30"),
	LIMIT("ticket-life-seconds", SECONDS, rules.max_life_s, "86400"),
};

static gboolean fail(GError **error, const char *name, const char *problem)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", name, problem);
	return FALSE;
}

static gboolean read_number(const char *value, guint least, gint64 *out)
{
	return g_ascii_isdigit(*value) && g_ascii_string_to_signed(value, 10, least, G_MAXINT32,
			out, NULL);
}

static gboolean read_networks(struct targets **out, const char *name, const char *value,
		GError **error)
{
	g_autoptr(GError) problem = NULL;

	*out = targets_parse(value, &problem);
	return *out || fail(error, name, problem->message);
}

static gboolean read_value(void *at, const struct setting *setting, const char *value,
		GError **error)
{
	gint64 number;

	switch (setting->kind) {
	case TEXT:
		*(char **)at = g_strdup(value);
		return *value || fail(error, setting->name, "empty");
	case LIST:
		*(char ***)at = g_strsplit_set(value, ";, ", -1);
		return TRUE;
	case FLAG:
		*(gboolean *)at = strcmp(value, "true") == 0;
		return *(gboolean *)at || strcmp(value, "false") == 0 ||
				fail(error, setting->name, "neither true nor false");
	case COUNT:
		if (!read_number(value, 1, &number))
			return fail(error, setting->name, "no number from 1");
		*(guint *)at = (guint)number;
		return TRUE;
	case SECONDS:
		return read_number(value, 0, at) ||
				fail(error, setting->name, "no number of seconds");
	case NETWORKS:
		return read_networks(at, setting->name, value, error);
	}
	return FALSE;
}

static gboolean read_setting(struct config *config, GKeyFile *file, const struct setting *setting,
		GError **error)
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
	return strcmp(group, "authorities") == 0;
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

static void read_authorities(struct config *config, GKeyFile *file)
{
	g_auto(GStrv) names = g_key_file_get_keys(file, "authorities", NULL, NULL);

	config->authorities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; names && names[i]; i++)
		g_hash_table_insert(config->authorities, g_strdup(names[i]),
				g_key_file_get_string(file, "authorities", names[i], NULL));
}

static gboolean check_config(const struct config *config, GError **error)
{
	if (!config->listen)
		return fail(error, "listen", "missing");
	if (!config->keys)
		return fail(error, "keys", "missing (osvdi-gateway new-key makes one)");
	if (!config->targets)
		return fail(error, "targets", "missing: name the networks that desktops are in");
	if (!config->tls_cert != !config->tls_key)
		return fail(error, "tls-cert", "tls-cert and tls-key go together");
	if (config->path[0] != '/')
		return fail(error, "path", "must begin with /");
	for (guint i = 0; config->origins && config->origins[i]; i++)
		if (*config->origins[i] && !g_str_has_prefix(config->origins[i], "https://") &&
				!g_str_has_prefix(config->origins[i], "http://"))
			return fail(error, "origins", "each is https://HOST or https://HOST:PORT");
	return TRUE;
}

static gboolean read_all(struct config *config, GKeyFile *file, GError **error)
{
	if (!check_names(file, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
		if (!read_setting(config, file, &settings[i], error))
			return FALSE;
	read_authorities(config, file);
	return check_config(config, error);
}

static struct config *from_file(GKeyFile *file, GError **error)
{
	struct config *config = g_new0(struct config, 1);

	if (read_all(config, file, error))
		return config;
	config_free(config);
	return NULL;
}

struct config *config_parse(const char *text, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	return g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, error) ?
			from_file(file, error) : NULL;
}

struct config *config_load(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	struct config *config = NULL;

	if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
		config = from_file(file, error);
	if (!config)
		g_prefix_error(error, "%s: ", path);
	return config;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
		void *at = (char *)config + settings[i].offset;

		if (settings[i].kind == TEXT)
			g_free(*(char **)at);
		else if (settings[i].kind == LIST)
			g_strfreev(*(char ***)at);
	}
	targets_free(config->targets);
	g_clear_pointer(&config->authorities, g_hash_table_unref);
	g_free(config);
}

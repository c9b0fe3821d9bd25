/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "settings/setting-table.h"

#include <stddef.h>
#include <string.h>

static gboolean read_networks(void *field, const char *value, GError **error)
{
	struct targets **out = field;

	*out = targets_parse(value, error);
	return *out != NULL;
}

#define AT(field) offsetof(struct config, field)
#define GATEWAY(name, kind, field, standard) \
	{ "gateway", name, SETTING_##kind, AT(field), standard, NULL }
#define LIMIT(name, kind, field, standard) \
	{ "limits", name, SETTING_##kind, AT(field), standard, NULL }

static const struct setting rows[] = {
	GATEWAY("listen", LIST, listen, NULL),
	GATEWAY("proxy-protocol", FLAG, proxy_protocol, "false"),
	GATEWAY("tls-cert", TEXT, tls_cert, NULL),
	GATEWAY("tls-key", TEXT, tls_key, NULL),
	GATEWAY("keys", TEXT, keys, NULL),
	GATEWAY("path", TEXT, path, "/gw"),
	GATEWAY("origins", LIST, origins, NULL),
	GATEWAY("ticket-in-url", FLAG, ticket_in_url, "false"),
	{ "gateway", "targets", SETTING_OWN, AT(targets), NULL, read_networks },
	GATEWAY("admin", TEXT, admin, NULL),
	GATEWAY("metrics", TEXT, metrics, NULL),
	GATEWAY("audit", TEXT, audit, NULL),
	GATEWAY("revocations", TEXT, revocations, NULL),
	LIMIT("connections", COUNT, limits.connections, "20000"),
	LIMIT("handshakes", COUNT, limits.handshakes, "1000"),
	LIMIT("silent-channels", COUNT, limits.silent, "4"),
	LIMIT("handshake-seconds", SECONDS_FROM_0, limits.handshake_s, "5"),
	LIMIT("connect-seconds", SECONDS_FROM_0, limits.connect_s, "10"),
	LIMIT("link-seconds", SECONDS_FROM_0, limits.link_s, "15"),
	LIMIT("ping-seconds", SECONDS_FROM_0, limits.ping_s, "20"),
	LIMIT("stall-seconds", SECONDS_FROM_0, limits.stall_s, "60"),
	LIMIT("drain-seconds", SECONDS_FROM_0, limits.drain_s, "60"),
	LIMIT("clock-skew-seconds", SECONDS_FROM_0, rules.skew_s, "30"),
	LIMIT("return-seconds", SECONDS_FROM_0, rules.grace_s, "30"),
	LIMIT("ticket-life-seconds", SECONDS_FROM_0, rules.max_life_s, "86400"),
};
static const struct setting_table table = { rows, G_N_ELEMENTS(rows), "authorities" };

static gboolean read_authorities(struct config *config, GKeyFile *file, GError **error)
{
	GHashTableIter iter;
	gpointer name, path;

	config->authorities = setting_group(file, "authorities", error);
	if (!config->authorities)
		return FALSE;
	g_hash_table_iter_init(&iter, config->authorities);
	while (g_hash_table_iter_next(&iter, &name, &path))
		if (!*g_strstrip(path))
			return setting_fail(error, name, "empty");
	return TRUE;
}

static gboolean check_config(const struct config *config, GError **error)
{
	if (!config->listen)
		return setting_fail(error, "listen", "missing");
	if (!config->keys)
		return setting_fail(error, "keys", "missing (osvdi-gateway new-key makes one)");
	if (!config->targets)
		return setting_fail(error, "targets",
				"missing: name the networks that desktops are in");
	if (!config->tls_cert != !config->tls_key)
		return setting_fail(error, "tls-cert", "tls-cert and tls-key go together");
	if (config->path[0] != '/')
		return setting_fail(error, "path", "must begin with /");
	for (guint i = 0; config->origins && config->origins[i]; i++)
		if (*config->origins[i] && !g_str_has_prefix(config->origins[i], "https://") &&
				!g_str_has_prefix(config->origins[i], "http://"))
			return setting_fail(error, "origins",
					"each is https://HOST or https://HOST:PORT");
	return TRUE;
}

static struct config *from_file(GKeyFile *file, GError **error)
{
	struct config *config = g_new0(struct config, 1);

	if (setting_table_read(&table, file, config, error) &&
			read_authorities(config, file, error) && check_config(config, error))
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
	setting_table_clear(&table, config);
	targets_free(config->targets);
	g_clear_pointer(&config->authorities, g_hash_table_unref);
	g_free(config);
}

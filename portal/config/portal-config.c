/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portal-config.h"

#include "core/safe-url.h"

#include <gio/gio.h>
#include <settings/setting-table.h>
#include <stddef.h>
#include <string.h>
#include <ticket/ticket.h>

static gboolean read_proxies(void *field, const char *value, GError **error)
{
	struct client_proxies **out = field;
	g_auto(GStrv) networks = g_strsplit_set(value, ";, ", -1);

	*out = client_proxies_parse(networks, error);
	return *out != NULL;
}

static gboolean read_channels(void *field, const char *value, GError **error)
{
	if (channels_parse(value, field))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
			"\"%s\" is not understood: \"all\" is, and names of channels parted by "
			"\",\" alone (main,display,inputs,cursor)",
			value);
	return FALSE;
}

#define AT(field) offsetof(struct portal_config, field)
#define PORTAL(name, kind, field, standard) \
	{ "portal", name, SETTING_##kind, AT(field), standard, NULL }
#define GATEWAY(name, kind, field, standard) \
	{ "gateway", name, SETTING_##kind, AT(field), standard, NULL }
#define OIDC(name, kind, field, standard) \
	{ "oidc", name, SETTING_##kind, AT(field), standard, NULL }
#define LIMIT(name, kind, field, standard) \
	{ "limits", name, SETTING_##kind, AT(field), standard, NULL }

static const struct setting rows[] = {
	PORTAL("listen", TEXT, listen, NULL),
	PORTAL("origin", TEXT, origin, NULL),
	{ "portal", "proxies", SETTING_OWN, AT(proxies), "", read_proxies },
	PORTAL("tls-cert", TEXT, tls_cert, NULL),
	PORTAL("tls-key", TEXT, tls_key, NULL),
	PORTAL("audit", TEXT, audit, NULL),
	PORTAL("title", TEXT, title, NULL),
	PORTAL("page", TEXT, page, NULL),
	PORTAL("login-by-password", FLAG, by_password, "true"),
	PORTAL("login-by-credential", FLAG, by_credential, "true"),
	PORTAL("pools", FLAG, pools, "true"),
	PORTAL("broker", TEXT, broker, NULL),
	OIDC("issuer", TEXT, oidc_issuer, NULL),
	OIDC("name", TEXT, oidc_name, NULL),
	OIDC("client-id", TEXT, oidc_client, NULL),
	OIDC("client-secret-file", TEXT, oidc_secret, NULL),
	OIDC("scopes", TEXT, oidc_scopes, "openid profile"),
	OIDC("ca", TEXT, oidc_ca, NULL),
	OIDC("identity-provider", TEXT, oidc_idp, NULL),
	OIDC("protocol", TEXT, oidc_protocol, "openid"),
	OIDC("end-session", FLAG, oidc_log_out, "true"),
	OIDC("clock-skew-seconds", SECONDS_FROM_0, oidc_skew_s, "60"),
	GATEWAY("keys", TEXT, keys, NULL),
	GATEWAY("path", TEXT, gateway_path, "/gw"),
	GATEWAY("tls-authority", TEXT, tls_authority, NULL),
	GATEWAY("websocket-authority", TEXT, websocket_authority, NULL),
	GATEWAY("plain", FLAG, plain, "false"),
	{ "gateway", "channels", SETTING_OWN, AT(channels), "all", read_channels },
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
static const struct setting_table table = { rows, G_N_ELEMENTS(rows), "cloud" };

/* Settings of a login: they are the users', and differ from one to the next. */
static const char *const of_users[] = { "auth_type", "username", "user_name", "user_id", "password",
	"project_id", "project_name", "tenant_id", "tenant_name", "token", "auth_token", "passcode",
	"application_credential_id", "application_credential_name",
	"application_credential_secret", "access_token", "trust_id", "system_scope", NULL };

/* The library knows which settings there are, and checks them when the portal starts. */
static gboolean read_cloud(struct portal_config *config, GKeyFile *file, GError **error)
{
	for (guint i = 0; of_users[i]; i++)
		if (g_key_file_has_key(file, "cloud", of_users[i], NULL))
			return setting_fail(error, of_users[i],
					"belongs to a user's login, not in [cloud]");
	config->cloud = setting_group(file, "cloud", error);
	if (!config->cloud)
		return FALSE;
	return g_hash_table_contains(config->cloud, "auth_url") ||
			setting_fail(error, "auth_url",
					"missing in [cloud]: the address of Keystone");
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

static gboolean has_word(const char *words, const char *word)
{
	g_auto(GStrv) all = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)all, word);
}

/* The issuer is compared as it stands, and addresses begin with it. */
static gboolean check_oidc(const struct portal_config *config, GError **error)
{
	if (!config->oidc_issuer)
		return (!config->oidc_client && !config->oidc_secret && !config->oidc_idp) ||
				setting_fail(error, "issuer",
						"missing in [oidc], which has other settings");
	if (!safe_url_is(config->oidc_issuer) || strchr(config->oidc_issuer, '?'))
		return setting_fail(error, "issuer",
				"https://HOST/PATH is wanted, as the provider writes it");
	if (!config->oidc_client)
		return setting_fail(error, "client-id", "missing in [oidc]");
	if (!config->oidc_name)
		return setting_fail(error, "name",
				"missing in [oidc]: what people call the provider");
	if (!config->oidc_idp)
		return setting_fail(error, "identity-provider",
				"missing in [oidc]: the provider's name at Keystone");
	return has_word(config->oidc_scopes, "openid") ||
			setting_fail(error, "scopes", "\"openid\" must be one of them");
}

static gboolean check_config(const struct portal_config *config, GError **error)
{
	if (!config->listen)
		return setting_fail(error, "listen", "missing");
	if (!config->origin || !is_origin(config->origin))
		return setting_fail(error, "origin", "https://HOST or https://HOST:PORT is wanted");
	if (!config->keys)
		return setting_fail(error, "keys", "missing (osvdi-gateway new-key makes one)");
	if (!config->tls_cert != !config->tls_key)
		return setting_fail(error, "tls-cert", "tls-cert and tls-key go together");
	if (config->gateway_path[0] != '/')
		return setting_fail(error, "path", "must begin with /");
	if (config->gateway_admin && !are_sockets(config->gateway_admin))
		return setting_fail(error, "admin", "unix:/PATH is wanted, several parted by ;");
	if (!config->by_password && !config->by_credential && !config->oidc_issuer)
		return setting_fail(error, "login-by-password", "no way to log in is left");
	return check_oidc(config, error);
}

static struct portal_config *from_file(GKeyFile *file, GError **error)
{
	struct portal_config *config = g_new0(struct portal_config, 1);

	if (setting_table_read(&table, file, config, error) && read_cloud(config, file, error) &&
			check_config(config, error))
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
	setting_table_clear(&table, config);
	client_proxies_free(config->proxies);
	g_clear_pointer(&config->cloud, g_hash_table_unref);
	g_free(config);
}

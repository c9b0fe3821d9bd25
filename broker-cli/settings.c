/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "json.h"
#include "settings.h"
#include "text.h"

static const struct {
	const char *key;
	gboolean secret;
	const char *alias; /* another key for the same, of older clients */
} table[SET_COUNT] = {
	[SET_CLOUD] = { "cloud" },
	[SET_AUTH_TYPE] = { "auth_type", FALSE, "auth_plugin" },
	[SET_AUTH_URL] = { "auth_url" },
	[SET_USERNAME] = { "username", FALSE, "user_name" },
	[SET_USER_ID] = { "user_id" },
	[SET_PASSWORD] = { "password", TRUE },
	[SET_USER_DOMAIN_NAME] = { "user_domain_name" },
	[SET_USER_DOMAIN_ID] = { "user_domain_id" },
	[SET_PROJECT_NAME] = { "project_name", FALSE, "tenant_name" },
	[SET_PROJECT_ID] = { "project_id", FALSE, "tenant_id" },
	[SET_PROJECT_DOMAIN_NAME] = { "project_domain_name" },
	[SET_PROJECT_DOMAIN_ID] = { "project_domain_id" },
	[SET_DOMAIN_NAME] = { "domain_name" },
	[SET_DOMAIN_ID] = { "domain_id" },
	[SET_DEFAULT_DOMAIN] = { "default_domain", FALSE, "default_domain_id" },
	[SET_TRUST_ID] = { "trust_id" },
	[SET_TOKEN] = { "token", TRUE, "auth_token" },
	[SET_APPLICATION_CREDENTIAL_ID] = { "application_credential_id" },
	[SET_APPLICATION_CREDENTIAL_NAME] = { "application_credential_name" },
	[SET_APPLICATION_CREDENTIAL_SECRET] = { "application_credential_secret", TRUE },
	[SET_IDENTITY_PROVIDER] = { "identity_provider" },
	[SET_PROTOCOL] = { "protocol" },
	[SET_CLIENT_ID] = { "client_id" },
	[SET_CLIENT_SECRET] = { "client_secret", TRUE },
	[SET_ACCESS_TOKEN] = { "access_token", TRUE },
	[SET_ACCESS_TOKEN_ENDPOINT] = { "access_token_endpoint" },
	[SET_ACCESS_TOKEN_TYPE] = { "access_token_type" },
	[SET_DISCOVERY_ENDPOINT] = { "discovery_endpoint" },
	[SET_OPENID_SCOPE] = { "openid_scope", FALSE, "scope" },
	[SET_REGION_NAME] = { "region_name" },
	[SET_INTERFACE] = { "interface", FALSE, "endpoint_type" },
	[SET_CACERT] = { "cacert" },
	[SET_CERT] = { "cert" },
	[SET_KEY] = { "key" },
	[SET_INSECURE] = { "insecure" },
	[SET_COMPUTE_ENDPOINT_OVERRIDE] = { "compute_endpoint_override" },
	[SET_IMAGE_ENDPOINT_OVERRIDE] = { "image_endpoint_override" },
	[SET_NETWORK_ENDPOINT_OVERRIDE] = { "network_endpoint_override" },
	[SET_RESERVATION_ENDPOINT_OVERRIDE] = { "reservation_endpoint_override" },
};

const char *settings_key(enum setting which)
{
	return table[which].key;
}

gboolean settings_is_secret(enum setting which)
{
	return table[which].secret;
}

void settings_clear(struct settings *s)
{
	for (int i = 0; i < SET_COUNT; i++)
		g_clear_pointer(&s->value[i], secret_free);
}

const char *settings_get(const struct settings *s, enum setting which)
{
	return s->value[which];
}

void settings_set(struct settings *s, enum setting which, const char *value)
{
	char *copy = value && *value ? g_strdup(value) : NULL;

	secret_free(s->value[which]);
	s->value[which] = copy;
}

void settings_fill(struct settings *s, const struct settings *below)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (!s->value[i] && below->value[i])
			s->value[i] = g_strdup(below->value[i]);
}

static const char *environment(char **envp, const char *key)
{
	g_autofree char *upper = g_ascii_strup(key, -1);
	g_autofree char *name = g_strconcat("OS_", upper, NULL);

	return g_environ_getenv(envp, name);
}

void settings_from_environment(struct settings *s, char **envp)
{
	for (int i = 0; i < SET_COUNT; i++) {
		const char *value = environment(envp, table[i].key);

		if ((!value || !*value) && table[i].alias)
			value = environment(envp, table[i].alias);
		settings_set(s, i, value);
	}
}

/* Keys may be written with - or _, in the cloud or in its "auth". */
static const char *cloud_value(JsonObject *cloud, const char *key)
{
	g_autofree char *dashed = g_strdelimit(g_strdup(key), "_", '-');
	JsonObject *places[] = { json_obj(cloud, "auth"), cloud };

	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		const char *v = json_str(places[i], key);

		if (!v)
			v = json_str(places[i], dashed);
		if (v && *v)
			return v;
	}
	return NULL;
}

static const char *first_region(JsonObject *cloud)
{
	JsonArray *regions = json_arr(cloud, "regions");
	const char *name = json_elem_str(regions, 0);

	return name ? name : json_str(json_elem_obj(regions, 0), "name");
}

void settings_from_cloud(struct settings *s, JsonObject *cloud)
{
	const char *verify = cloud_value(cloud, "verify");

	for (int i = 0; i < SET_COUNT; i++) {
		const char *value = cloud_value(cloud, table[i].key);

		if (!value && table[i].alias)
			value = cloud_value(cloud, table[i].alias);
		if (i != SET_CLOUD)
			settings_set(s, i, value);
	}
	if (verify)
		settings_set(s, SET_INSECURE, text_is_true(verify) ? "false" : "true");
	if (!s->value[SET_REGION_NAME])
		settings_set(s, SET_REGION_NAME, first_region(cloud));
}

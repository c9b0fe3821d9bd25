/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/settings.h"
#include "base/text.h"

#define ALIASES 3

#define OF_SERVICE(NAME, name)                                                                     \
	[SET_##NAME##_ENDPOINT_OVERRIDE] = { name "_endpoint_override", SETTING_URL,               \
		{ name "_endpoint" } },                                                            \
	[SET_##NAME##_INTERFACE] = { name "_interface", SETTING_INTERFACE,                         \
		{ name "_endpoint_type" } },                                                       \
	[SET_##NAME##_REGION_NAME] = { name "_region_name", SETTING_WORD },                        \
	[SET_##NAME##_SERVICE_TYPE] = { name "_service_type", SETTING_WORD }

static const struct {
	const char *key;
	enum setting_kind kind;
	const char *alias[ALIASES + 1]; /* other keys for the same, of older clients */
} table[SET_COUNT] = {
	[SET_CLOUD] = { "cloud", SETTING_NAME },
	[SET_AUTH_TYPE] = { "auth_type", SETTING_WORD, { "auth_plugin" } },
	[SET_AUTH_URL] = { "auth_url", SETTING_URL },
	[SET_USERNAME] = { "username", SETTING_NAME, { "user_name" } },
	[SET_USER_ID] = { "user_id", SETTING_WORD },
	[SET_PASSWORD] = { "password", SETTING_SECRET },
	[SET_USER_DOMAIN_NAME] = { "user_domain_name", SETTING_NAME },
	[SET_USER_DOMAIN_ID] = { "user_domain_id", SETTING_WORD },
	[SET_PROJECT_NAME] = { "project_name", SETTING_NAME, { "tenant_name" } },
	[SET_PROJECT_ID] = { "project_id", SETTING_WORD, { "tenant_id" } },
	[SET_PROJECT_DOMAIN_NAME] = { "project_domain_name", SETTING_NAME },
	[SET_PROJECT_DOMAIN_ID] = { "project_domain_id", SETTING_WORD },
	[SET_DOMAIN_NAME] = { "domain_name", SETTING_NAME },
	[SET_DOMAIN_ID] = { "domain_id", SETTING_WORD },
	[SET_DEFAULT_DOMAIN] = { "default_domain", SETTING_WORD, { "default_domain_id" } },
	[SET_DEFAULT_DOMAIN_NAME] = { "default_domain_name", SETTING_NAME },
	[SET_SYSTEM_SCOPE] = { "system_scope", SETTING_WORD },
	[SET_TRUST_ID] = { "trust_id", SETTING_WORD },
	[SET_TOKEN] = { "token", SETTING_SECRET, { "auth_token" } },
	[SET_PASSCODE] = { "passcode", SETTING_SECRET },
	[SET_APPLICATION_CREDENTIAL_ID] = { "application_credential_id", SETTING_WORD },
	[SET_APPLICATION_CREDENTIAL_NAME] = { "application_credential_name", SETTING_NAME },
	[SET_APPLICATION_CREDENTIAL_SECRET] = { "application_credential_secret", SETTING_SECRET },
	[SET_IDENTITY_PROVIDER] = { "identity_provider", SETTING_NAME },
	[SET_PROTOCOL] = { "protocol", SETTING_NAME },
	[SET_CLIENT_ID] = { "client_id", SETTING_NAME },
	[SET_CLIENT_SECRET] = { "client_secret", SETTING_SECRET },
	[SET_ACCESS_TOKEN] = { "access_token", SETTING_SECRET },
	[SET_ACCESS_TOKEN_ENDPOINT] = { "access_token_endpoint", SETTING_URL },
	[SET_ACCESS_TOKEN_TYPE] = { "access_token_type", SETTING_WORD },
	[SET_DISCOVERY_ENDPOINT] = { "discovery_endpoint", SETTING_URL },
	[SET_OPENID_SCOPE] = { "openid_scope", SETTING_WORD, { "scope" } },
	[SET_REGION_NAME] = { "region_name", SETTING_WORD },
	[SET_INTERFACE] = { "interface", SETTING_INTERFACE, { "endpoint_type" } },
	[SET_CACERT] = { "cacert", SETTING_FILE },
	[SET_CERT] = { "cert", SETTING_FILE },
	[SET_KEY] = { "key", SETTING_FILE },
	[SET_INSECURE] = { "insecure", SETTING_BOOL },
	[SET_VERIFY] = { "verify", SETTING_WORD },
	[SET_FORCE_IPV4] = { "force_ipv4", SETTING_BOOL, { "broken_ipv6" } },
	[SET_API_TIMEOUT] = { "api_timeout", SETTING_WORD },
	[SET_IDENTITY_API_VERSION] = { "identity_api_version", SETTING_WORD },
	[SET_COMPUTE_API_VERSION] = { "compute_api_version", SETTING_WORD },
	[SET_IMAGE_API_VERSION] = { "image_api_version", SETTING_WORD },
	[SET_NETWORK_API_VERSION] = { "network_api_version", SETTING_WORD },
	[SET_COMPUTE_DEFAULT_MICROVERSION] = { "compute_default_microversion", SETTING_WORD },
	OF_SERVICE(IDENTITY, "identity"),
	OF_SERVICE(COMPUTE, "compute"),
	OF_SERVICE(IMAGE, "image"),
	OF_SERVICE(NETWORK, "network"),
	OF_SERVICE(RESERVATION, "reservation"),
	OF_SERVICE(PLACEMENT, "placement"),
};

const char *settings_key(enum setting which)
{
	return table[which].key;
}

const char *const *settings_aliases(enum setting which)
{
	return table[which].alias;
}

enum setting_kind settings_kind(enum setting which)
{
	return table[which].kind;
}

gboolean settings_is_secret(enum setting which)
{
	return table[which].kind == SETTING_SECRET;
}

/* "OS_AUTH_URL". Owner: caller. */
static char *variable_of(enum setting which)
{
	g_autofree char *upper = g_ascii_strup(table[which].key, -1);

	return g_strconcat("OS_", upper, NULL);
}

char *settings_place(const struct settings *s, enum setting which)
{
	return s->origin[which] ? g_strdup(s->origin[which]) : variable_of(which);
}

void settings_clear(struct settings *s)
{
	for (int i = 0; i < SET_COUNT; i++) {
		g_clear_pointer(&s->value[i], secret_free);
		g_clear_pointer(&s->origin[i], g_free);
	}
	g_clear_pointer(&s->regions, g_strfreev);
}

const char *settings_get(const struct settings *s, enum setting which)
{
	return s->value[which];
}

void settings_set_from(struct settings *s, enum setting which, const char *value,
		const char *origin)
{
	char *copy = value && *value ? g_strdup(value) : NULL;
	char *place = copy ? g_strdup(origin) : NULL;

	secret_free(s->value[which]);
	g_free(s->origin[which]);
	s->value[which] = copy;
	s->origin[which] = place;
}

void settings_set(struct settings *s, enum setting which, const char *value)
{
	settings_set_from(s, which, value, NULL);
}

void settings_fill(struct settings *s, const struct settings *below)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (!s->value[i] && below->value[i])
			settings_set_from(s, i, below->value[i], below->origin[i]);
	if (!s->regions)
		s->regions = g_strdupv(below->regions);
}

void settings_remember(const struct settings *s, struct redact *secrets)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (settings_is_secret(i))
			redact_remember(secrets, settings_get(s, i));
		else
			redact_except(secrets, settings_get(s, i));
}

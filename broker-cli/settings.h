/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_SETTINGS_H
#define OSVDI_BROKER_SETTINGS_H

#include <glib.h>
#include <json-glib/json-glib.h>

/*
 * How to reach and enter a cloud: the names that users of OpenStack's own
 * clients know, from the command line, the environment and clouds.yaml.
 */
enum setting {
	SET_CLOUD,
	SET_AUTH_TYPE,
	SET_AUTH_URL,
	SET_USERNAME,
	SET_USER_ID,
	SET_PASSWORD,
	SET_USER_DOMAIN_NAME,
	SET_USER_DOMAIN_ID,
	SET_PROJECT_NAME,
	SET_PROJECT_ID,
	SET_PROJECT_DOMAIN_NAME,
	SET_PROJECT_DOMAIN_ID,
	SET_DOMAIN_NAME,
	SET_DOMAIN_ID,
	SET_DEFAULT_DOMAIN,
	SET_TRUST_ID,
	SET_TOKEN,
	SET_APPLICATION_CREDENTIAL_ID,
	SET_APPLICATION_CREDENTIAL_NAME,
	SET_APPLICATION_CREDENTIAL_SECRET,
	SET_IDENTITY_PROVIDER,
	SET_PROTOCOL,
	SET_CLIENT_ID,
	SET_CLIENT_SECRET,
	SET_ACCESS_TOKEN,
	SET_ACCESS_TOKEN_ENDPOINT,
	SET_ACCESS_TOKEN_TYPE,
	SET_DISCOVERY_ENDPOINT,
	SET_OPENID_SCOPE,
	SET_REGION_NAME,
	SET_INTERFACE,
	SET_CACERT,
	SET_CERT,
	SET_KEY,
	SET_INSECURE,
	SET_COMPUTE_ENDPOINT_OVERRIDE,
	SET_IMAGE_ENDPOINT_OVERRIDE,
	SET_NETWORK_ENDPOINT_OVERRIDE,
	SET_RESERVATION_ENDPOINT_OVERRIDE,
	SET_COUNT,
};

/* A value may be NULL; an empty one is never stored. */
struct settings {
	char *value[SET_COUNT];
};

void settings_clear(struct settings *s);

/** "auth_url": the name in clouds.yaml; the environment has OS_AUTH_URL. */
const char *settings_key(enum setting which);
/** Whether it is a secret: never on a command line, never shown. */
gboolean settings_is_secret(enum setting which);

const char *settings_get(const struct settings *s, enum setting which);
/** Copies value; NULL or "" unsets. */
void settings_set(struct settings *s, enum setting which, const char *value);
/** Takes over from `below` what s lacks. */
void settings_fill(struct settings *s, const struct settings *below);

/** What OS_* variables of envp (as from g_get_environ()) say. */
void settings_from_environment(struct settings *s, char **envp);

/** What one cloud of clouds.yaml says (its "auth" mapping included). */
void settings_from_cloud(struct settings *s, JsonObject *cloud);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_SETTINGS_H
#define OSVDI_BROKER_SETTINGS_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/redact.h"

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
	SET_DEFAULT_DOMAIN, /* its id */
	SET_DEFAULT_DOMAIN_NAME,
	SET_SYSTEM_SCOPE,
	SET_TRUST_ID,
	SET_TOKEN,
	SET_PASSCODE,
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
	SET_VERIFY,
	SET_FORCE_IPV4,
	SET_API_TIMEOUT,
	SET_IDENTITY_API_VERSION,
	SET_COMPUTE_API_VERSION,
	SET_IMAGE_API_VERSION,
	SET_NETWORK_API_VERSION,
	SET_COMPUTE_DEFAULT_MICROVERSION,
	/* of one service, in the order of the services in cloud/cloud.h */
	SET_IDENTITY_ENDPOINT_OVERRIDE,
	SET_COMPUTE_ENDPOINT_OVERRIDE,
	SET_IMAGE_ENDPOINT_OVERRIDE,
	SET_NETWORK_ENDPOINT_OVERRIDE,
	SET_RESERVATION_ENDPOINT_OVERRIDE,
	SET_PLACEMENT_ENDPOINT_OVERRIDE,
	SET_IDENTITY_INTERFACE,
	SET_COMPUTE_INTERFACE,
	SET_IMAGE_INTERFACE,
	SET_NETWORK_INTERFACE,
	SET_RESERVATION_INTERFACE,
	SET_PLACEMENT_INTERFACE,
	SET_IDENTITY_REGION_NAME,
	SET_COMPUTE_REGION_NAME,
	SET_IMAGE_REGION_NAME,
	SET_NETWORK_REGION_NAME,
	SET_RESERVATION_REGION_NAME,
	SET_PLACEMENT_REGION_NAME,
	SET_IDENTITY_SERVICE_TYPE,
	SET_COMPUTE_SERVICE_TYPE,
	SET_IMAGE_SERVICE_TYPE,
	SET_NETWORK_SERVICE_TYPE,
	SET_RESERVATION_SERVICE_TYPE,
	SET_PLACEMENT_SERVICE_TYPE,
	SET_COUNT,
};

/* The kind of a value decides how the value is tidied and checked. */
enum setting_kind {
	SETTING_NAME, /* of a user, project, domain: taken as it stands */
	SETTING_SECRET, /* never on a command line, never shown */
	SETTING_WORD, /* for programs: blanks around it mean nothing */
	SETTING_URL,
	SETTING_FILE, /* ~ is the home */
	SETTING_BOOL,
	SETTING_INTERFACE, /* one or several, with commas */
};

/* A value may be NULL; an empty one is never stored. */
struct settings {
	char *value[SET_COUNT];
	char *origin[SET_COUNT]; /* "clouds.yaml:12 (cacert)", or NULL: OS_* */
	char **regions; /* that clouds.yaml names for the cloud, or NULL */
};

void settings_clear(struct settings *s);

/** "auth_url": the name in clouds.yaml; the environment has OS_AUTH_URL. */
const char *settings_key(enum setting which);
/** Other keys for the same, NULL at the end. */
const char *const *settings_aliases(enum setting which);
enum setting_kind settings_kind(enum setting which);
/** Whether it is a secret: never on a command line, never shown. */
gboolean settings_is_secret(enum setting which);
/** Where the value comes from, for messages: "clouds.yaml:12 (cacert)", "OS_CACERT". */
char *settings_place(const struct settings *s, enum setting which);

const char *settings_get(const struct settings *s, enum setting which);
/** Copies value; NULL or "" unsets. */
void settings_set(struct settings *s, enum setting which, const char *value);
/** The same with the place that the value comes from. */
void settings_set_from(struct settings *s, enum setting which, const char *value,
		const char *origin);
/** Takes over from `below` what s lacks. */
void settings_fill(struct settings *s, const struct settings *below);

/**
 * No message shows the secrets among the settings from now on. A plain setting stays
 * readable even if a secret is the same word.
 */
void settings_remember(const struct settings *s, struct redact *secrets);

#endif

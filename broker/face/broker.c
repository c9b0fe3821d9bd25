/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/authority.h"
#include "base/error.h"
#include "base/text.h"
#include "cloud/settings-check.h"
#include "face/face.h"

#define DEFAULT_TIMEOUT_S 300
/* The name of a configuration's text in messages. */
#define CONFIG_NAME "configuration"

void face_take_params(void *into, size_t size, const void *params, size_t given)
{
	memset(into, 0, size);
	if (params)
		memcpy(into, params, MIN(size, given));
}

static int find_setting(const char *name)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (i != SET_CLOUD && (!strcmp(name, settings_key(i)) ||
				g_strv_contains(settings_aliases(i), name)))
			return i;
	return -1;
}

static gboolean take_settings(struct osvdi_broker *b, const struct osvdi_broker_params *p,
		GError **error)
{
	const struct osvdi_broker_setting *given = p->settings;

	for (; given && given->name; given++) {
		int which = find_setting(given->name);

		if (which < 0) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
					"%s: this is no setting of a cloud", given->name);
			return FALSE;
		}
		settings_set_from(&b->settings, which, given->value, given->name);
	}
	if (p->login)
		face_take_login(b, p->login);
	settings_remember(&b->settings, b->caller.secrets);
	return settings_check(&b->settings, NULL, &b->caller, error);
}

static gboolean read_authority(const char *path, const char *place, char **out, GError **error)
{
	*out = path ? authority_read(path, place, error) : NULL;
	return !path || *out;
}

/* Files that the settings and the configuration name. */
static gboolean read_files(struct osvdi_broker *b, GError **error)
{
	const struct settings *s = &b->settings;
	g_autofree char *ca_place = settings_place(s, SET_CACERT);
	g_autofree char *cert_place = settings_place(s, SET_CERT);
	g_autofree char *key_place = settings_place(s, SET_KEY);

	return read_authority(settings_get(s, SET_CACERT), ca_place, &b->cacert, error) &&
			read_authority(b->config.spice_ca_file, b->config.spice_ca_place,
					&b->spice_ca, error) &&
			authority_check_client(settings_get(s, SET_CERT), cert_place,
					settings_get(s, SET_KEY), key_place, error);
}

static gboolean open_cloud(struct osvdi_broker *b, const struct osvdi_broker_params *p,
		GError **error)
{
	const struct cloud_params params = {
		.settings = &b->settings,
		.cache_directory = p->cache_directory,
		.token = p->login && face_login_fits(b, p->login) ? p->login->token : NULL,
		.request_timeout_s = p->request_timeout_s,
		.caller = &b->caller,
	};

	b->cloud = cloud_new(&params, error);
	return b->cloud != NULL;
}

static gboolean prepare(struct osvdi_broker *b, const struct osvdi_broker_params *p,
		GError **error)
{
	config_init(&b->config, NULL);
	if (p->config &&
			!config_parse(&b->config, CONFIG_NAME, p->config, strlen(p->config), error))
		return FALSE;
	return take_settings(b, p, error) && read_files(b, error) &&
			open_cloud(b, p, error);
}

struct osvdi_broker *osvdi_broker_create(const struct osvdi_broker_params *params,
		struct osvdi_broker_error **error)
{
	struct osvdi_broker *b = g_new0(struct osvdi_broker, 1);
	struct osvdi_broker_params p;
	GError *e = NULL;

	face_take_params(&p, sizeof(p), params, params->size);
	b->caller.hooks = p.hooks;
	b->caller.secrets = redact_new();
	b->user = g_strdup(p.user);
	b->any_owner = p.any_owner && !p.user;
	if (prepare(b, &p, &e))
		return b;
	face_fail(b, e, error);
	osvdi_broker_destroy(b);
	return NULL;
}

void osvdi_broker_destroy(struct osvdi_broker *b)
{
	if (!b)
		return;
	cloud_free(b->cloud);
	keystone_login_clear(&b->second);
	settings_clear(&b->settings);
	config_clear(&b->config);
	g_free(b->spice_ca);
	g_free(b->cacert);
	g_free(b->user);
	g_free(b->user_id);
	redact_free(b->caller.secrets);
	g_free(b);
}

static gboolean find_user(struct osvdi_broker *b, GError **error)
{
	const struct token *token = cloud_token(b->cloud, error);

	if (!token)
		return FALSE;
	if (b->any_owner || b->user_id)
		return TRUE;
	b->user_id = b->user ? desktops_user_id(b->cloud, b->user, error) :
			       g_strdup(token->user_id);
	return b->user_id != NULL;
}

static void set_deadline(struct osvdi_broker *b, int timeout_s)
{
	gint64 s = timeout_s > 0 ? timeout_s : DEFAULT_TIMEOUT_S;

	b->deadline_us = clock_now_us(cloud_clock(b->cloud)) + s * G_USEC_PER_SEC;
	http_set_deadline(cloud_http(b->cloud), b->deadline_us);
}

void face_begin_login(struct osvdi_broker *b)
{
	set_deadline(b, 0);
}

gboolean face_begin(struct osvdi_broker *b, int timeout_s, GError **error)
{
	set_deadline(b, timeout_s);
	return find_user(b, error);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/authority.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/settings-check.h"
#include "face/face.h"

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
		settings_set_from(&b->settings, which, given->value,
				given->place ? given->place : given->name);
	}
	if (p->login)
		face_take_login(b, p->login);
	b->settings.regions = g_strdupv((char **)p->regions);
	settings_remember(&b->settings, b->caller.secrets);
	return settings_check(&b->settings, p->home, &b->caller, error);
}

static gboolean read_authority(const char *path, const char *place, char **out, GError **error)
{
	*out = path ? authority_read(path, place, error) : NULL;
	return !path || *out;
}

/* Files that the settings name. */
static gboolean read_files(struct osvdi_broker *b, GError **error)
{
	const struct settings *s = &b->settings;
	g_autofree char *ca_place = settings_place(s, SET_CACERT);
	g_autofree char *cert_place = settings_place(s, SET_CERT);
	g_autofree char *key_place = settings_place(s, SET_KEY);

	return read_authority(settings_get(s, SET_CACERT), ca_place, &b->cacert, error) &&
			authority_check_client(settings_get(s, SET_CERT), cert_place,
					settings_get(s, SET_KEY), key_place, error);
}

/* The setting api_timeout, for one request. It has been checked. 0: not given. */
static int api_timeout_s(const struct settings *s)
{
	const char *text = settings_get(s, SET_API_TIMEOUT);
	double seconds = text ? g_ascii_strtod(text, NULL) : 0;

	return (int)(seconds + 0.999);
}

static gboolean open_cloud(struct osvdi_broker *b, const struct osvdi_broker_params *p,
		GError **error)
{
	const struct cloud_params params = {
		.settings = &b->settings,
		.cache_directory = p->cache_directory,
		.token = p->login && face_login_fits(b, p->login) ? p->login->token : NULL,
		.request_timeout_s = p->request_timeout_s ? p->request_timeout_s :
							    api_timeout_s(&b->settings),
		.caller = &b->caller,
	};

	b->cloud = cloud_new(&params, error);
	return b->cloud != NULL;
}

static gboolean take_config(struct osvdi_broker *b, const struct osvdi_broker_params *p,
		GError **error)
{
	const char *name = p->config_name ? p->config_name : CONFIG_NAME;
	struct config *c = &b->config;
	gboolean ok;

	config_init(c, p->home);
	if (!p->config)
		return TRUE;
	ok = config_parse(c, name, p->config,
			p->config_length ? p->config_length : strlen(p->config), error);
	for (guint i = 0; c->file && i < c->file->remarks->len; i++)
		log_warning(&b->caller, "%s: %s", name, (char *)c->file->remarks->pdata[i]);
	return ok;
}

static gboolean prepare(struct osvdi_broker *b, const struct osvdi_broker_params *p,
		GError **error)
{
	return take_config(b, p, error) && take_settings(b, p, error) && read_files(b, error) &&
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
	g_free(b->profile);
	redact_free(b->caller.secrets);
	g_free(b);
}

const char *osvdi_broker_setting(const struct osvdi_broker *b, const char *name)
{
	int which = find_setting(name);

	return which < 0 || settings_is_secret(which) ? NULL : settings_get(&b->settings, which);
}

const char *osvdi_broker_config_viewer(const struct osvdi_broker *b)
{
	return b->config.viewer;
}

const char *osvdi_broker_config_profile(struct osvdi_broker *b, const char *name)
{
	JsonObject *profile = config_profile(&b->config, name);
	g_autoptr(JsonNode) node = profile ? json_node_new(JSON_NODE_OBJECT) : NULL;

	if (!profile)
		return NULL;
	json_node_set_object(node, profile);
	g_free(b->profile);
	b->profile = js_dump(node, FALSE);
	return b->profile;
}

void osvdi_broker_cost(const struct osvdi_broker *b, struct osvdi_broker_cost *out)
{
	struct osvdi_broker_cost all = { .size = out->size };
	struct http_stats stats;

	http_get_stats(cloud_http(b->cloud), &stats);
	all.requests = stats.requests;
	all.connections = stats.connections;
	all.waited_us = stats.network_us;
	memcpy(out, &all, MIN(sizeof(all), out->size));
}

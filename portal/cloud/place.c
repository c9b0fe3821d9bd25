/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <gio/gio.h>
#include <string.h>

struct place {
	GArray *settings; /* of struct osvdi_broker_setting, which own their strings */
	char *broker_yaml; /* text, or NULL */
	int request_s;
};

static void add_setting(gpointer name, gpointer value, gpointer settings)
{
	const struct osvdi_broker_setting setting = { g_strdup(name), g_strdup(value) };

	g_array_append_val((GArray *)settings, setting);
}

/* Settings that make no sense stop the start, not the first user. */
static gboolean check(const struct place *place, GError **error)
{
	static const struct osvdi_broker_setting nobody[] = { { "username", "nobody" },
		{ "project_id", "none" }, { NULL, NULL } };
	struct trouble trouble = { 0 };
	struct osvdi_broker *broker = place_broker(place, nobody, NULL, NULL, &trouble);

	if (!broker)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "[cloud]: %s",
				trouble.message);
	trouble_clear(&trouble);
	osvdi_broker_destroy(broker);
	return broker != NULL;
}

struct place *place_new(const struct portal_config *config, GError **error)
{
	struct place *place = g_new0(struct place, 1);

	place->settings = g_array_new(FALSE, FALSE, sizeof(struct osvdi_broker_setting));
	place->request_s = (int)config->request_s;
	g_hash_table_foreach(config->cloud, add_setting, place->settings);
	if ((!config->broker || g_file_get_contents(config->broker, &place->broker_yaml, NULL,
						error)) &&
			check(place, error))
		return place;
	place_free(place);
	return NULL;
}

void place_free(struct place *place)
{
	if (!place)
		return;
	for (guint i = 0; i < place->settings->len; i++) {
		struct osvdi_broker_setting *s =
				&g_array_index(place->settings, struct osvdi_broker_setting, i);

		g_free((char *)s->name);
		g_free((char *)s->value);
	}
	g_array_unref(place->settings);
	g_free(place->broker_yaml);
	g_free(place);
}

struct osvdi_broker *place_broker(const struct place *place, const struct osvdi_broker_setting *own,
		const struct osvdi_broker_login *login, const struct osvdi_broker_hooks *hooks,
		struct trouble *trouble)
{
	const guint n = place->settings->len;
	g_autofree struct osvdi_broker_setting *all =
			g_new0(struct osvdi_broker_setting, n + PLACE_USER_SETTINGS_MAX + 1);
	struct osvdi_broker_params p = { .size = sizeof(p) };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker *broker;

	if (n)
		memcpy(all, place->settings->data, n * sizeof(*all));
	for (guint i = 0; own && own[i].name; i++) {
		g_assert(i < PLACE_USER_SETTINGS_MAX);
		all[n + i] = own[i]; /* the later one counts */
	}
	p.settings = all;
	p.request_timeout_s = place->request_s;
	p.config = place->broker_yaml;
	p.login = login;
	if (hooks)
		p.hooks = *hooks;
	broker = osvdi_broker_create(&p, &error);
	if (!broker)
		trouble_take(trouble, error);
	return broker;
}

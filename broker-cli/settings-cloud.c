/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "settings-cloud.h"
#include "terminal.h"

/* Keys that clouds.yaml has for other programs, or for what desktops do not need. */
static const char *const for_others[] = {
	"auth",
	"auth_methods",
	"cache",
	"client",
	"cloud",
	"default_network",
	"disable_vendor_agent",
	"external_network",
	"floating_ip_source",
	"image_api_use_tasks",
	"image_format",
	"internal_network",
	"message",
	"metrics",
	"networks",
	"prefer_ipv6",
	"private",
	"profile",
	"regions",
	"requires_floating_ip",
	"secgroup_source",
	"status",
	"vendor_hook",
	NULL,
};

/* Services that this program does not use: their settings are no matter of ours. */
static const char *const other_services[] = {
	"accelerator_", "alarm", "backup_", "baremetal_", "block_storage_", "clustering_",
	"container_", "database_", "dns_", "instance_ha_", "key_manager_", "load_balancer_",
	"meter", "metric_", "object_store_", "orchestration_", "placement_", "rating_",
	"share", "shared_file_system_", "volume", "workflow_", "has_",
};

static char *normalize(const char *key)
{
	return g_strdelimit(g_strdup(key), "-", '_');
}

static gboolean is_setting(const char *key)
{
	for (int i = 0; i < SET_COUNT; i++)
		if (!strcmp(key, settings_key(i)) || g_strv_contains(settings_aliases(i), key))
			return TRUE;
	return FALSE;
}

static gboolean is_for_others(const char *key)
{
	for (gsize i = 0; i < G_N_ELEMENTS(other_services); i++)
		if (g_str_has_prefix(key, other_services[i]))
			return TRUE;
	return g_strv_contains(for_others, key) || g_str_has_suffix(key, "_retries") ||
			g_str_has_suffix(key, "_retry_delay");
}

/* A mistyped key would be a setting lost without a word. */
static void name_unknown(const struct yaml *file, JsonObject *o, gboolean in_auth)
{
	g_autoptr(GList) names = o ? json_object_get_members(o) : NULL;

	for (GList *i = names; i; i = i->next) {
		g_autofree char *key = normalize(i->data);
		g_autofree char *place = yaml_place(file, o, i->data);

		if (is_setting(key))
			continue;
		if (!in_auth && is_for_others(key))
			terminal_debug("%s has no effect here", place);
		else
			terminal_warning("%s is not known here and has no effect", place);
	}
}

/* "[internal, public]" of an interface means: the first that there is. */
static char *list_text(JsonArray *list, enum setting_kind kind)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (kind != SETTING_INTERFACE && js_len(list) > 1)
		return NULL;
	for (guint i = 0; i < js_len(list); i++) {
		const char *one = js_elem_str(list, i);

		if (!one)
			return NULL;
		g_string_append_printf(out, "%s%s", i ? "," : "", one);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* FALSE and an error when it has a shape that no setting has. */
static gboolean take_member(struct settings *s, enum setting which, const struct yaml *file,
		JsonObject *o, const char *key, GError **error)
{
	JsonNode *node = json_object_get_member(o, key);
	g_autofree char *place = yaml_place(file, o, key);
	g_autofree char *joined = NULL;
	const char *text = NULL;

	if (!node || JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	if (JSON_NODE_HOLDS_ARRAY(node))
		text = joined = list_text(json_node_get_array(node), settings_kind(which));
	else if (JSON_NODE_HOLDS_VALUE(node))
		text = js_str(o, key);
	if (!text) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: one value is wanted, not a %s", place,
				JSON_NODE_HOLDS_ARRAY(node) ? "list" : "mapping");
		return FALSE;
	}
	if (*text && s->value[which] && strcmp(s->value[which], text))
		terminal_warning("%s is passed over: %s says otherwise and counts", place,
				s->origin[which]);
	else if (!s->value[which])
		settings_set_from(s, which, text, place);
	return TRUE;
}

/* Keys may be written with - or _. */
static gboolean take_key(struct settings *s, enum setting which, const struct yaml *file,
		JsonObject *o, const char *key, GError **error)
{
	g_autofree char *dashed = g_strdelimit(g_strdup(key), "_", '-');

	if (!o || !take_member(s, which, file, o, key, error))
		return !o;
	return !strcmp(dashed, key) || take_member(s, which, file, o, dashed, error);
}

/* A key beside "auth" wins over the same key in "auth", as in OpenStack's own client. */
static gboolean take_setting(struct settings *s, enum setting which, const struct yaml *file,
		JsonObject *cloud, JsonObject *auth, GError **error)
{
	JsonObject *places[] = { cloud, auth };

	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		if (!take_key(s, which, file, places[i], settings_key(which), error))
			return FALSE;
		for (const char *const *alias = settings_aliases(which); *alias; alias++)
			if (!take_key(s, which, file, places[i], *alias, error))
				return FALSE;
	}
	return TRUE;
}

gboolean settings_from_cloud(struct settings *s, const struct yaml *file, JsonObject *cloud,
		GError **error)
{
	JsonObject *auth = js_obj(cloud, "auth");

	if (!auth && json_object_has_member(cloud, "auth") &&
			!json_object_get_null_member(cloud, "auth")) {
		g_autofree char *place = yaml_place(file, cloud, "auth");

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: a mapping is wanted",
				place);
		return FALSE;
	}
	for (int i = 0; i < SET_COUNT; i++) {
		/* "cloud" names a profile; regions are chosen in clouds.c. */
		if (i == SET_CLOUD || i == SET_REGION_NAME)
			continue;
		if (!take_setting(s, i, file, cloud, auth, error))
			return FALSE;
	}
	name_unknown(file, cloud, FALSE);
	name_unknown(file, auth, TRUE);
	return TRUE;
}

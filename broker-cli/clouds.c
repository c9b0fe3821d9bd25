/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clouds.h"
#include "error.h"
#include "json.h"
#include "text.h"
#include "yaml-tree.h"

const char *clouds_only_name(JsonNode *clouds)
{
	JsonObject *all = json_obj(json_root_object(clouds), "clouds");
	GList *names = all ? json_object_get_members(all) : NULL;
	const char *name = names && !names->next ? names->data : NULL;

	g_list_free(names);
	return name;
}

static void fill_from(struct settings *s, JsonObject *cloud)
{
	struct settings layer = { 0 };

	if (!cloud)
		return;
	settings_from_cloud(&layer, cloud);
	settings_fill(s, &layer);
	settings_clear(&layer);
}

gboolean clouds_pick(struct settings *s, JsonNode *clouds, JsonNode *secure, JsonNode *vendors, const char *name, GError **error)
{
	JsonObject *cloud = json_obj(json_obj(json_root_object(clouds), "clouds"), name);
	JsonObject *secrets = json_obj(json_obj(json_root_object(secure), "clouds"), name);
	const char *profile;

	if (!cloud && !secrets) {
		g_autofree char *shown = text_clean(name, 100);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "cloud \"%s\" is not in clouds.yaml", shown);
		return FALSE;
	}
	fill_from(s, secrets);
	fill_from(s, cloud);
	profile = json_str(cloud, "profile");
	if (!profile)
		profile = json_str(cloud, "cloud");
	if (profile)
		fill_from(s, json_obj(json_obj(json_root_object(vendors), "public-clouds"), profile));
	return TRUE;
}

/* The first of the standard places that has the file; an empty tree if none. */
static JsonNode *load_first(char **envp, const char *variable, const char *file, GError **error)
{
	const char *named = g_environ_getenv(envp, variable);
	const char *home = g_environ_getenv(envp, "HOME");
	const char *config = g_environ_getenv(envp, "XDG_CONFIG_HOME");
	g_autofree char *own = config && *config ? g_build_filename(config, "openstack", file, NULL) : g_build_filename(home ? home : "/", ".config", "openstack", file, NULL);
	g_autofree char *system = g_build_filename("/etc/openstack", file, NULL);
	const char *places[] = { named && *named ? named : file, own, system };
	gboolean missing;

	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		JsonNode *tree = yaml_load_file(places[i], &missing, error);

		if (tree || !missing)
			return tree;
	}
	return yaml_load("", 0, error);
}

gboolean clouds_resolve(struct settings *s, char **envp, GError **error)
{
	g_autoptr(JsonNode) clouds = NULL;
	g_autoptr(JsonNode) secure = NULL;
	g_autoptr(JsonNode) vendors = NULL;
	struct settings env = { 0 };
	const char *name;

	settings_from_environment(&env, envp);
	settings_fill(s, &env);
	settings_clear(&env);
	name = settings_get(s, SET_CLOUD);
	if (!name && settings_get(s, SET_AUTH_URL))
		return TRUE;
	clouds = load_first(envp, "OS_CLIENT_CONFIG_FILE", "clouds.yaml", error);
	if (!clouds)
		return FALSE;
	if (!name)
		name = clouds_only_name(clouds);
	if (!name) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "no cloud is named: set OS_CLOUD or --os-cloud (clouds.yaml), or OS_AUTH_URL and its companions");
		return FALSE;
	}
	secure = load_first(envp, "OS_CLIENT_SECURE_FILE", "secure.yaml", error);
	if (!secure)
		return FALSE;
	vendors = load_first(envp, "OS_CLIENT_VENDOR_FILE", "clouds-public.yaml", error);
	return vendors && clouds_pick(s, clouds, secure, vendors, name, error);
}

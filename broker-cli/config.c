/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "config.h"
#include "error.h"
#include "json.h"
#include "text.h"
#include "yaml-tree.h"

static gboolean bad_key(const struct config *c, const char *key, const char *what, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s: %s", c->path, key, what);
	return FALSE;
}

/* A mistyped key would be a setting silently lost. */
static gboolean check_keys(const struct config *c, JsonObject *o, const char *where, const char *const *known, GError **error)
{
	g_autoptr(GList) names = o ? json_object_get_members(o) : NULL;

	for (GList *i = names; i; i = i->next)
		if (!g_strv_contains(known, i->data)) {
			g_autofree char *name = text_clean(i->data, 60);

			g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s\"%s\" is no setting", c->path, where, name);
			return FALSE;
		}
	return TRUE;
}

static gboolean take_duration(const struct config *c, JsonObject *o, const char *key, int *out, GError **error)
{
	const char *text = json_str(o, key);
	gint64 n = text ? text_parse_duration(text) : *out;

	if (n < 0 || n > 10 * 24 * 3600 || (!text && json_object_has_member(o, key)))
		return bad_key(c, key, "a length of time is wanted: 600, 10m, 1h", error);
	*out = (int)n;
	return TRUE;
}

static gboolean check_profiles(const struct config *c, JsonObject *root, GError **error)
{
	static const char *const known[] = {
		"image",
		"flavor",
		"network",
		"networks",
		"key-name",
		"user-data",
		"pool",
		"metadata",
		"security-groups",
		"availability-zone",
		"config-drive",
		"lease",
		NULL,
	};
	JsonObject *profiles = json_obj(root, "profiles");
	g_autoptr(GList) names = profiles ? json_object_get_members(profiles) : NULL;

	if (json_object_has_member(root, "profiles") && !profiles)
		return bad_key(c, "profiles", "a mapping of names is wanted", error);
	for (GList *i = names; i; i = i->next) {
		JsonObject *profile = json_obj(profiles, i->data);

		if (!profile)
			return bad_key(c, "profiles", "each profile is a mapping", error);
		if (!check_keys(c, profile, "in a profile ", known, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean take(struct config *c, GError **error)
{
	static const char *const known[] = { "desktop", "viewer", "spice", "console-token-ttl", "lease-warning", "profiles", NULL };
	static const char *const known_spice[] = { "ca", "host-subject", NULL };
	JsonObject *o = json_root_object(c->tree);
	JsonObject *spice = json_obj(o, "spice");

	if (!o)
		return bad_key(c, "top level", "a mapping is wanted", error);
	if (!check_keys(c, o, "", known, error) || !check_keys(c, spice, "in spice ", known_spice, error))
		return FALSE;
	c->desktop = g_strdup(json_str(o, "desktop"));
	c->viewer = g_strdup(json_str(o, "viewer"));
	c->spice_ca_file = g_strdup(json_str(spice, "ca"));
	c->spice_host_subject = g_strdup(json_str(spice, "host-subject"));
	return take_duration(c, o, "console-token-ttl", &c->console_token_ttl_s, error) &&
			take_duration(c, o, "lease-warning", &c->lease_warning_s, error) && check_profiles(c, o, error);
}

static void set_defaults(struct config *c)
{
	memset(c, 0, sizeof(*c));
	c->console_token_ttl_s = 600;
	c->lease_warning_s = 3600;
}

gboolean config_parse(struct config *c, const char *path, const char *data, gsize length, GError **error)
{
	set_defaults(c);
	c->path = g_strdup(path);
	c->tree = yaml_load(data, length, error);
	if (!c->tree)
		g_prefix_error(error, "%s: ", path);
	return c->tree && take(c, error);
}

gboolean config_load(struct config *c, const char *path, GError **error)
{
	const char *named = path ? path : g_getenv("OSVDI_BROKER_CONFIG");
	g_autofree char *own = g_build_filename(g_get_user_config_dir(), "osvdi", "broker.yaml", NULL);
	const char *places[] = { own, "/etc/osvdi/broker.yaml" };
	gboolean explicit_path = named && *named;
	gboolean missing = TRUE;

	set_defaults(c);
	if (explicit_path)
		places[0] = named;
	for (gsize i = 0; i < G_N_ELEMENTS(places) && missing; i++) {
		if (i && explicit_path) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: there is no such file", named);
			return FALSE;
		}
		c->tree = yaml_load_file(places[i], &missing, error);
		if (!c->tree && !missing)
			return FALSE;
		if (c->tree)
			c->path = g_strdup(places[i]);
	}
	return !c->tree || take(c, error);
}

void config_clear(struct config *c)
{
	g_clear_pointer(&c->tree, json_node_unref);
	g_clear_pointer(&c->path, g_free);
	g_clear_pointer(&c->desktop, g_free);
	g_clear_pointer(&c->viewer, g_free);
	g_clear_pointer(&c->spice_ca_file, g_free);
	g_clear_pointer(&c->spice_host_subject, g_free);
}

JsonObject *config_profile(const struct config *c, const char *name)
{
	return json_obj(json_obj(json_root_object(c->tree), "profiles"), name);
}

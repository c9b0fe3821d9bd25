/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/yaml-tree.h"
#include "cloud/settings-check.h"
#include "desktop/config.h"

static gboolean bad_key(const struct config *c, JsonObject *o, const char *key, const char *what,
		GError **error)
{
	g_autofree char *place = o && yaml_line(c->file, o, key) ?
			yaml_place(c->file, o, key) :
			g_strdup_printf("%s: %s", c->path, key);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", place, what);
	return FALSE;
}

/* Refuse unknown keys: a mistyped key would be ignored silently. */
static gboolean check_keys(const struct config *c, JsonObject *o, const char *where,
		const char *const *known, GError **error)
{
	g_autoptr(GList) names = o ? json_object_get_members(o) : NULL;

	for (GList *i = names; i; i = i->next)
		if (!g_strv_contains(known, i->data)) {
			g_autofree char *what = g_strdup_printf("this is no setting%s", where);

			return bad_key(c, o, i->data, what, error);
		}
	return TRUE;
}

static gboolean take_duration(const struct config *c, JsonObject *o, const char *key, int *out,
		GError **error)
{
	const char *text = js_str(o, key);
	gint64 n = text ? text_parse_duration(text) : *out;

	if (n < 0 || n > 10 * 24 * 3600 || (!text && json_object_has_member(o, key)))
		return bad_key(c, o, key, "expected a duration such as 600, 10m or 1h", error);
	*out = (int)n;
	return TRUE;
}

static gboolean is_null(JsonObject *o, const char *key)
{
	return !o || !json_object_has_member(o, key) || json_object_get_null_member(o, key);
}

static gboolean take_text(const struct config *c, JsonObject *o, const char *key, char **out,
		GError **error)
{
	const char *text = js_str(o, key);

	if (!text && !is_null(o, key))
		return bad_key(c, o, key, "one value is wanted", error);
	*out = g_strdup(text);
	return TRUE;
}

/* One word, or a list of words. */
static gboolean is_words(JsonObject *o, const char *key)
{
	JsonArray *list = js_arr(o, key);

	for (guint i = 0; i < js_len(list); i++)
		if (!js_elem_str(list, i))
			return FALSE;
	return list || js_str(o, key);
}

static gboolean is_texts(JsonObject *o)
{
	g_autoptr(GList) names = o ? json_object_get_members(o) : NULL;

	for (GList *i = names; i; i = i->next)
		if (!js_str(o, i->data))
			return FALSE;
	return o != NULL;
}

/* A value of another shape would be ignored when a desktop is made, so refuse it now. */
static gboolean check_profile(const struct config *c, JsonObject *profile, GError **error)
{
	static const char *const lists[] = { "network", "networks", "security-groups", NULL };
	g_autoptr(GList) names = json_object_get_members(profile);
	gboolean ignored;

	for (GList *i = names; i; i = i->next) {
		const char *key = i->data;

		if (is_null(profile, key))
			continue;
		if (!strcmp(key, "config-drive") &&
				!text_parse_bool(js_str(profile, key), &ignored))
			return bad_key(c, profile, key, "true or false is wanted", error);
		if (!strcmp(key, "metadata")) {
			if (!is_texts(js_obj(profile, key)))
				return bad_key(c, profile, key, "a mapping of words is wanted",
						error);
		} else if (g_strv_contains(lists, key)) {
			if (!is_words(profile, key))
				return bad_key(c, profile, key,
						"a word or a list of words is wanted", error);
		} else if (!js_str(profile, key)) {
			return bad_key(c, profile, key, "one value is wanted", error);
		}
	}
	return TRUE;
}

static void expand_user_data(const struct config *c, JsonObject *profile)
{
	const char *given = js_str(profile, "user-data");
	g_autofree char *path = given ? settings_expand_home(given, c->home) : NULL;

	if (path)
		json_object_set_string_member(profile, "user-data", path);
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
	JsonObject *profiles = js_obj(root, "profiles");
	g_autoptr(GList) names = profiles ? json_object_get_members(profiles) : NULL;

	if (json_object_has_member(root, "profiles") && !profiles)
		return bad_key(c, root, "profiles", "a mapping of names is wanted", error);
	for (GList *i = names; i; i = i->next) {
		JsonObject *profile = js_obj(profiles, i->data);

		if (!profile)
			return bad_key(c, profiles, i->data, "a profile is a mapping", error);
		if (!check_keys(c, profile, " of a profile", known, error) ||
				!check_profile(c, profile, error))
			return FALSE;
		expand_user_data(c, profile);
	}
	return TRUE;
}

static gboolean take_ca(struct config *c, JsonObject *spice, GError **error)
{
	g_autofree char *path = NULL;

	if (!take_text(c, spice, "ca", &path, error))
		return FALSE;
	c->spice_ca_file = path && *path ? settings_expand_home(path, c->home) : NULL;
	c->spice_ca_place = c->spice_ca_file ? yaml_place(c->file, spice, "ca") : NULL;
	return TRUE;
}

static gboolean is_address(const char *text)
{
	return (g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://")) &&
			!strchr(text, '@');
}

/* One address, or a list of them. */
static gboolean take_viewers(struct config *c, JsonObject *plan, GError **error)
{
	JsonArray *list = js_arr(plan, "viewers");
	g_autoptr(GStrvBuilder) all = g_strv_builder_new();

	if (is_null(plan, "viewers"))
		return TRUE;
	for (guint i = 0; i < js_len(list); i++)
		g_strv_builder_add(all, js_elem_str(list, i) ? js_elem_str(list, i) : "");
	if (!list)
		g_strv_builder_add(all, js_str(plan, "viewers") ? js_str(plan, "viewers") : "");
	c->plan_viewers = g_strv_builder_end(all);
	for (char **a = c->plan_viewers; *a; a++)
		if (!is_address(*a))
			return bad_key(c, plan, "viewers",
					"addresses are wanted, http:// or https://, without a "
					"user's name or password",
					error);
	return TRUE;
}

static gboolean take_plan(struct config *c, JsonObject *o, GError **error)
{
	static const char *const known[] = { "viewers", NULL };
	JsonObject *plan = js_obj(o, "plan");

	if (!plan && !is_null(o, "plan"))
		return bad_key(c, o, "plan", "a mapping is wanted", error);
	return check_keys(c, plan, " of plan", known, error) && take_viewers(c, plan, error);
}

static gboolean take(struct config *c, GError **error)
{
	static const char *const known[] = { "desktop", "viewer", "spice", "console-token-ttl",
		"lease-warning", "plan", "profiles", NULL };
	static const char *const known_spice[] = { "ca", "host-subject", NULL };
	JsonObject *o = js_root_object(c->file ? c->file->root : NULL);
	JsonObject *spice = js_obj(o, "spice");

	if (!o)
		return bad_key(c, NULL, "top level", "a mapping is wanted", error);
	if (!check_keys(c, o, "", known, error) ||
			!check_keys(c, spice, " of spice", known_spice, error))
		return FALSE;
	if (!spice && !is_null(o, "spice"))
		return bad_key(c, o, "spice", "a mapping is wanted", error);
	if (!take_text(c, o, "desktop", &c->desktop, error) ||
			!take_text(c, o, "viewer", &c->viewer, error) ||
			!take_text(c, spice, "host-subject", &c->spice_host_subject, error) ||
			!take_ca(c, spice, error))
		return FALSE;
	return take_duration(c, o, "console-token-ttl", &c->console_token_ttl_s, error) &&
			take_duration(c, o, "lease-warning", &c->lease_warning_s, error) &&
			take_plan(c, o, error) &&
			check_profiles(c, o, error);
}

void config_init(struct config *c, const char *home)
{
	memset(c, 0, sizeof(*c));
	c->home = home;
	c->console_token_ttl_s = 600;
	c->lease_warning_s = 3600;
}

gboolean config_take(struct config *c, struct yaml *file, const char *path, GError **error)
{
	c->file = file;
	c->path = g_strdup(path);
	return take(c, error);
}

gboolean config_parse(struct config *c, const char *path, const char *data, gsize length,
		GError **error)
{
	struct yaml *file;

	file = yaml_load(path, data, length, error);
	if (file)
		return config_take(c, file, path, error);
	g_prefix_error(error, "%s: ", path);
	return FALSE;
}

void config_clear(struct config *c)
{
	g_clear_pointer(&c->file, yaml_destroy);
	g_clear_pointer(&c->path, g_free);
	g_clear_pointer(&c->desktop, g_free);
	g_clear_pointer(&c->viewer, g_free);
	g_clear_pointer(&c->spice_ca_file, g_free);
	g_clear_pointer(&c->spice_ca_place, g_free);
	g_clear_pointer(&c->spice_host_subject, g_free);
	g_clear_pointer(&c->plan_viewers, g_strfreev);
}

JsonObject *config_profile(const struct config *c, const char *name)
{
	return js_obj(js_obj(js_root_object(c->file ? c->file->root : NULL), "profiles"), name);
}

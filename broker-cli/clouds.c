/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "clouds-files.h"
#include "clouds.h"
#include "environment.h"
#include "regions.h"
#include "settings-cloud.h"
#include "terminal.h"

static JsonObject *cloud_of(const struct yaml *file, const char *section, const char *name)
{
	return file ? js_obj(js_obj(js_root_object(file->root), section), name) : NULL;
}

const char *clouds_only_name(const struct yaml *clouds)
{
	JsonObject *all = js_obj(js_root_object(clouds->root), "clouds");
	GList *names = all ? json_object_get_members(all) : NULL;
	const char *name = names && !names->next ? names->data : NULL;

	g_list_free(names);
	return name;
}

static gboolean fill_from(struct settings *s, const struct yaml *file, JsonObject *cloud,
		GError **error)
{
	struct settings layer = { 0 };
	gboolean ok = !cloud || settings_from_cloud(&layer, file, cloud, error);

	settings_fill(s, &layer);
	settings_clear(&layer);
	return ok;
}

/* The name of the vendor profile; "cloud" is its older key. NULL: none, or an error. */
static const char *profile_of(const struct yaml *file, JsonObject *cloud, GError **error)
{
	static const char *const keys[] = { "profile", "cloud" };

	for (gsize i = 0; cloud && i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *place = NULL;

		if (js_str(cloud, keys[i]))
			return js_str(cloud, keys[i]);
		if (!json_object_has_member(cloud, keys[i]) ||
				json_object_get_null_member(cloud, keys[i]))
			continue;
		place = yaml_place(file, cloud, keys[i]);
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: the name of a profile is wanted", place);
		return NULL;
	}
	return NULL;
}

/* Without auth_url an unknown profile is what is wrong; with it, it may be a mere label. */
static gboolean miss_profile(gboolean has_auth_url, const char *profile, GError **error)
{
	g_autofree char *shown = text_clean(profile, 100);
	const char *why = strstr(profile, "://") ? "is an address, which is not followed" :
						   "is in no clouds-public.yaml";

	if (has_auth_url) {
		terminal_warning("profile \"%s\" %s: what it says is not known here", shown, why);
		return TRUE;
	}
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "profile \"%s\" %s; give auth_url",
			shown, why);
	return FALSE;
}

static gboolean check_status(const char *profile, JsonObject *vendor, GError **error)
{
	const char *status = js_str(vendor, "status");
	g_autofree char *shown = text_clean(profile, 100);
	g_autofree char *message = text_clean(js_str(vendor, "message"), 200);

	if (!g_strcmp0(status, "shutdown")) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"profile \"%s\" is of a cloud that is no more: %s", shown, message);
		return FALSE;
	}
	if (!g_strcmp0(status, "deprecated"))
		terminal_warning("profile \"%s\" is deprecated: %s", shown, message);
	return TRUE;
}

static gboolean fill_regions(struct settings *s, const struct yaml *file, JsonObject *cloud,
		GError **error)
{
	g_autoptr(GPtrArray) regions = regions_new();

	if (!cloud || s->regions)
		return TRUE;
	return regions_read(regions, file, cloud, error) && regions_choose(s, regions, file, error);
}

static gboolean fill_profile(struct settings *s, const struct clouds_files *files,
		const char *profile, GError **error)
{
	JsonObject *vendor = cloud_of(files->vendors, "public-clouds", profile);
	const char *nested;

	if (!vendor)
		return miss_profile(files->has_auth_url || settings_get(s, SET_AUTH_URL), profile,
				error);
	if (!check_status(profile, vendor, error) ||
			!fill_regions(s, files->vendors, vendor, error) ||
			!fill_from(s, files->vendors, vendor, error))
		return FALSE;
	nested = js_str(vendor, "profile");
	vendor = nested ? cloud_of(files->vendors, "public-clouds", nested) : NULL;
	return fill_regions(s, files->vendors, vendor, error) &&
			fill_from(s, files->vendors, vendor, error);
}

gboolean clouds_pick(struct settings *s, const struct clouds_files *files, const char *name,
		GError **error)
{
	g_autoptr(GError) e = NULL;
	JsonObject *cloud = cloud_of(files->clouds, "clouds", name);
	JsonObject *secrets = cloud_of(files->secure, "clouds", name);
	const char *profile;

	if (!cloud && !secrets) {
		g_autofree char *shown = text_clean(name, 100);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "cloud \"%s\" is not in %s",
				shown, files->clouds->name);
		return FALSE;
	}
	if (!fill_regions(s, files->secure, secrets, error) ||
			!fill_regions(s, files->clouds, cloud, error))
		return FALSE;
	if (!fill_from(s, files->secure, secrets, error) ||
			!fill_from(s, files->clouds, cloud, error))
		return FALSE;
	profile = profile_of(files->clouds, cloud, &e);
	if (!profile && !e)
		profile = profile_of(files->secure, secrets, &e);
	if (e) {
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	return !profile || fill_profile(s, files, profile, error);
}

/* Pairs of settings: the id is taken and the name is ignored. */
static const enum setting pairs[][2] = {
	{ SET_USER_ID, SET_USERNAME },
	{ SET_PROJECT_ID, SET_PROJECT_NAME },
	{ SET_USER_DOMAIN_ID, SET_USER_DOMAIN_NAME },
	{ SET_PROJECT_DOMAIN_ID, SET_PROJECT_DOMAIN_NAME },
	{ SET_APPLICATION_CREDENTIAL_ID, SET_APPLICATION_CREDENTIAL_NAME },
};

/* Variables left from another login are taken, as by OpenStack's own client. Say so. */
static void note_leftovers(const struct settings *env, const struct settings *s,
		const struct settings *cloud, const char *name)
{
	g_autofree char *shown = text_clean(name, 60);
	g_autoptr(GString) replaced = g_string_new(NULL);

	for (int i = 0; i < SET_COUNT; i++) {
		const char *value = settings_get(env, i), *below = settings_get(cloud, i);

		if (value && below && i != SET_CLOUD && i != SET_REGION_NAME &&
				!g_strcmp0(s->origin[i], env->origin[i]) && strcmp(value, below))
			g_string_append_printf(replaced, "%s%s (%s)", replaced->len ? ", " : "",
					env->origin[i], cloud->origin[i]);
	}
	if (replaced->len)
		terminal_warning("of cloud \"%s\" these variables replace what the file says: %s",
				shown, replaced->str);
	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		enum setting id = pairs[i][0], other = pairs[i][1];

		if (settings_get(env, id) && settings_get(cloud, other) && !settings_get(cloud, id))
			terminal_warning("%s counts, not %s", env->origin[id],
					cloud->origin[other]);
		if (settings_get(env, other) && settings_get(cloud, id) &&
				!settings_get(cloud, other))
			terminal_warning("%s has no effect: %s counts", env->origin[other],
					cloud->origin[id]);
	}
}

/* Ignore the application credential of another login if the cloud names a user. */
static void drop_stray_credential(struct settings *s, const struct settings *env,
		const struct settings *cloud)
{
	static const enum setting credential[] = { SET_APPLICATION_CREDENTIAL_ID,
		SET_APPLICATION_CREDENTIAL_NAME, SET_APPLICATION_CREDENTIAL_SECRET };
	gboolean is_user = settings_get(cloud, SET_USERNAME) || settings_get(cloud, SET_USER_ID);
	gboolean said = FALSE;

	if (settings_get(s, SET_AUTH_TYPE) || !is_user)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(credential); i++)
		if (settings_get(cloud, credential[i]))
			return;
	for (gsize i = 0; i < G_N_ELEMENTS(credential); i++) {
		if (!settings_get(env, credential[i]) ||
				g_strcmp0(s->origin[credential[i]], env->origin[credential[i]]))
			continue;
		if (!said)
			terminal_warning(
					"%s has no effect: the file's cloud logs a user in "
					"(auth_type: v3applicationcredential takes the credential)",
					env->origin[credential[i]]);
		said = TRUE;
		settings_set(s, credential[i], NULL);
	}
}

static void say_origins(const struct settings *s)
{
	for (int i = 0; i < SET_COUNT; i++) {
		g_autofree char *place = settings_place(s, i);

		if (settings_get(s, i))
			terminal_debug("%s: from %s", settings_key(i), place);
	}
}

static gboolean load(struct clouds_files *f, char **envp, GError **error)
{
	f->secure = clouds_file(envp, "OS_CLIENT_SECURE_FILE", "secure", error);
	if (!f->secure)
		return FALSE;
	f->vendors = clouds_file(envp, "OS_CLIENT_VENDOR_FILE", "clouds-public", error);
	return f->vendors != NULL;
}

static gboolean pick_from_files(struct settings *s, const struct settings *env,
		struct clouds_files *f, char **envp, const char *name, GError **error)
{
	struct settings cloud = { 0 };
	gboolean ok;

	if (!load(f, envp, error))
		return FALSE;
	/* The region that was chosen above decides which values the files give. */
	settings_set(&cloud, SET_REGION_NAME, settings_get(s, SET_REGION_NAME));
	f->has_auth_url = settings_get(s, SET_AUTH_URL) != NULL;
	ok = clouds_pick(&cloud, f, name, error);
	if (ok) {
		settings_fill(s, &cloud);
		note_leftovers(env, s, &cloud, name);
		drop_stray_credential(s, env, &cloud);
	}
	settings_clear(&cloud);
	return ok;
}

/* "envvars" is the variables alone; a file must not have a cloud of that name. */
static gboolean check_envvars(const struct yaml *clouds, const char *envvars, GError **error)
{
	g_autofree char *shown = text_clean(envvars, 60);

	if (!cloud_of(clouds, "clouds", envvars))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s has a cloud \"%s\", which is the name of the OS_* variables; rename "
			"it, or set OS_CLOUD_NAME",
			clouds->name, shown);
	return FALSE;
}

static gboolean fill_all(struct settings *s, const struct settings *env, struct clouds_files *f,
		char **envp, GError **error)
{
	const char *given = g_environ_getenv(envp, "OS_CLOUD_NAME");
	const char *envvars = given && *given ? given : "envvars";
	const char *name = settings_get(s, SET_CLOUD);

	if (!name && settings_get(s, SET_AUTH_URL))
		return TRUE;
	f->clouds = clouds_file(envp, "OS_CLIENT_CONFIG_FILE", "clouds", error);
	if (!f->clouds || !check_envvars(f->clouds, envvars, error))
		return FALSE;
	if (!g_strcmp0(name, envvars))
		return TRUE;
	if (!name)
		name = clouds_only_name(f->clouds);
	if (!name) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"no cloud is named: set OS_CLOUD or --os-cloud (clouds.yaml), or "
				"OS_AUTH_URL and its companions");
		return FALSE;
	}
	return pick_from_files(s, env, f, envp, name, error);
}

gboolean clouds_resolve(struct settings *s, char **envp, GError **error)
{
	struct clouds_files files = { 0 };
	struct settings env = { 0 };
	gboolean ok;

	settings_from_environment(&env, envp);
	settings_fill(s, &env);
	ok = fill_all(s, &env, &files, envp, error);
	settings_remember(s, terminal_secrets());
	if (ok)
		say_origins(s);
	settings_clear(&env);
	yaml_destroy(files.clouds);
	yaml_destroy(files.secure);
	yaml_destroy(files.vendors);
	return ok;
}

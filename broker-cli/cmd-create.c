/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "terminal.h"

/* From the options; what they leave open comes from the profile. */
struct create_options {
	char *profile, *image, *flavor, *key_name, *zone, *pool, *lease, *user_data;
	char **networks, **properties, **groups;
	gboolean config_drive, is_default, no_wait;

	JsonNode *profile_json; /* after prepare(); or NULL */
	GHashTable *metadata; /* after prepare() */
	char *data; /* of user_data */
	gsize data_length;
};

static void create_options_clear(struct create_options *o)
{
	g_free(o->profile);
	g_free(o->image);
	g_free(o->flavor);
	g_free(o->key_name);
	g_free(o->zone);
	g_free(o->pool);
	g_free(o->lease);
	g_free(o->user_data);
	g_strfreev(o->networks);
	g_strfreev(o->properties);
	g_strfreev(o->groups);
	g_clear_pointer(&o->profile_json, json_node_unref);
	g_clear_pointer(&o->metadata, g_hash_table_unref);
	g_free(o->data);
}

static void fill(char **option, JsonObject *profile, const char *key)
{
	if (!*option)
		*option = g_strdup(js_str(profile, key));
}

/* One word, or a list of them. */
static void fill_list(char ***option, JsonObject *profile, const char *key)
{
	JsonArray *all = js_arr(profile, key);
	const char *one = js_str(profile, key);
	GPtrArray *out;

	if (*option || (!all && !one))
		return;
	out = g_ptr_array_new();
	if (one)
		g_ptr_array_add(out, g_strdup(one));
	for (guint i = 0; i < js_len(all); i++)
		if (js_elem_str(all, i))
			g_ptr_array_add(out, g_strdup(js_elem_str(all, i)));
	g_ptr_array_add(out, NULL);
	*option = (char **)g_ptr_array_free(out, FALSE);
}

static gboolean apply_profile(struct broker *b, struct create_options *o, JsonObject **found,
		GError **error)
{
	const char *text;
	JsonObject *p;

	*found = NULL;
	if (!o->profile)
		return TRUE;
	text = osvdi_broker_config_profile(b->library, o->profile);
	if (!text) {
		g_autofree char *shown = text_clean(o->profile, 60);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"there is no profile \"%s\" in %s", shown,
				b->config_path ? b->config_path :
						 "the configuration (there is none)");
		return FALSE;
	}
	o->profile_json = library_json(text);
	p = *found = js_root_object(o->profile_json);
	fill(&o->image, p, "image");
	fill(&o->flavor, p, "flavor");
	fill(&o->key_name, p, "key-name");
	fill(&o->zone, p, "availability-zone");
	fill(&o->pool, p, "pool");
	fill(&o->lease, p, "lease");
	fill(&o->user_data, p, "user-data");
	fill_list(&o->networks, p, "networks");
	fill_list(&o->networks, p, "network");
	fill_list(&o->groups, p, "security-groups");
	o->config_drive = o->config_drive || text_is_true(js_str(p, "config-drive"));
	return TRUE;
}

static gboolean add_properties(GHashTable *metadata, char **properties, GError **error)
{
	for (char **p = properties; p && *p; p++) {
		char *equals = strchr(*p, '=');

		if (!equals || equals == *p) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
					"--property: KEY=VALUE is wanted");
			return FALSE;
		}
		g_hash_table_replace(metadata, g_strndup(*p, (gsize)(equals - *p)),
				g_strdup(equals + 1));
	}
	return TRUE;
}

static GHashTable *make_metadata(const struct create_options *o, JsonObject *profile,
		GError **error)
{
	g_autoptr(GHashTable) metadata =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	JsonObject *given = js_obj(profile, "metadata");
	g_autoptr(GList) names = given ? json_object_get_members(given) : NULL;

	for (GList *i = names; i; i = i->next)
		if (js_str(given, i->data))
			g_hash_table_replace(metadata, g_strdup(i->data),
					g_strdup(js_str(given, i->data)));
	if (!add_properties(metadata, o->properties, error))
		return NULL;
	if (o->pool)
		g_hash_table_replace(metadata, g_strdup("osvdi:pool"), g_strdup(o->pool));
	if (o->is_default)
		g_hash_table_replace(metadata, g_strdup("osvdi:default"), g_strdup("true"));
	return g_steal_pointer(&metadata);
}

/* The lease to boot in. */
static struct osvdi_broker_lease *find_lease(struct broker *b, const char *name, GError **error)
{
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_lease) l = osvdi_broker_lease_find(b->library, name, &e);
	g_autofree char *status = l ? text_clean(osvdi_broker_lease_status(l), 30) : NULL;

	if (!l) {
		library_fail(e, error);
		return NULL;
	}
	if (g_strcmp0(osvdi_broker_lease_status(l), "ACTIVE")) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
				"the lease is %s: desktops can be made in it when it is ACTIVE "
				"(reserve --wait)",
				status);
		return NULL;
	}
	/* Without a reservation the library makes no desktop. */
	if (osvdi_broker_lease_reservation(l, 0))
		terminal_warning("this desktop is deleted when the lease \"%s\" ends",
				osvdi_broker_lease_name(l));
	return g_steal_pointer(&l);
}

static gboolean read_user_data(struct create_options *o, GError **error)
{
	struct osvdi_broker_error *refused = NULL;
	g_autoptr(GError) e = NULL;

	if (!o->user_data)
		return TRUE;
	if (!g_file_get_contents(o->user_data, &o->data, &o->data_length, &e)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", e->message);
		return FALSE;
	}
	return osvdi_broker_check_user_data(o->data_length, &refused) ||
			library_fail(refused, error);
}

/* "auto" and "none" are no networks, and mean nothing beside others. */
static gboolean check_networks(char **networks, GError **error)
{
	gboolean special = FALSE;
	guint n = 0;

	for (; networks && networks[n]; n++)
		special = special || !strcmp(networks[n], "auto") || !strcmp(networks[n], "none");
	if (!special || n == 1)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"--network: auto and none stand alone");
	return FALSE;
}

/* Check everything that needs no cloud. */
static gboolean prepare(struct broker *b, struct create_options *o, GError **error)
{
	JsonObject *profile;

	if (!broker_load(b, error) || !apply_profile(b, o, &profile, error))
		return FALSE;
	if (!o->image || (!o->flavor && !o->lease)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"create: --image and --flavor (or --lease) are needed, or a "
				"profile with them");
		return FALSE;
	}
	o->metadata = make_metadata(o, profile, error);
	return o->metadata && check_networks(o->networks, error) && read_user_data(o, error) &&
			output_check(error);
}

/* The metadata as the library takes them. Borrows the words. Free with g_free(). */
static struct osvdi_broker_setting *list_metadata(GHashTable *metadata)
{
	struct osvdi_broker_setting *out =
			g_new0(struct osvdi_broker_setting, g_hash_table_size(metadata) + 1);
	struct osvdi_broker_setting *next = out;
	GHashTableIter i;
	gpointer key, value;

	g_hash_table_iter_init(&i, metadata);
	while (g_hash_table_iter_next(&i, &key, &value)) {
		next->name = key;
		(next++)->value = value;
	}
	return out;
}

static struct osvdi_broker_desktop *boot(struct broker *b, const struct create_options *o,
		const char *name, const struct osvdi_broker_lease *lease, GError **error)
{
	g_autofree struct osvdi_broker_setting *metadata = list_metadata(o->metadata);
	const struct osvdi_broker_create_params p = {
		.size = sizeof(p),
		.name = name,
		.image = o->image,
		.flavor = o->flavor,
		.lease = lease,
		.networks = (const char *const *)o->networks,
		.key_name = o->key_name,
		.availability_zone = o->zone,
		.security_groups = (const char *const *)o->groups,
		.user_data = o->data,
		.user_data_length = o->data_length,
		.config_drive = o->config_drive,
		.metadata = metadata,
		.no_wait = o->no_wait,
	};
	struct osvdi_broker_error *e = NULL;
	struct osvdi_broker_desktop *d = osvdi_broker_create_desktop(b->library, &p, &e);

	if (!d)
		library_fail(e, error);
	return d;
}

static gboolean run_create(struct broker *b, const struct create_options *o, const char *name,
		GError **error)
{
	g_autoptr(auto_lease) lease = o->lease ? find_lease(b, o->lease, error) : NULL;
	g_autoptr(auto_desktop) d = NULL;

	if (o->lease && !lease)
		return FALSE;
	d = boot(b, o, name, lease, error);
	return d && output_line(error, "%s %s", osvdi_broker_desktop_id(d),
				osvdi_broker_desktop_status(d));
}

gboolean cmd_create(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct create_options o = { 0 };
	const GOptionEntry options[] = {
		{ "profile", 0, 0, G_OPTION_ARG_STRING, &o.profile,
				"what the configuration says under this name", "NAME" },
		{ "image", 0, 0, G_OPTION_ARG_STRING, &o.image, "image to boot from", "NAME|ID" },
		{ "flavor", 0, 0, G_OPTION_ARG_STRING, &o.flavor, "its size", "NAME|ID" },
		{ "network", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.networks,
				"network; none, auto; may be repeated (auto)", "NAME|ID" },
		{ "key-name", 0, 0, G_OPTION_ARG_STRING, &o.key_name, "key pair to put in",
				"NAME" },
		{ "user-data", 0, 0, G_OPTION_ARG_FILENAME, &o.user_data, "file for its first boot",
				"FILE" },
		{ "config-drive", 0, 0, G_OPTION_ARG_NONE, &o.config_drive,
				"give it a configuration drive", NULL },
		{ "security-group", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.groups, "may be repeated",
				"NAME" },
		{ "availability-zone", 0, 0, G_OPTION_ARG_STRING, &o.zone, "where", "NAME" },
		{ "property", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.properties,
				"metadata; may be repeated", "KEY=VALUE" },
		{ "pool", 0, 0, G_OPTION_ARG_STRING, &o.pool, "for this pool", "POOL" },
		{ "default", 0, 0, G_OPTION_ARG_NONE, &o.is_default,
				"the one that resolve takes without a name", NULL },
		{ "lease", 0, 0, G_OPTION_ARG_STRING, &o.lease, "in the capacity of this lease",
				"NAME|ID" },
		{ "no-wait", 0, 0, G_OPTION_ARG_NONE, &o.no_wait, "do not wait until it runs",
				NULL },
		command_option_timeout(b), { NULL }
	};
	gboolean ok = command_parse(b, self, options, &argc, &argv, 1, 1, error) &&
			prepare(b, &o, error) && broker_open(b, error) &&
			run_create(b, &o, argv[1], error);

	create_options_clear(&o);
	return ok;
}

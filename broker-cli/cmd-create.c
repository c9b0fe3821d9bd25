/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "compute/create.h"
#include "compute/lease.h"
#include "terminal.h"

/* From the options; what they leave open comes from the profile. */
struct create_options {
	char *profile, *image, *flavor, *key_name, *zone, *pool, *lease, *user_data;
	char **networks, **properties, **groups;
	gboolean config_drive, is_default, no_wait;

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
	JsonObject *p;

	*found = NULL;
	if (!o->profile)
		return TRUE;
	p = *found = config_profile(&b->config, o->profile);
	if (!p) {
		g_autofree char *shown = text_clean(o->profile, 60);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"there is no profile \"%s\" in %s", shown,
				b->config.path ? b->config.path :
						 "the configuration (there is none)");
		return FALSE;
	}
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

/* The reservation to boot into. */
static gboolean find_reservation(struct broker *b, const char *name, char **reservation,
		GError **error)
{
	g_autoptr(auto_lease) l = lease_find(b->cloud, name, error);
	g_autofree char *status = l ? text_clean(l->status, 30) : NULL;

	if (!l)
		return FALSE;
	if (g_strcmp0(l->status, "ACTIVE")) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
				"the lease is %s: desktops can be made in it when it is ACTIVE "
				"(reserve --wait)",
				status);
		return FALSE;
	}
	if (!l->reservations[0]) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"the lease has no reservation to boot into");
		return FALSE;
	}
	terminal_warning("this desktop is deleted when the lease \"%s\" ends", l->name);
	*reservation = g_strdup(l->reservations[0]);
	return TRUE;
}

static gboolean read_user_data(struct create_options *o, GError **error)
{
	g_autoptr(GError) e = NULL;

	if (!o->user_data)
		return TRUE;
	if (g_file_get_contents(o->user_data, &o->data, &o->data_length, &e))
		return create_check_user_data(o->data_length, error);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", e->message);
	return FALSE;
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

static struct server *boot(struct broker *b, const struct create_options *o, const char *name,
		GError **error)
{
	g_autofree char *reservation = NULL;
	struct create_request r = {
		.name = name,
		.image = o->image,
		.flavor = o->flavor,
		.networks = o->networks,
		.key_name = o->key_name,
		.availability_zone = o->zone,
		.security_groups = o->groups,
		.config_drive = o->config_drive,
		.metadata = o->metadata,
		.user_data = o->data,
		.user_data_length = o->data_length,
	};

	if (o->lease && !find_reservation(b, o->lease, &reservation, error))
		return NULL;
	r.reservation = reservation;
	return create_server(b->cloud, &r, error);
}

static gboolean run_create(struct broker *b, const struct create_options *o, const char *name,
		GError **error)
{
	struct power_params p = { .deadline_us = b->deadline_us };
	g_autoptr(auto_server) s = boot(b, o, name, error);

	if (!s || (!o->no_wait && !power_wait(b->cloud, &s, "ACTIVE", &p, error)))
		return FALSE;
	return output_line(error, "%s %s", s->id, s->status);
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

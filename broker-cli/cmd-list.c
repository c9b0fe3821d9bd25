/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"
#include "command.h"
#include "terminal.h"

static const struct output_column columns[] = {
	{ "id", "ID" },
	{ "name", "Name" },
	{ "status", "Status" },
	{ "task_state", "Task State" },
	{ "power_state", "Power State" },
	{ "image", "Image" },
	{ "flavor", "Flavor" },
	{ "host", "Host" },
	{ "pool", "Pool" },
	{ "assigned", "Assigned" },
	{ "lease", "Lease" },
	{ "lease_end", "Lease End" },
	{ "class_end", "Class End" },
	{ "rest_at", "Put To Rest" },
	{ "default", "Default" },
	{ "locked", "Locked" },
	{ "user_id", "User ID" },
	{ "project_id", "Project ID" },
	{ NULL, NULL },
};

/* The columns of a table by default: those that say something here. others: it
 * may show what is not the caller's. */
static char *useful_columns(JsonArray *desktops, gboolean others)
{
	GString *out = g_string_new("id,name,status,task_state,power_state,image,flavor");
	gboolean host = FALSE, pool = FALSE, lease = FALSE, class = FALSE, rest = FALSE;

	for (guint i = 0; i < js_len(desktops); i++) {
		JsonObject *d = js_elem_obj(desktops, i);

		host = host || js_str(d, "host");
		pool = pool || js_str(d, "pool");
		lease = lease || js_str(d, "lease_end");
		class = class || js_str(d, "class_end");
		rest = rest || js_str(d, "rest_at");
	}
	g_string_append_printf(out, "%s%s%s%s%s%s%s", host ? ",host" : "", others ? ",user_id" : "",
			pool ? ",pool" : "", pool && others ? ",assigned" : "",
			lease ? ",lease_end" : "",
			class ? ",class_end" : "", rest ? ",rest_at" : "");
	return g_string_free(out, FALSE);
}

/* An empty list may be the wrong user's, or the wrong region's. */
static void say_empty(const struct broker *b, const struct osvdi_broker_list *list)
{
	const char *region = osvdi_broker_list_region(list);

	if (b->options.format == OUTPUT_TABLE)
		terminal_note("there is no desktop to show%s",
				b->options.any_owner ? "" : "; see create, assign and list --all");
	if (region)
		terminal_warning("no desktop in region %s", region);
}

static gboolean print_list(const struct broker *b, const struct osvdi_broker_list *list,
		GError **error)
{
	g_autoptr(JsonNode) rows = library_json(osvdi_broker_list_json(list));
	g_autofree char *shown = b->options.columns ?
			g_strdup(b->options.columns) :
			useful_columns(json_node_get_array(rows), b->options.any_owner);

	if (!osvdi_broker_list_length(list))
		say_empty(b, list);
	return output_rows(rows, columns, shown, b->options.format, error);
}

static gboolean run(struct broker *b, const char *pool, GError **error)
{
	g_autoptr(auto_list) list = NULL;
	struct osvdi_broker_query query;
	struct osvdi_broker_error *e = NULL;

	if (!broker_open(b, error))
		return FALSE;
	broker_query(b, &query);
	query.pool = pool;
	list = osvdi_broker_list(b->library, &query, &e);
	return list ? print_list(b, list, error) : library_fail(e, error);
}

gboolean cmd_list(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	char *pool = NULL;
	gboolean all = FALSE;
	const GOptionEntry options[] = {
		command_option_format(b), command_option_columns(b),
		command_option_user(b),
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &all,
				"every server of the project, whoever made it", NULL },
		{ "pool", 0, 0, G_OPTION_ARG_STRING, &pool,
				"every desktop of a pool, and who holds it", "POOL" },
		command_option_all_projects(b), command_option_no_pools(b), { NULL }
	};
	g_autofree char *owned_pool = NULL;
	gboolean parsed = command_parse(b, self, options, &argc, &argv, 0, 0, error);

	owned_pool = pool;
	if (!parsed)
		return FALSE;
	if (!output_check_columns(columns, b->options.columns, error) || !output_check(error))
		return FALSE;
	b->options.any_owner = (all || pool || b->options.all_projects) && !b->options.user;
	return run(b, pool, error);
}

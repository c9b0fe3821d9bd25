/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "compute/lease.h"
#include "desktop/desktop-json.h"
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
	{ "default", "Default" },
	{ "locked", "Locked" },
	{ "user_id", "User ID" },
	{ "project_id", "Project ID" },
	{ NULL, NULL },
};

/* The columns of a table by default: those that say something here. others: it
 * may show what is not the caller's. */
static char *useful_columns(GPtrArray *servers, gboolean others)
{
	GString *out = g_string_new("id,name,status,task_state,power_state,image,flavor");
	gboolean host = FALSE, pool = FALSE, lease = FALSE;

	for (guint i = 0; i < servers->len; i++) {
		const struct server *s = servers->pdata[i];

		host = host || s->host;
		pool = pool || s->pool;
		lease = lease || s->lease_end;
	}
	g_string_append_printf(out, "%s%s%s%s%s", host ? ",host" : "", others ? ",user_id" : "",
			pool ? ",pool" : "", pool && others ? ",assigned" : "",
			lease ? ",lease_end" : "");
	return g_string_free(out, FALSE);
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
	g_autoptr(GPtrArray) servers = NULL;
	g_autoptr(JsonNode) rows = NULL;
	g_autofree char *shown = NULL;
	g_autofree char *where = NULL;
	g_autofree char *owned_pool = NULL;
	struct desktops_query query;
	gboolean parsed = command_parse(b, self, options, &argc, &argv, 0, 0, error);

	owned_pool = pool;
	if (!parsed)
		return FALSE;
	if (!output_check_columns(columns, b->options.columns, error) || !output_check(error))
		return FALSE;
	b->options.any_owner = (all || pool || b->options.all_projects) && !b->options.user;
	if (!broker_open(b, error))
		return FALSE;
	broker_query(b, &query);
	query.pool = pool;
	servers = desktops_list(b->cloud, &query, error);
	if (!servers)
		return FALSE;
	desktops_name_images(b->cloud, servers);
	lease_annotate(b->cloud, servers);
	if (!servers->len && b->options.format == OUTPUT_TABLE)
		terminal_note("there is no desktop to show%s",
				b->options.any_owner ? "" : "; see create, assign and list --all");
	where = servers->len ? NULL : cloud_region_note(b->cloud);
	if (where)
		terminal_warning("no desktop in region %s", where);
	rows = desktop_list_json(servers, b->config.desktop);
	shown = b->options.columns ? g_strdup(b->options.columns) :
				     useful_columns(servers, b->options.any_owner);
	return output_rows(rows, columns, shown, b->options.format, error);
}

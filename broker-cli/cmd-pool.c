/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/text.h"
#include "command.h"
#include "compute/lease.h"
#include "desktop/desktop-json.h"
#include "desktop/give-back.h"
#include "desktop/pool-tags.h"
#include "desktop/pool.h"
#include "terminal.h"

static gboolean print_desktop(struct broker *b, struct server *s, GError **error)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(JsonNode) rows = NULL;
	g_autofree char *line = NULL;

	g_ptr_array_add(one, s);
	if (b->options.format_name) {
		desktops_name_images(b->cloud, one);
		lease_annotate(b->cloud, one);
		rows = desktop_list_json(one, b->config.desktop);
		return output_object(json_array_get_element(json_node_get_array(rows), 0),
				b->options.format, error);
	}
	line = text_clean(s->name, 200);
	return output_line(error, "%s %s", s->id, line);
}

gboolean cmd_assign(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	const GOptionEntry options[] = {
		command_option_format(b), command_option_user(b),
		command_option_timeout(b), { NULL }
	};
	g_autoptr(auto_server) s = NULL;
	g_autofree char *owner = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 1, 1, error))
		return FALSE;
	if (!output_check(error) || !broker_open(b, error))
		return FALSE;
	owner = pool_owner(b->user_id);
	s = pool_assign(b->cloud, argv[1], owner, b->deadline_us, error);
	return s && print_desktop(b, s, error);
}

static struct server *find_pool_desktop(struct broker *b, const char *wanted, GError **error)
{
	g_autoptr(auto_server) s = broker_find(b, wanted, error);

	return s && give_back_check(s, error) ? g_steal_pointer(&s) : NULL;
}

gboolean cmd_release(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct give_back how = { 0 };
	const GOptionEntry options[] = {
		{ "rebuild", 0, 0, G_OPTION_ARG_NONE, &how.rebuild,
				 "make its disk anew from its image first",
				 NULL },
		{ "stop", 0, 0, G_OPTION_ARG_NONE, &how.stop, "shut it down first", NULL },
		command_option_user(b), command_option_any_owner(b), command_option_timeout(b),
		{ NULL }
	};
	g_autoptr(auto_server) s = NULL;
	g_autofree char *owner = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error) || !output_check(error) ||
			!broker_open(b, error))
		return FALSE;
	s = find_pool_desktop(b, argv[1], error);
	owner = b->user_id ? pool_owner(b->user_id) : NULL;
	how.owner = owner;
	how.deadline_us = b->deadline_us;
	if (!s || !give_back(b->cloud, &s, &how, error))
		return FALSE;
	return output_line(error, "%s released", s->id);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "command.h"
#include "compute/lease.h"
#include "desktop/desktop-json.h"
#include "desktop/pool-tags.h"
#include "desktop/pool.h"

static gboolean print_desktop(struct broker *b, struct server *s, enum output_format format, GError **error)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(JsonNode) rows = NULL;
	g_autofree char *line = NULL;

	g_ptr_array_add(one, s);
	if (b->format_name) {
		desktops_name_images(b->cloud, one);
		lease_annotate(b->cloud, one);
		rows = desktop_list_json(one, b->config.desktop);
		return output_object(json_array_get_element(json_node_get_array(rows), 0), format, error);
	}
	line = text_clean(s->name, 200);
	return output_line(error, "%s %s", s->id, line);
}

gboolean cmd_assign(struct broker *b, const struct command *self, int argc, char **argv, GError **error)
{
	const GOptionEntry options[] = { command_option_format(b), command_option_user(b), command_option_timeout(b), { NULL } };
	g_autoptr(auto_server) s = NULL;
	g_autofree char *owner = NULL;
	enum output_format format;

	if (!command_parse(b, self, options, &argc, &argv, 1, 1, error) || !output_parse_format(b->format_name, &format, error))
		return FALSE;
	if (!output_check(error) || !broker_open(b, error))
		return FALSE;
	owner = pool_owner(b->user_id);
	s = pool_assign(b->cloud, argv[1], owner, b->deadline_us, error);
	return s && print_desktop(b, s, format, error);
}

static gboolean rebuild(struct broker *b, struct server **s, gint64 deadline, GError **error)
{
	struct power_params p = { .deadline_us = deadline };
	g_autoptr(auto_api_reply) reply = NULL;

	if (!text_is_uuid((*s)->image_id)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "it was not made from an image: it cannot be rebuilt");
		return FALSE;
	}
	/* Nova rebuilds what runs or is shut off. */
	if (!server_is(*s, "SHUTOFF") && !power_reach(b->cloud, s, GOAL_RUNNING, &p, NULL, error))
		return FALSE;
	reply = nova_action(b->cloud, (*s)->id, nova_action_body("rebuild", "imageRef", (*s)->image_id), error);
	if (!reply || !api_reply_check(reply, error) || !power_refresh(b->cloud, s, error))
		return FALSE;
	return power_settle(b->cloud, s, &p, error);
}

/* The next user must find nothing of the last one, so cleaning comes before the
 * claim goes: a failure leaves the desktop with its user. */
static gboolean clean_up(struct broker *b, struct server **s, gboolean do_rebuild, gboolean stop, GError **error)
{
	struct power_params p = { .deadline_us = b->deadline_us };

	if (do_rebuild && !rebuild(b, s, p.deadline_us, error))
		return FALSE;
	return !stop || power_reach(b->cloud, s, GOAL_STOPPED, &p, NULL, error);
}

static struct server *find_pool_desktop(struct broker *b, const char *wanted, GError **error)
{
	g_autoptr(auto_server) s = broker_find(b, wanted, error);
	g_autofree char *name = NULL;

	if (!s)
		return NULL;
	if (s->pool)
		return g_steal_pointer(&s);
	name = text_clean(s->name, 80);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "\"%s\" belongs to no pool, so nobody has to give it back", name);
	return NULL;
}

gboolean cmd_release(struct broker *b, const struct command *self, int argc, char **argv, GError **error)
{
	gboolean do_rebuild = FALSE, stop = FALSE;
	const GOptionEntry options[] = {
		{ "rebuild", 0, 0, G_OPTION_ARG_NONE, &do_rebuild, "make its disk anew from its image first", NULL },
		{ "stop", 0, 0, G_OPTION_ARG_NONE, &stop, "shut it down first", NULL },
		command_option_user(b), command_option_any_owner(b), command_option_timeout(b), { NULL }
	};
	g_autoptr(auto_server) s = NULL;
	g_autofree char *owner = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error) || !output_check(error) || !broker_open(b, error))
		return FALSE;
	s = find_pool_desktop(b, argv[1], error);
	if (!s || !clean_up(b, &s, do_rebuild, stop, error))
		return FALSE;
	owner = b->user_id ? pool_owner(b->user_id) : NULL;
	if (!pool_release(b->cloud, s, owner, error))
		return FALSE;
	return output_line(error, "%s released", s->id);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "open-options.h"
#include "viewer.h"

static const char *chosen_viewer(const struct broker *b, const char *option)
{
	const char *environment = g_getenv("OSVDI_VIEWER");

	if (option)
		return option;
	return environment && *environment ? environment : osvdi_broker_config_viewer(b->library);
}

/* Splits "NAME -- OPTION..." where "--" stands; what follows goes to the viewer. */
static char **split_options(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++)
		if (!strcmp(argv[i], "--")) {
			char **rest = g_strdupv(argv + i + 1);

			argv[i] = NULL;
			*argc = i;
			return rest;
		}
	return NULL;
}

/* Find the viewer and check its abilities before a desktop is woken. */
static char *prepare(struct broker *b, struct open_options *o, const char *viewer, GError **error)
{
	struct viewer_needs needs = { 0 };
	char *path;

	if (!open_prepare(b, o, error))
		return NULL;
	needs.vnc = o->vnc;
	needs.websocket = o->way == OSVDI_BROKER_WAY_WEBSOCKET;
	path = viewer_find(chosen_viewer(b, viewer), &needs, error);
	o->no_websocket = path ? viewer_no_websocket(path) : NULL;
	return path;
}

gboolean cmd_connect(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct open_options o = { 0 };
	char *viewer = NULL;
	const GOptionEntry options[] = {
		{ "viewer", 0, 0, G_OPTION_ARG_FILENAME, &viewer,
				 "program to start (osvdi-viewer)",
				 "PROGRAM" },
		open_option_via(&o), open_option_protocol(&o), open_option_no_wake(&o),
		command_option_repair(b), command_option_timeout(b), command_option_user(b),
		command_option_any_owner(b), command_option_all_projects(b),
		command_option_no_pools(b), { NULL }
	};
	struct osvdi_broker_opened *a = NULL;
	g_auto(GStrv) rest = split_options(&argc, argv);
	gboolean ok = command_parse(b, self, options, &argc, &argv, 0, 1, error);
	g_autofree char *path = ok ? prepare(b, &o, viewer, error) : NULL;

	ok = path && broker_open(b, error) && (a = open_run(b, &o, argv[1], error));
	if (ok) {
		open_show_warnings(a);
		viewer_export(path, b->library, b->options.setting[SET_CLOUD]);
		/* The viewer inherits no connection of ours. */
		g_clear_pointer(&b->library, osvdi_broker_destroy);
		ok = viewer_run(path, rest, osvdi_broker_opened_file(a), error);
	}
	osvdi_broker_opened_free(a);
	open_options_clear(&o);
	g_free(viewer);
	return ok;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "command.h"

static gboolean print_desktop(struct broker *b, struct osvdi_broker_desktop *d, GError **error)
{
	g_autoptr(JsonNode) json = NULL;
	g_autofree char *name = NULL;

	if (b->options.format_name) {
		json = library_json(osvdi_broker_desktop_json(b->library, d));
		return output_object(json, b->options.format, error);
	}
	name = text_clean(osvdi_broker_desktop_name(d), 200);
	return output_line(error, "%s %s", osvdi_broker_desktop_id(d), name);
}

gboolean cmd_assign(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	const GOptionEntry options[] = {
		command_option_format(b), command_option_user(b),
		command_option_timeout(b), { NULL }
	};
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_desktop) d = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 1, 1, error))
		return FALSE;
	if (!output_check(error) || !broker_open(b, error))
		return FALSE;
	d = osvdi_broker_assign(b->library, argv[1], 0, &e);
	return d ? print_desktop(b, d, error) : library_fail(e, error);
}

gboolean cmd_release(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	gboolean rebuild = FALSE, stop = FALSE;
	const GOptionEntry options[] = {
		{ "rebuild", 0, 0, G_OPTION_ARG_NONE, &rebuild,
				 "make its disk anew from its image first",
				 NULL },
		{ "stop", 0, 0, G_OPTION_ARG_NONE, &stop, "shut it down first", NULL },
		command_option_user(b), command_option_any_owner(b), command_option_timeout(b),
		{ NULL }
	};
	struct osvdi_broker_release_params p = { .size = sizeof(p) };
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_desktop) d = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error) || !output_check(error) ||
			!broker_open(b, error))
		return FALSE;
	d = broker_find(b, argv[1], error);
	if (!d)
		return FALSE;
	p.rebuild = rebuild;
	p.stop = stop;
	if (!osvdi_broker_release(b->library, d, &p, &e))
		return library_fail(e, error);
	return output_line(error, "%s released", osvdi_broker_desktop_id(d));
}

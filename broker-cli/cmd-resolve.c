/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "open-options.h"
#include "target.h"
#include "terminal.h"

static void show_warnings(const struct osvdi_broker_opened *a, JsonNode *json)
{
	open_show_warnings(a);
	if (js_str(js_root_object(json), "password"))
		terminal_warning(
				"this desktop wants a password, which no address holds: use --vv "
				"or -f json");
}

struct resolve_options {
	struct open_options open;
	char *vv;
	struct target *target; /* of vv, unless that is "-" */
};

static gboolean vv_to_stdout(const struct resolve_options *o)
{
	return !g_strcmp0(o->vv, "-");
}

static gboolean write_vv(const char *text, const struct resolve_options *o, GError **error)
{
	return o->target ? target_write(o->target, text, error) : output_text(text, error);
}

static void show_cost(struct broker *b)
{
	struct osvdi_broker_cost cost = { .size = sizeof(cost) };

	osvdi_broker_cost(b->library, &cost);
	terminal_info("%u requests over %u connections, %.1f ms waiting for them", cost.requests,
			cost.connections, (double)cost.waited_us / 1000);
}

static gboolean print_address(const struct broker *b, const struct osvdi_broker_opened *a,
		JsonNode *json, const struct resolve_options *o, GError **error)
{
	if (o->vv && !write_vv(osvdi_broker_opened_file(a), o, error))
		return FALSE;
	if (b->options.format_name)
		return output_object(json, b->options.format, error);
	return o->vv || output_line(error, "%s", osvdi_broker_opened_uri(a));
}

static gboolean run(struct broker *b, const struct resolve_options *o, const char *name,
		GError **error)
{
	struct osvdi_broker_opened *a = open_run(b, &o->open, name, error);
	g_autoptr(JsonNode) json = a ? library_json(osvdi_broker_opened_json(a)) : NULL;
	gboolean ok;

	if (!a)
		return FALSE;
	show_warnings(a, json);
	show_cost(b);
	ok = print_address(b, a, json, o, error);
	osvdi_broker_opened_free(a);
	return ok;
}

/* Check everything that can be checked before a desktop is woken. */
static gboolean prepare(struct broker *b, struct resolve_options *o, GError **error)
{
	if (vv_to_stdout(o) && b->options.format_name) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--vv - and --format: standard output takes one of them");
		return FALSE;
	}
	if (!open_prepare(b, &o->open, error))
		return FALSE;
	if ((!o->vv || vv_to_stdout(o) || b->options.format_name) && !output_check(error))
		return FALSE;
	if (o->vv && !vv_to_stdout(o))
		o->target = target_open(o->vv, error);
	/* Only a file is there to be deleted by its viewer. */
	o->open.delete_file = o->target && target_is_file(o->target);
	return !o->vv || vv_to_stdout(o) || o->target;
}

static void clear(struct resolve_options *o)
{
	open_options_clear(&o->open);
	target_free(o->target);
	g_free(o->vv);
}

gboolean cmd_resolve(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct resolve_options o = { 0 };
	const GOptionEntry options[] = {
		command_option_format(b),
		{ "vv", 0, 0, G_OPTION_ARG_FILENAME, &o.vv,
				"write a connection file, - for standard output", "FILE" },
		open_option_via(&o.open), open_option_protocol(&o.open),
		open_option_no_wake(&o.open), command_option_repair(b), command_option_timeout(b),
		command_option_user(b), command_option_any_owner(b), command_option_all_projects(b),
		command_option_no_pools(b), { NULL }
	};
	gboolean ok = command_parse(b, self, options, &argc, &argv, 0, 1, error) &&
			prepare(b, &o, error) && broker_open(b, error) &&
			run(b, &o, argv[1], error);

	clear(&o);
	return ok;
}

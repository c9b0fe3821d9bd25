/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "open-options.h"
#include "terminal.h"

GOptionEntry open_option_via(struct open_options *o)
{
	return (GOptionEntry){ "via", 0, 0, G_OPTION_ARG_STRING, &o->via_name,
		"only this way: direct, spice-direct or websocket", "WAY" };
}

GOptionEntry open_option_protocol(struct open_options *o)
{
	return (GOptionEntry){ "protocol", 0, 0, G_OPTION_ARG_STRING, &o->protocol,
		"spice (default) or vnc", "PROTOCOL" };
}

GOptionEntry open_option_no_wake(struct open_options *o)
{
	return (GOptionEntry){ "no-wake", 0, 0, G_OPTION_ARG_NONE, &o->no_wake,
		"fail when the desktop does not run", NULL };
}

/* FALSE: there is no way of that name. NULL names any. */
static gboolean parse_way(const char *name, enum osvdi_broker_way *way)
{
	static const struct {
		const char *name;
		enum osvdi_broker_way way;
	} ways[] = {
		{ "direct", OSVDI_BROKER_WAY_DIRECT },
		{ "spice-direct", OSVDI_BROKER_WAY_SPICE_DIRECT },
		{ "websocket", OSVDI_BROKER_WAY_WEBSOCKET },
	};

	*way = OSVDI_BROKER_WAY_ANY;
	for (gsize i = 0; name && i < G_N_ELEMENTS(ways); i++)
		if (!strcmp(name, ways[i].name))
			*way = ways[i].way;
	return !name || *way != OSVDI_BROKER_WAY_ANY;
}

static gboolean parse_words(struct open_options *o, GError **error)
{
	gboolean known = parse_way(o->via_name, &o->way);
	const char *wrong = NULL;

	o->vnc = !g_strcmp0(o->protocol, "vnc");
	if (!known)
		wrong = "--via: direct, spice-direct or websocket";
	else if (o->protocol && !o->vnc && strcmp(o->protocol, "spice"))
		wrong = "--protocol: spice or vnc";
	else if (o->vnc && o->way == OSVDI_BROKER_WAY_SPICE_DIRECT)
		wrong = "--via spice-direct is not for VNC";
	if (wrong)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", wrong);
	return !wrong;
}

gboolean open_prepare(struct broker *b, struct open_options *o, GError **error)
{
	return parse_words(o, error) && broker_load(b, error);
}

struct osvdi_broker_opened *open_run(struct broker *b, const struct open_options *o,
		const char *name, GError **error)
{
	struct osvdi_broker_open_params p = {
		.size = sizeof(p),
		.name = name,
		.way = o->way,
		.vnc = o->vnc,
		.no_wake = o->no_wake,
		.repair = b->options.repair,
		.no_websocket = o->no_websocket,
		.delete_file = o->delete_file,
	};
	struct osvdi_broker_error *e = NULL;
	struct osvdi_broker_opened *opened;

	broker_query(b, &p.query);
	opened = osvdi_broker_open(b->library, &p, &e);
	if (!opened)
		library_fail(e, error);
	return opened;
}

void open_show_warnings(const struct osvdi_broker_opened *opened)
{
	const char *text;

	for (size_t i = 0; (text = osvdi_broker_opened_warning(opened, i)); i++)
		terminal_warning("%s", text);
}

void open_options_clear(struct open_options *o)
{
	g_clear_pointer(&o->via_name, g_free);
	g_clear_pointer(&o->protocol, g_free);
}

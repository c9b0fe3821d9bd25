/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/authority.h"
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

static int way_number(const char *name)
{
	for (int i = 0; name && i < WAY_COUNT; i++)
		if (!strcmp(name, resolve_way_name(i)))
			return i;
	return -1;
}

static gboolean parse_words(struct open_options *o, GError **error)
{
	const char *wrong = NULL;

	o->way = way_number(o->via_name);
	o->vnc = !g_strcmp0(o->protocol, "vnc");
	if (o->via_name && o->way < 0)
		wrong = "--via: direct, spice-direct or websocket";
	else if (o->protocol && !o->vnc && strcmp(o->protocol, "spice"))
		wrong = "--protocol: spice or vnc";
	else if (o->vnc && o->way == WAY_SPICE_DIRECT)
		wrong = "--via spice-direct is not for VNC";
	if (wrong)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", wrong);
	return !wrong;
}

static gboolean read_authorities(struct broker *b, struct open_options *o, GError **error)
{
	const struct config *config = &b->config;
	const char *cacert = settings_get(&b->settings, SET_CACERT);
	g_autofree char *place = settings_place(&b->settings, SET_CACERT);

	if (config->spice_ca_file) {
		o->ca = authority_read(config->spice_ca_file, config->spice_ca_place, error);
		if (!o->ca)
			return FALSE;
	}
	return !cacert || (o->ws_ca = authority_read(cacert, place, error)) != NULL;
}

gboolean open_prepare(struct broker *b, struct open_options *o, GError **error)
{
	return parse_words(o, error) && broker_load(b, error) && read_authorities(b, o, error);
}

gboolean open_run(struct broker *b, const struct open_options *o, const char *name,
		struct opened *out, GError **error)
{
	struct open_params p = {
		.name = name,
		.config = &b->config,
		.spice_ca = o->ca,
		.cacert = o->ws_ca,
		.way = o->way,
		.vnc = o->vnc,
		.no_wake = o->no_wake,
		.repair = b->options.repair,
		.no_websocket = o->no_websocket,
		.deadline_us = b->deadline_us,
	};

	broker_query(b, &p.query);
	return open_desktop(b->cloud, &p, out, error);
}

void open_show_warnings(const struct opened *opened)
{
	for (guint i = 0; i < opened->warnings->len; i++)
		terminal_warning("%s", (const char *)opened->warnings->pdata[i]);
}

void open_options_clear(struct open_options *o)
{
	g_clear_pointer(&o->via_name, g_free);
	g_clear_pointer(&o->protocol, g_free);
	g_clear_pointer(&o->ca, g_free);
	g_clear_pointer(&o->ws_ca, g_free);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/authority.h"
#include "base/error.h"
#include "base/host.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "compute/lease.h"
#include "open.h"

GOptionEntry open_option_via(struct open_options *o)
{
	return (GOptionEntry){ "via", 0, 0, G_OPTION_ARG_STRING, &o->via, "only this way: direct, spice-direct or websocket", "WAY" };
}

GOptionEntry open_option_protocol(struct open_options *o)
{
	return (GOptionEntry){ "protocol", 0, 0, G_OPTION_ARG_STRING, &o->protocol, "spice (default) or vnc", "PROTOCOL" };
}

GOptionEntry open_option_no_wake(struct open_options *o)
{
	return (GOptionEntry){ "no-wake", 0, 0, G_OPTION_ARG_NONE, &o->no_wake, "fail when the desktop does not run", NULL };
}

static int way_number(const char *name)
{
	for (int i = 0; name && i < WAY_COUNT; i++)
		if (!strcmp(name, resolve_way_name(i)))
			return i;
	return -1;
}

gboolean open_wants_vnc(const struct open_options *o)
{
	return !g_strcmp0(o->protocol, "vnc");
}

gboolean open_wants_websocket(const struct open_options *o)
{
	return way_number(o->via) == WAY_WEBSOCKET;
}

static gboolean check_words(const struct open_options *o, GError **error)
{
	const char *wrong = NULL;

	if (o->via && way_number(o->via) < 0)
		wrong = "--via: direct, spice-direct or websocket";
	else if (o->protocol && strcmp(o->protocol, "spice") && strcmp(o->protocol, "vnc"))
		wrong = "--protocol: spice or vnc";
	else if (open_wants_vnc(o) && way_number(o->via) == WAY_SPICE_DIRECT)
		wrong = "--via spice-direct is not for VNC";
	if (wrong)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", wrong);
	return !wrong;
}

static gboolean read_authorities(struct broker *b, struct open_options *o, GError **error)
{
	const char *cacert = settings_get(&b->settings, SET_CACERT);
	g_autofree char *place = settings_place(&b->settings, SET_CACERT);

	if (b->config.spice_ca_file && !(o->ca = authority_read(b->config.spice_ca_file, b->config.spice_ca_place, error)))
		return FALSE;
	return !cacert || (o->ws_ca = authority_read(cacert, place, error)) != NULL;
}

gboolean open_prepare(struct broker *b, struct open_options *o, GError **error)
{
	return check_words(o, error) && broker_load(b, error) && read_authorities(b, o, error);
}

static void warn_of_lease(struct broker *b, struct opened *a)
{
	const char *name = a->server->lease_name;
	gint64 left = text_parse_time(a->server->lease_end) - clock_unix_s(cloud_clock(b->cloud));
	g_autofree char *shown = text_clean(name, 60);

	if (!a->server->lease_end || left > b->config.lease_warning_s)
		return;
	g_ptr_array_add(a->warnings, g_strdup_printf("the lease \"%s\" ends at %s: this desktop is deleted then; osvdi-broker leases extend keeps it", shown, a->server->lease_end));
}

/* Nothing leaves this computer on the way to such a host. */
static gboolean stays_here(const char *host)
{
	enum host_kind kind = host_kind(host);

	return kind == HOST_LOOPBACK || kind == HOST_WILDCARD;
}

static void warn_of_address(struct opened *a)
{
	const struct address *d = a->address;
	g_autofree char *ws_host = d->ws_url && g_str_has_prefix(d->ws_url, "ws:") ? host_of_url(d->ws_url) : NULL;

	if (d->host && !d->tls_port && !stays_here(d->host))
		g_ptr_array_add(a->warnings, g_strdup("this address is not encrypted: use it only on a network you trust"));
	if (d->host && d->tls_port && !d->ca)
		g_ptr_array_add(a->warnings, g_strdup("no authority is configured (spice: ca:) to verify the SPICE server's TLS with"));
	if (ws_host && !stays_here(ws_host))
		g_ptr_array_add(a->warnings, g_strdup("this WebSocket is not encrypted: use it only on a network you trust"));
}

/* Only a desktop in a reservation costs a look at the leases. */
static void annotate_lease(struct broker *b, struct server *s)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	g_ptr_array_add(one, s);
	lease_annotate(b->cloud, one);
}

gboolean desktop_open(struct broker *b, const struct open_options *o, const char *name, struct opened *a, GError **error)
{
	struct resolve_params p = { .deadline_us = b->deadline_us };

	a->warnings = g_ptr_array_new_with_free_func(g_free);
	p.vnc = open_wants_vnc(o);
	p.only = way_number(o->via);
	p.no_websocket = o->no_websocket;
	p.no_wake = o->no_wake;
	p.repair = b->repair;
	p.host_subject = b->config.spice_host_subject;
	p.console_token_ttl_s = b->config.console_token_ttl_s;
	p.ca = o->ca;
	p.ws_ca = o->ws_ca;
	a->server = broker_find(b, name, error);
	a->address = a->server ? resolve_server(b->cloud, &a->server, &p, &a->log, error) : NULL;
	if (!a->address)
		return FALSE;
	annotate_lease(b, a->server);
	warn_of_lease(b, a);
	warn_of_address(a);
	return TRUE;
}

void open_options_clear(struct open_options *o)
{
	g_clear_pointer(&o->via, g_free);
	g_clear_pointer(&o->protocol, g_free);
	g_clear_pointer(&o->ca, g_free);
	g_clear_pointer(&o->ws_ca, g_free);
}

void opened_clear(struct opened *a)
{
	g_clear_pointer(&a->server, server_free);
	g_clear_pointer(&a->address, address_free);
	g_clear_pointer(&a->warnings, g_ptr_array_unref);
	resolve_log_clear(&a->log);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/host.h"
#include "base/text.h"
#include "compute/lease.h"
#include "desktop/open.h"
#include "hooks/caller.h"

struct server *open_find(struct cloud *cloud, const struct desktops_query *query,
		const char *name, const char *preferred, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *where = NULL;
	struct server *s = desktops_find(cloud, query, name, preferred, &e);

	if (s)
		return s;
	if (broker_error_is(e, BROKER_ERROR_NOT_FOUND))
		where = cloud_region_note(cloud);
	g_set_error(error, e->domain, e->code, "%s%s%s", e->message, where ? "; region " : "",
			where ? where : "");
	return NULL;
}

static void warn_of_lease(struct cloud *cloud, const struct config *config, struct opened *o)
{
	const char *name = o->server->lease_name, *end = o->server->lease_end;
	gint64 left = text_parse_time(end) - clock_unix_s(cloud_clock(cloud));
	g_autofree char *shown = text_clean(name, 60);
	g_autofree char *remedy = NULL;

	if (!end || left > config->lease_warning_s)
		return;
	remedy = caller_remedy(cloud_caller(cloud), OSVDI_BROKER_REASON_LEASE_ENDS, NULL);
	g_ptr_array_add(o->warnings,
			g_strdup_printf("the lease \"%s\" ends at %s: this desktop is deleted "
					"then%s",
					shown, end, remedy));
}

/* Nothing leaves this computer on the way to such a host. */
static gboolean stays_here(const char *host)
{
	enum host_kind kind = host_kind(host);

	return kind == HOST_LOOPBACK || kind == HOST_WILDCARD;
}

static void warn(struct opened *o, const char *text)
{
	g_ptr_array_add(o->warnings, g_strdup(text));
}

static void warn_of_address(struct opened *o)
{
	const struct address *a = o->address;
	gboolean plain = a->ws_url && g_str_has_prefix(a->ws_url, "ws:");
	g_autofree char *ws_host = plain ? host_of_url(a->ws_url) : NULL;

	if (a->host && !a->tls_port && !stays_here(a->host))
		warn(o, "this address is not encrypted: use it only on a network you trust");
	if (a->host && a->tls_port && !a->ca)
		warn(o, "no authority is configured (spice: ca:) to verify the SPICE server's "
				"TLS with");
	if (ws_host && !stays_here(ws_host))
		warn(o, "this WebSocket is not encrypted: use it only on a network you trust");
}

/* The leases are asked for only if the desktop is in a reservation. */
static void annotate_lease(struct cloud *cloud, struct server *s)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	g_ptr_array_add(one, s);
	lease_annotate(cloud, one);
}

gboolean open_desktop(struct cloud *cloud, const struct open_params *params, struct opened *o,
		GError **error)
{
	const struct resolve_params p = {
		.vnc = params->vnc,
		.only = params->way,
		.no_websocket = params->no_websocket,
		.no_wake = params->no_wake,
		.repair = params->repair,
		.deadline_us = params->deadline_us,
		.ca = params->spice_ca,
		.host_subject = params->config->spice_host_subject,
		.ws_ca = params->cacert,
		.console_token_ttl_s = params->config->console_token_ttl_s,
	};

	o->warnings = g_ptr_array_new_with_free_func(g_free);
	o->server = open_find(cloud, &params->query, params->name, params->config->desktop, error);
	if (o->server)
		o->address = resolve_server(cloud, &o->server, &p, &o->log, error);
	if (!o->address)
		return FALSE;
	annotate_lease(cloud, o->server);
	warn_of_lease(cloud, params->config, o);
	warn_of_address(o);
	return TRUE;
}

void opened_clear(struct opened *o)
{
	g_clear_pointer(&o->server, server_free);
	g_clear_pointer(&o->address, address_free);
	g_clear_pointer(&o->warnings, g_ptr_array_unref);
	resolve_log_clear(&o->log);
}

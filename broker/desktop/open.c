/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/host.h"
#include "base/text.h"
#include "compute/lease.h"
#include "desktop/admission.h"
#include "desktop/limits.h"
#include "desktop/open.h"
#include "desktop/rest.h"
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

static void warn_of_class(struct cloud *cloud, const struct config *config, struct opened *o)
{
	const struct server *s = o->server;
	g_autofree char *end = text_format_time(s->plan_until);

	if (!s->plan_class || !s->plan_until ||
			s->plan_until - clock_unix_s(cloud_clock(cloud)) > config->lease_warning_s)
		return;
	g_ptr_array_add(o->warnings,
			g_strdup_printf("the class ends at %s: this desktop is put away then",
					end));
}

static void warn_of_rest(struct opened *o, gint64 was)
{
	g_autofree char *time = text_format_time(was);

	if (was && !rest_announced(o->server))
		g_ptr_array_add(o->warnings,
				g_strdup_printf("nobody used this desktop: it was to be put to "
						"rest at %s, and stays as you open it",
						time));
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

static gint64 earlier(gint64 a, gint64 b)
{
	return a && (!b || a < b) ? a : b;
}

/* The end of its class, of its lease, or the rest that could not be called off, whichever
 * comes first; 0: none. */
static gint64 end_of(const struct server *s)
{
	gint64 lease = s->lease_end ? text_parse_time(s->lease_end) : 0;
	gint64 class = s->plan_class ? s->plan_until : 0;

	return earlier(earlier(class, lease), rest_announced(s));
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
	gint64 rest = 0;

	o->warnings = g_ptr_array_new_with_free_func(g_free);
	o->server = open_find(cloud, &params->query, params->name, params->config->desktop, error);
	if (!o->server || !admission_may_open(cloud, o->server, error) ||
			(!params->no_wake && !limits_check_wake(cloud, o->server, error)))
		return FALSE;
	rest = rest_cancel(cloud, &o->server, params->deadline_us);
	o->address = resolve_server(cloud, &o->server, &p, &o->log, error);
	if (!o->address)
		return FALSE;
	/* Nova takes no tag from what is shelved. */
	if (o->log.woken->len)
		rest_cancel(cloud, &o->server, params->deadline_us);
	annotate_lease(cloud, o->server);
	o->address->ends = end_of(o->server);
	warn_of_lease(cloud, params->config, o);
	warn_of_class(cloud, params->config, o);
	warn_of_rest(o, rest);
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

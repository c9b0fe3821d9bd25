/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/host.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/console.h"
#include "desktop/resolve.h"
#include "desktop/vv.h"
#include "hooks/caller.h"

/* A console that is refused although the server shows ACTIVE is asked for again:
 * the host may be a moment behind. */
#define CONSOLE_TRIES 4
/* If a site's exchange hangs, there is another way. */
#define EXCHANGE_TIMEOUT_S 10
#define CONSOLE_PAUSE_US (500 * 1000)

struct resolving {
	struct cloud *cloud;
	struct server **s;
	const struct resolve_params *params;
	struct resolve_log *log;
	char *console_url; /* of the console asked for last */
	const char *console_type;
	const char *refused_type; /* the type of console that was refused last, and why */
	GError *refusal;
	gboolean lacks_type; /* Nova has no such console (400) */
	gboolean fatal; /* no other way can help */
};

/* A way gives an address, or says why not (then the next is tried), or fails
 * altogether (resolving.fatal and an error). */
typedef struct address *(*way_function)(struct resolving *r, GError **error);

const char *resolve_way_name(enum resolve_way way)
{
	static const char *const names[] = { "direct", "spice-direct", "websocket" };

	return names[way];
}

void resolve_log_clear(struct resolve_log *log)
{
	for (int i = 0; i < WAY_COUNT; i++)
		g_clear_pointer(&log->reason[i], g_free);
	g_clear_pointer(&log->woken, g_ptr_array_unref);
}

static struct redact *secrets_of(const struct resolving *r)
{
	return caller_secrets(cloud_caller(r->cloud));
}

static gboolean wake(struct resolving *r, GError **error)
{
	struct power_params p = { r->params->repair, r->params->no_wake, r->params->deadline_us };
	gboolean ok = power_reach(r->cloud, r->s, GOAL_RUNNING, &p, r->log->woken, error);

	if (!ok)
		r->fatal = TRUE;
	return ok;
}

/* These may mean "not running" (500, 409) or "not there yet" (404): look at the server. */
static gboolean may_be_asleep(const struct api_reply *reply)
{
	return reply->status == 500 || reply->status == 409 || reply->status == 404;
}

static gboolean console_refused(struct resolving *r, const struct api_reply *reply, int tries,
		GError **error)
{
	gint64 pause = 0;

	if (!may_be_asleep(reply) || tries >= CONSOLE_TRIES) {
		api_reply_check(reply, error);
		return FALSE;
	}
	log_info(cloud_caller(r->cloud), "no console yet (%ld %s); looking at the desktop again",
			reply->status, reply->message);
	if (!power_refresh(r->cloud, r->s, error)) {
		r->fatal = TRUE;
		return FALSE;
	}
	if (server_is(*r->s, "ACTIVE") && power_task_is_harmless((*r->s)->task_state) && tries > 1)
		pause = CONSOLE_PAUSE_US * tries;
	if (!caller_sleep_us(cloud_caller(r->cloud), cloud_clock(r->cloud), pause, error)) {
		r->fatal = TRUE;
		return FALSE;
	}
	return wake(r, error);
}

/* Two ways may want the same type of console. If Nova refused it to the first, do not
 * ask for it again. */
static const char *keep_refusal(struct resolving *r, const struct api_reply *reply,
		const char *type, const GError *e)
{
	r->refused_type = type;
	r->lacks_type = reply->status == 400;
	g_clear_error(&r->refusal);
	r->refusal = g_error_copy(e);
	return NULL;
}

/* Asks for a console of that type, unless the last one asked for was of it. */
static const char *get_console(struct resolving *r, const char *protocol, const char *type,
		GError **error)
{
	if (r->refusal && !strcmp(r->refused_type, type)) {
		g_propagate_error(error, g_error_copy(r->refusal));
		return NULL;
	}
	if (r->console_url && !strcmp(r->console_type, type))
		return r->console_url;
	g_clear_pointer(&r->console_url, secret_free);
	for (int tries = 1;; tries++) {
		g_autoptr(auto_api_reply) reply = nova_create_console(r->cloud, (*r->s)->id,
				protocol, type, &r->console_url, error);

		if (!reply)
			return NULL;
		r->console_type = type;
		if (r->console_url)
			return r->console_url;
		if (!console_refused(r, reply, tries, error))
			return r->fatal || !error || !*error ? NULL :
							       keep_refusal(r, reply, type, *error);
	}
}

static void *not_taken(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void *not_taken(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_clear_error(error);
	if (error)
		*error = g_error_new_valist(BROKER_ERROR, BROKER_ERROR_SERVICE, format, args);
	va_end(args);
	return NULL;
}

static struct address *new_address(struct resolving *r, enum resolve_way way)
{
	struct address *a = g_new0(struct address, 1);

	a->protocol = g_strdup(r->params->vnc ? "vnc" : "spice");
	a->via = g_strdup(resolve_way_name(way));
	a->server_id = g_strdup((*r->s)->id);
	a->title = text_clean((*r->s)->name, 100);
	a->console_url = g_strdup(r->console_url);
	/* An address without a token in it serves as long as the desktop runs. */
	if (way == WAY_WEBSOCKET)
		a->token_expires = clock_unix_s(cloud_clock(r->cloud)) +
				r->params->console_token_ttl_s;
	return a;
}

/* The settings in nova.conf that consoles' addresses come from. */
static const char *setting_of(const struct resolving *r, enum resolve_way way)
{
	static const char *const spice[WAY_COUNT] = {
		"server_proxyclient_address ([spice] in nova.conf)",
		"spice_direct_proxy_base_url ([spice] in nova.conf)",
		"html5proxy_base_url ([spice] in nova.conf)",
	};
	static const char *const vnc[WAY_COUNT] = {
		"server_proxyclient_address ([vnc] in nova.conf)",
		NULL,
		"novncproxy_base_url ([vnc] in nova.conf)",
	};

	return r->params->vnc ? vnc[way] : spice[way];
}

static gboolean cloud_is_here(struct resolving *r)
{
	g_autofree char *address = cloud_address(r->cloud, SERVICE_COMPUTE, NULL);
	g_autofree char *host = host_of_url(address);

	return host && host_is_loopback(host);
}

static gboolean check_host(struct resolving *r, const char *host, enum resolve_way way,
		const char *whose, GError **error)
{
	gboolean here = host_kind(host) != HOST_ELSEWHERE && cloud_is_here(r);

	return host_check_console(host, here, whose, setting_of(r, way), error);
}

/* A URL's host; what is no URL at all is told later. */
static gboolean check_url(struct resolving *r, const char *url, enum resolve_way way,
		GError **error)
{
	g_autofree char *host = host_of_url(url);

	return !host || check_host(r, host, way, "Nova gives a console at", error);
}

static struct address *direct_address(struct resolving *r, struct nova_console *c, GError **error)
{
	g_autofree char *host = host_without_brackets(c->host);
	struct address *a;

	if (!check_host(r, host, WAY_DIRECT,
			    r->params->vnc ? "Nova says the VNC server is at" :
					     "Nova says the SPICE server is at",
			    error))
		return NULL;
	if (c->server_id && g_ascii_strcasecmp(c->server_id, (*r->s)->id))
		return not_taken(error, "Nova gives the console of another server");
	a = new_address(r, WAY_DIRECT);
	a->host = g_steal_pointer(&host);
	a->port = c->port;
	a->tls_port = c->tls_port;
	if (a->tls_port) {
		a->ca = g_strdup(r->params->ca);
		a->host_subject = g_strdup(r->params->host_subject);
	}
	a->uri = console_uri(a->protocol, a->host, a->port, a->tls_port);
	return a;
}

static struct address *way_direct(struct resolving *r, GError **error)
{
	int minor = nova_minor(r->cloud, error);
	const char *type = r->params->vnc                ? "novnc" :
			minor >= NOVA_MINOR_SPICE_DIRECT ? "spice-direct" :
							   "spice-html5";
	g_autoptr(auto_api_reply) reply = NULL;
	struct nova_console c;
	struct address *a;
	const char *url;
	char *token;

	if (minor < 0)
		return NULL;
	if (minor < NOVA_MINOR_CONSOLE_TOKENS)
		return not_taken(error, "compute API 2.%d < 2.%d", minor,
				NOVA_MINOR_CONSOLE_TOKENS);
	if (r->params->only < 0 && cloud_fact(r->cloud, SERVICE_COMPUTE, "direct_denied"))
		return not_taken(error,
				"the policy keeps os-console-auth-tokens to administrators "
				"(known from before)");
	url = get_console(r, r->params->vnc ? "vnc" : "spice", type, error);
	if (!url)
		return NULL;
	token = console_token(url, secrets_of(r));
	if (!token)
		return not_taken(error, "the console address holds no token");
	reply = nova_lookup_console(r->cloud, token, &c, error);
	secret_free(token);
	if (!reply)
		return NULL;
	if (reply->status == 403) {
		cloud_set_fact(r->cloud, SERVICE_COMPUTE, "direct_denied", "403");
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH,
				"the policy keeps os-console-auth-tokens to administrators (403)");
		return NULL;
	}
	if (reply->status == 404)
		return not_taken(error, "Nova does not know the console token it just gave (404)");
	if (!api_reply_check(reply, error))
		return NULL;
	a = direct_address(r, &c, error);
	nova_console_clear(&c);
	return a;
}

static struct address *way_spice_direct(struct resolving *r, GError **error)
{
	int minor = nova_minor(r->cloud, error);
	struct http_request request = { .method = "GET",
		.public_data = TRUE,
		.timeout_s = EXCHANGE_TIMEOUT_S };
	g_autoptr(auto_http_reply) reply = NULL;
	g_autoptr(auto_address) a = NULL;
	g_autoptr(GError) e = NULL;

	if (minor < 0)
		return NULL;
	if (r->params->vnc)
		return not_taken(error, "not for VNC");
	if (minor < NOVA_MINOR_SPICE_DIRECT)
		return not_taken(error, "compute API 2.%d < 2.%d", minor, NOVA_MINOR_SPICE_DIRECT);
	request.url = get_console(r, "spice", "spice-direct", error);
	if (!request.url || !check_url(r, request.url, WAY_SPICE_DIRECT, error))
		return NULL;
	reply = http_send(cloud_http(r->cloud), &request, &e);
	if (!reply)
		return not_taken(error, "the exchange does not answer: %s", e->message);
	if (reply->status != 200)
		return not_taken(error, "the exchange answers %ld %s", reply->status,
				http_status_text(reply->status));
	a = new_address(r, WAY_SPICE_DIRECT);
	if (!vv_parse(reply->body->str, reply->body->len, a, secrets_of(r), &e))
		return not_taken(error, "%s", e->message);
	if (!host_check_console(a->host, cloud_is_here(r),
			    "the exchange says the SPICE server is at", "the exchange", error))
		return NULL;
	a->uri = console_uri("spice", a->host, a->port, a->tls_port);
	return g_steal_pointer(&a);
}

static gboolean refuse_websocket(struct resolving *r, GError **error)
{
	if (!r->params->no_websocket)
		return FALSE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s", r->params->no_websocket);
	return TRUE;
}

static struct address *way_websocket(struct resolving *r, GError **error)
{
	const char *url = refuse_websocket(r, error) ?
			NULL :
			get_console(r, r->params->vnc ? "vnc" : "spice",
					r->params->vnc ? "novnc" : "spice-html5", error);
	char *ws = url && check_url(r, url, WAY_WEBSOCKET, error) ?
			console_websocket(url, secrets_of(r), error) :
			NULL;
	struct address *a;

	if (!ws)
		return NULL;
	a = new_address(r, WAY_WEBSOCKET);
	a->ws_url = ws;
	if (g_str_has_prefix(ws, "wss:"))
		a->ws_ca = g_strdup(r->params->ws_ca);
	a->uri = g_strconcat(a->protocol, "+", ws, NULL);
	return a;
}

static const way_function ways[WAY_COUNT] = {
	[WAY_DIRECT] = way_direct,
	[WAY_SPICE_DIRECT] = way_spice_direct,
	[WAY_WEBSOCKET] = way_websocket,
};

static void add_reason(struct resolving *r, GString *reasons, int way, const char *message)
{
	log_info(cloud_caller(r->cloud), "not %s: %s", resolve_way_name(way), message);
	r->log->reason[way] = g_strdup(message);
	/* Said once, however many ways it ends. */
	if (!strstr(reasons->str, message))
		g_string_append_printf(reasons, "%s%s: %s", reasons->len ? "; " : "",
				resolve_way_name(way), message);
}

static void set_no_way(struct resolving *r, int code, const GString *reasons, GError **error)
{
	g_autofree char *name = text_clean((*r->s)->name, 80);
	enum osvdi_broker_reason lacks =
			r->params->vnc ? OSVDI_BROKER_REASON_NO_VNC : OSVDI_BROKER_REASON_NO_SPICE;
	g_autofree char *hint = r->lacks_type ? caller_remedy(cloud_caller(r->cloud), lacks, NULL) :
						g_strdup("");
	GError *e = g_error_new(BROKER_ERROR, code, "no console of \"%s\": %s%s", name,
			reasons->str, hint);

	if (r->lacks_type)
		broker_error_set_reason(e, lacks);
	g_propagate_error(error, e);
}

static struct address *try_ways(struct resolving *r, GError **error)
{
	int code = BROKER_ERROR_SERVICE;
	g_autoptr(GString) reasons = g_string_new(NULL);

	for (int i = 0; i < WAY_COUNT; i++) {
		g_autoptr(GError) e = NULL;
		struct address *a;

		if (r->params->only >= 0 && r->params->only != i)
			continue;
		r->log->tried[i] = TRUE;
		a = ways[i](r, &e);
		if (a)
			return a;
		if (r->fatal || broker_error_reason(e) == OSVDI_BROKER_REASON_CANCELLED) {
			g_propagate_error(error, g_steal_pointer(&e));
			return NULL;
		}
		code = e->code; /* and the reason */
		add_reason(r, reasons, i, e->message);
		/* The desktop is gone: the other ways would say the same. */
		if (broker_error_is(e, BROKER_ERROR_NOT_FOUND))
			break;
	}
	set_no_way(r, code, reasons, error);
	return NULL;
}

/* Whether the policy has this login look tokens up. An id that is no token's is
 * enough to learn it, so nothing has to run. */
static gboolean may_look_up(struct resolving *r)
{
	g_autoptr(auto_api_reply) reply = NULL;
	struct nova_console c = { 0 };

	if (cloud_fact(r->cloud, SERVICE_COMPUTE, "direct_denied"))
		return FALSE;
	reply = nova_lookup_console(r->cloud, (*r->s)->id, &c, NULL);
	nova_console_clear(&c);
	if (!reply || reply->status != 403)
		return TRUE;
	cloud_set_fact(r->cloud, SERVICE_COMPUTE, "direct_denied", "403");
	return FALSE;
}

/* Without the WebSocket there may be no way left. Find out before waking a desktop. */
static gboolean check_ways(struct resolving *r, GError **error)
{
	int minor;

	if (!r->params->no_websocket || r->params->only >= 0 || r->params->no_wake)
		return TRUE;
	minor = nova_minor(r->cloud, error);
	if (minor < 0)
		return FALSE;
	if ((!r->params->vnc && minor >= NOVA_MINOR_SPICE_DIRECT) ||
			(minor >= NOVA_MINOR_CONSOLE_TOKENS && may_look_up(r)))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
			"a WebSocket is the only way to this desktop, and %s",
			r->params->no_websocket);
	return FALSE;
}

struct address *resolve_server(struct cloud *cloud, struct server **s,
		const struct resolve_params *params, struct resolve_log *log, GError **error)
{
	struct resolving r = { cloud, s, params, log };
	struct address *a;

	memset(log, 0, sizeof(*log));
	log->woken = g_ptr_array_new_with_free_func(g_free);
	if (!check_ways(&r, error) || !wake(&r, error))
		return NULL;
	a = try_ways(&r, error);
	secret_free(r.console_url);
	g_clear_error(&r.refusal);
	return a;
}

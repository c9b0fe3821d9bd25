/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/address.h"
#include "target/broker-client.h"
#include "target/proxy.h"
#include "base/secret.h"
#include "session/ws-failure.h"
#include "session/ws-tunnel.h"

#include <glib/gi18n.h>

/* A token that has less time left than this may expire on the way. */
#define EXPIRES_EARLY_S 10

struct address {
	const struct options *options;
	struct target live; /* owns what take_over() lists; all else is the given target's */
	void (*renewed)(struct failure *failure, gpointer data);
	gpointer data;
	struct ws_tunnel *tunnel; /* TARGET_WEBSOCKET, or NULL */
	GCancellable *resolving; /* the broker is being asked for a fresh address */
	GPtrArray *waiting;      /* channels that wait for the fresh address */
	gboolean refused;        /* the address did not work the last time */
	guint renewals;
};

const struct target *address_get_target(const struct address *address)
{
	return &address->live;
}

gboolean address_is_stale(const struct address *address)
{
	const struct target *target = &address->live;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	return target->resolve_name &&
			(address->refused ||
					(target->expires &&
							now > target->expires - EXPIRES_EARLY_S));
}

void address_refuse(struct address *address)
{
	address->refused = TRUE;
}

gboolean address_was_refused(const struct address *address)
{
	return address->refused && address->live.resolve_name;
}

/* ---- channels ------------------------------------------------------------ */

gboolean address_is_websocket(const struct address *address)
{
	return address->live.kind == TARGET_WEBSOCKET;
}

int address_open_fd(struct address *address, GError **error)
{
	return ws_tunnel_open(address->tunnel, TRUE, error);
}

static void open_tunnel(struct address *address, SpiceChannel *channel)
{
	g_autoptr(GError) error = NULL;
	int fd = ws_tunnel_open(address->tunnel, FALSE, &error);

	if (fd < 0)
		g_warning("Channel: %s", error->message);
	else
		spice_channel_open_fd(channel, fd);
}

void address_open(struct address *address, SpiceChannel *channel, gboolean may_wait)
{
	if (may_wait && address_is_stale(address)) {
		g_ptr_array_add(address->waiting, g_object_ref(channel));
		address_renew(address, FALSE);
	} else {
		open_tunnel(address, channel);
	}
}

void address_open_waiting(struct address *address)
{
	guint i;

	for (i = 0; i < address->waiting->len; i++)
		open_tunnel(address, address->waiting->pdata[i]);
	g_ptr_array_set_size(address->waiting, 0);
}

void address_forget_waiting(struct address *address)
{
	g_ptr_array_set_size(address->waiting, 0);
}

/* ---- the live target ----------------------------------------------------- */

static void take_string(char **to, const char *from)
{
	secret_free(*to);
	*to = g_strdup(from);
}

/* Copies the fields that say where the desktop is and let us in. */
static void take_over(struct target *live, const struct target *from)
{
	proxy_free(live->proxy);
	live->proxy = proxy_copy(from->proxy);
	live->kind = from->kind;
	live->port = from->port;
	live->tls_port = from->tls_port;
	live->expires = from->expires;
	live->ends = from->ends;
	take_string(&live->host, from->host);
	take_string(&live->unix_path, from->unix_path);
	take_string(&live->url, from->url);
	take_string(&live->username, from->username);
	take_string(&live->password, from->password);
	take_string(&live->ca, from->ca);
	take_string(&live->ws_ca, from->ws_ca);
	take_string(&live->host_subject, from->host_subject);
}

/* The wishes stay the given target's; the address becomes our own copy. */
static void live_init(struct target *live, const struct target *given)
{
	*live = *given;
	live->proxy = NULL;
	live->host = live->unix_path = live->url = live->username = live->password = NULL;
	live->ca = live->ws_ca = live->host_subject = NULL;
	take_over(live, given);
}

static void live_clear(struct target *live)
{
	static const struct target none;

	take_over(live, &none);
}

/* Takes the proxy of SPICE_PROXY if the target has none. spice-gtk does not see the
 * variable. */
static gboolean find_proxy(struct address *address, GError **error)
{
	const char *given = address->options->environment_proxy;

	if (address->live.kind != TARGET_TCP || address->live.proxy || !given || !*given)
		return TRUE;
	address->live.proxy = proxy_parse(given, PROXY_OF_ENVIRONMENT, error);
	return address->live.proxy != NULL;
}

/* ---- a fresh one --------------------------------------------------------- */

static gboolean make_tunnel(struct address *address, GError **error)
{
	if (!address_is_websocket(address))
		return TRUE;
	if (address->tunnel)
		ws_tunnel_set_url(address->tunnel, address->live.url);
	else
		address->tunnel = ws_tunnel_new(address->live.url, address->live.ws_ca,
				address->options->ca_file, error);
	return address->tunnel != NULL;
}

/* Why the address was not renewed. If the broker says that the desktop does not run, asking
 * again is useless. */
static struct failure *not_renewed(const GError *error)
{
	struct failure *failure;

	if (g_error_matches(error, BROKER_CLIENT_ERROR, BROKER_CLIENT_ASLEEP)) {
		failure = failure_new(_("The desktop was shut down."), error->message, NULL, FALSE);
		failure->refusal = REFUSAL_ASLEEP;
		return failure;
	}
	return failure_new(_("The desktop's address could not be renewed."),
			error ? error->message : NULL,
			_("Log in to the cloud again, or ask for the desktop again."),
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

static void resolved(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	target_auto fresh = broker_client_resolve_finish(result, &error);
	struct address *address = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the address may be gone */
	g_clear_object(&address->resolving);
	if (fresh && fresh->kind != TARGET_NAME)
		take_over(&address->live, fresh);
	if (!fresh || fresh->kind == TARGET_NAME || !make_tunnel(address, &error)) {
		address->renewed(not_renewed(error), address->data);
		return;
	}
	if (!find_proxy(address, &error)) {
		address->renewed(failure_new(_("The desktop's new address cannot be used."),
				error->message,
				_("Log in to the cloud again, or ask for the desktop again."),
				TRUE), address->data);
		return;
	}
	address->refused = FALSE;
	address->renewed(NULL, address->data);
}

void address_renew(struct address *address, gboolean wake)
{
	if (address->resolving)
		return;
	address->renewals++;
	address->resolving = g_cancellable_new();
	broker_client_resolve_async(address->options->broker, address->live.resolve_name, wake,
			address->resolving, resolved, address);
}

guint address_get_renewals(const struct address *address)
{
	return address->renewals;
}

void address_good(struct address *address)
{
	address->renewals = 0;
}

/* ---- what went wrong ----------------------------------------------------- */

guint address_get_reached(const struct address *address)
{
	return address->tunnel ? ws_tunnel_get_reached(address->tunnel) : 0;
}

char *address_take_login_proxy(struct address *address)
{
	struct ws_problem_report report;

	if (!address->tunnel || ws_tunnel_get_problem(address->tunnel) != WS_LOGIN)
		return NULL;
	ws_tunnel_take_problem(address->tunnel, &report);
	return report.message;
}

void address_set_proxy_login(struct address *address, const char *user, const char *password)
{
	ws_tunnel_set_proxy_login(address->tunnel, user, password);
}

struct failure *address_take_failure(struct address *address)
{
	struct ws_problem_report report;
	struct failure *failure = NULL;

	if (!address->tunnel)
		return NULL;
	ws_tunnel_take_problem(address->tunnel, &report);
	if (report.problem != WS_OK && report.problem != WS_BROKEN) {
		failure = failure_from_websocket(&report, &address->live);
		address->refused = failure->refusal == REFUSAL_DENIED;
	}
	g_free(report.message);
	return failure;
}

/* ---- life ---------------------------------------------------------------- */

struct address *address_new(const struct options *options, const struct target *target,
		void (*renewed)(struct failure *failure, gpointer data), gpointer data,
		GError **error)
{
	struct address *address = g_new0(struct address, 1);

	address->options = options;
	live_init(&address->live, target);
	address->renewed = renewed;
	address->data = data;
	address->waiting = g_ptr_array_new_with_free_func(g_object_unref);
	if (!find_proxy(address, error) || !make_tunnel(address, error))
		g_clear_pointer(&address, address_free);
	return address;
}

void address_free(struct address *address)
{
	if (!address)
		return;
	if (address->resolving)
		g_cancellable_cancel(address->resolving);
	g_clear_object(&address->resolving);
	g_ptr_array_unref(address->waiting);
	ws_tunnel_free(address->tunnel);
	live_clear(&address->live);
	g_free(address);
}

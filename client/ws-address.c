/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ws-address.h"
#include "broker-client.h"
#include "ws-tunnel.h"

#include <glib/gi18n.h>

/* A token that is about to expire may do so on the way. */
#define EXPIRES_EARLY_S 10

struct ws_address {
	const char *broker;
	struct target *target;
	void (*renewed)(struct failure *failure, gpointer data);
	gpointer data;
	struct ws_tunnel *tunnel;
	GCancellable *resolving; /* a fresh address is being asked for */
	GPtrArray *waiting;      /* channels that want it */
	gboolean refused;        /* the address did not work the last time */
	guint renewals;
};

gboolean ws_address_is_stale(const struct ws_address *address)
{
	const struct target *target = address->target;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	return target->resolve_name &&
			(address->refused || (target->expires && now > target->expires - EXPIRES_EARLY_S));
}

gboolean ws_address_was_refused(const struct ws_address *address)
{
	return address->refused && address->target->resolve_name;
}

/* ---- channels ------------------------------------------------------------ */

static void open_tunnel(struct ws_address *address, SpiceChannel *channel)
{
	g_autoptr(GError) error = NULL;
	int fd = ws_tunnel_open(address->tunnel, &error);

	if (fd < 0)
		g_warning("Channel: %s", error->message);
	else
		spice_channel_open_fd(channel, fd);
}

void ws_address_open(struct ws_address *address, SpiceChannel *channel, gboolean may_wait)
{
	if (may_wait && ws_address_is_stale(address)) {
		g_ptr_array_add(address->waiting, g_object_ref(channel));
		ws_address_renew(address);
	} else {
		open_tunnel(address, channel);
	}
}

void ws_address_open_waiting(struct ws_address *address)
{
	guint i;

	for (i = 0; i < address->waiting->len; i++)
		open_tunnel(address, address->waiting->pdata[i]);
	g_ptr_array_set_size(address->waiting, 0);
}

void ws_address_forget_waiting(struct ws_address *address)
{
	g_ptr_array_set_size(address->waiting, 0);
}

/* ---- a fresh one --------------------------------------------------------- */

static void resolved(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	target_auto fresh = broker_client_resolve_finish(result, &error);
	struct ws_address *address = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the address may be gone */
	g_clear_object(&address->resolving);
	if (!fresh || fresh->kind != TARGET_WEBSOCKET) {
		address->renewed(failure_new(_("The desktop's address could not be renewed."),
				error ? error->message : NULL, _("Log in to the cloud again, or ask for the desktop again."),
				g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)), address->data);
		return;
	}
	secret_free(address->target->url);
	address->target->url = g_steal_pointer(&fresh->url);
	address->target->expires = fresh->expires;
	address->refused = FALSE;
	ws_tunnel_set_url(address->tunnel, address->target->url);
	address->renewed(NULL, address->data);
}

void ws_address_renew(struct ws_address *address)
{
	if (address->resolving)
		return;
	address->renewals++;
	address->resolving = g_cancellable_new();
	broker_client_resolve_async(address->broker, address->target->resolve_name, address->resolving,
			resolved, address);
}

guint ws_address_get_renewals(const struct ws_address *address)
{
	return address->renewals;
}

void ws_address_good(struct ws_address *address)
{
	address->renewals = 0;
}

/* ---- what went wrong ----------------------------------------------------- */

guint ws_address_get_reached(const struct ws_address *address)
{
	return ws_tunnel_get_reached(address->tunnel);
}

struct failure *ws_address_take_failure(struct ws_address *address)
{
	g_autofree char *message = NULL;
	enum ws_problem problem = ws_tunnel_take_problem(address->tunnel, &message);

	if (problem == WS_OK || problem == WS_BROKEN)
		return NULL;
	address->refused = problem == WS_DROPPED || problem == WS_REFUSED;
	return failure_from_websocket(problem, message, address->target);
}

/* ---- life ---------------------------------------------------------------- */

struct ws_address *ws_address_new(const char *broker, const char *ca_file, struct target *target,
		void (*renewed)(struct failure *failure, gpointer data), gpointer data, GError **error)
{
	struct ws_address *address = g_new0(struct ws_address, 1);

	address->broker = broker;
	address->target = target;
	address->renewed = renewed;
	address->data = data;
	address->waiting = g_ptr_array_new_with_free_func(g_object_unref);
	address->tunnel = ws_tunnel_new(target->url, target->ws_ca, ca_file, error);
	if (!address->tunnel)
		g_clear_pointer(&address, ws_address_free);
	return address;
}

void ws_address_free(struct ws_address *address)
{
	if (!address)
		return;
	if (address->resolving)
		g_cancellable_cancel(address->resolving);
	g_clear_object(&address->resolving);
	g_ptr_array_unref(address->waiting);
	ws_tunnel_free(address->tunnel);
	g_free(address);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/connection-internal.h"
#include "session/session-setup.h"

#include <glib/gi18n.h>

/* ---- the end of a session ------------------------------------------------ */

static void concluded(enum verdict verdict, struct failure *failure, gpointer data)
{
	struct connection *connection = data;

	if (verdict != VERDICT_TAKEN) {
		connection_fail(connection, failure);
		return;
	}
	failure_free(failure);
	connection_rest(connection, CONNECTION_TAKEN, failure_taken(connection->target));
}

static void lost(int type, gpointer data)
{
	struct connection *connection = data;

	if (connection->state == CONNECTION_CONNECTED)
		connection->listener->lost(type, connection->data);
}

static const struct session_end_listener end_listener = {
	.concluded = concluded,
	.lost = lost,
};

/* ---- life ---------------------------------------------------------------- */

struct connection *connection_new(const struct options *options, struct target *target,
		struct stats *stats, const struct connection_listener *listener, gpointer data,
		GError **error)
{
	struct connection *connection = g_new0(struct connection, 1);

	connection->options = options;
	connection->given = target;
	connection->stats = stats;
	connection->listener = listener;
	connection->data = data;
	connection->port = connection_make_port(connection);
	connection->address = address_new(options, target, connection_renewed, connection, error);
	if (connection->address) {
		connection->target = address_get_target(connection->address);
		connection->session = session_setup_new(options, connection->target, error);
	}
	if (!connection->session) {
		connection_free(connection);
		return NULL;
	}
	connection->end = session_end_new(connection->session, connection->address, &end_listener,
			connection);
	connection_watch_session(connection);
	g_signal_connect(connection->session, "disconnected", G_CALLBACK(connection_disconnected),
			connection);
	return connection;
}

static void release_session(struct connection *connection)
{
	GList *channels = spice_session_get_channels(connection->session), *l;

	g_signal_handlers_disconnect_by_data(connection->session, connection);
	for (l = channels; l; l = l->next)
		g_signal_handlers_disconnect_by_data(l->data, connection);
	g_list_free(channels);
	spice_session_disconnect(connection->session);
	g_object_unref(connection->session);
}

void connection_free(struct connection *connection)
{
	if (!connection)
		return;
	connection_clear_timers(connection);
	session_end_stop(connection->end);
	if (connection->network)
		g_clear_signal_handler(&connection->network_changed, connection->network);
	ext_port_detach(connection->port);
	session_end_free(connection->end);
	if (connection->session)
		release_session(connection);
	ext_port_unref(connection->port);
	address_free(connection->address);
	failure_free(connection->failure);
	target_free(connection->given);
	g_free(connection);
}

/* ---- the user's wishes --------------------------------------------------- */

/* Forgets earlier conclusions, because the user has decided to connect. */
static void start_anew(struct connection *connection)
{
	connection->attempts = 0;
	connection->denials = 0;
	connection->nobody_us = 0;
	session_end_forget_guess(connection->end);
	connection->wake = TRUE;
	g_clear_pointer(&connection->failure, failure_free);
}

void connection_open(struct connection *connection)
{
	start_anew(connection);
	connection_set_state(connection, CONNECTION_CONNECTING);
	connection_attempt(connection);
}

void connection_close_quietly(struct connection *connection)
{
	connection_clear_timers(connection);
	session_end_stop(connection->end);
	connection->asking = FALSE;
	g_clear_pointer(&connection->failure, failure_free);
	connection->waiting_for_end = TRUE;
	connection->state = CONNECTION_ENDED;
	spice_session_disconnect(connection->session);
}

void connection_close(struct connection *connection)
{
	connection_close_quietly(connection);
	connection_set_state(connection, CONNECTION_ENDED);
}

void connection_awake(struct connection *connection)
{
	if (connection->state == CONNECTION_CONNECTED && !connection->options->no_reconnect)
		connection_fail(connection,
				failure_new(_("The computer slept."), NULL, NULL, FALSE));
	else if (connection->state == CONNECTION_RECONNECTING && connection->retry_timer)
		connection_attempt(connection);
}

void connection_retry_now(struct connection *connection)
{
	enum connection_state state = connection->state;

	if (state == CONNECTION_RECONNECTING && connection->retry_timer) {
		connection_attempt(connection);
	} else if (state == CONNECTION_CONNECTED) {
		connection_fail(connection,
				failure_new(_("Connecting again, as you wish."), NULL, NULL,
						FALSE));
	} else if (state == CONNECTION_TAKEN || state == CONNECTION_LOST) {
		start_anew(connection);
		connection_set_state(connection, CONNECTION_RECONNECTING);
		if (!connection->waiting_for_end)
			connection_attempt(connection);
	}
}

static void go_on_asked(struct connection *connection)
{
	connection->asking = FALSE;
	if (connection->waiting_for_end) {
		/* connection_disconnected() goes on */
		connection->state = CONNECTION_RECONNECTING;
		return;
	}
	connection_attempt(connection);
}

void connection_set_password(struct connection *connection, const char *user, const char *password)
{
	if (user && *user)
		g_object_set(connection->session, "username", user, NULL);
	g_object_set(connection->session, "password", password, NULL);
	connection->password_given = TRUE;
	go_on_asked(connection);
}

void connection_set_proxy_login(
		struct connection *connection, const char *user, const char *password)
{
	if (address_is_websocket(connection->address))
		address_set_proxy_login(connection->address, user, password);
	else
		session_setup_proxy_login(connection->session, user, password);
	connection->proxy_login_given = TRUE;
	go_on_asked(connection);
}

/* ---- getters ------------------------------------------------------------- */

SpiceSession *connection_get_session(struct connection *connection)
{
	return connection->session;
}

SpiceMainChannel *connection_get_main(struct connection *connection)
{
	return connection->main;
}

struct ext_port *connection_get_port(struct connection *connection)
{
	return connection->port;
}

const struct target *connection_get_target(struct connection *connection)
{
	return connection->target;
}

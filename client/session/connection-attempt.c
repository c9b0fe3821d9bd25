/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/connection-internal.h"
#include "session/channel-failure.h"
#include "session/session-setup.h"

#include <glib/gi18n.h>

/* A first attempt may meet a slow proxy. Later attempts are repeated anyway. */
#define FIRST_TIMEOUT_MS 15000
#define RETRY_TIMEOUT_MS 4000
/* If nothing has answered as SPICE by then, another service may listen there. */
#define LISTEN_AFTER_MS 700
/* If nobody answers for so long, a desktop of the broker may have moved. */
#define ELSEWHERE_MS 1000

static void looked(const GError *error, gpointer data);
static void schedule_retry(struct connection *connection);

/* ---- states -------------------------------------------------------------- */

void connection_set_state(struct connection *connection, enum connection_state state)
{
	connection->state = state;
	connection->listener->state(state, connection->failure, connection->data);
}

void connection_clear_timers(struct connection *connection)
{
	g_clear_handle_id(&connection->retry_timer, g_source_remove);
	g_clear_handle_id(&connection->attempt_timer, g_source_remove);
	g_clear_handle_id(&connection->silence_timer, g_source_remove);
	g_clear_handle_id(&connection->listen_timer, g_source_remove);
	g_clear_pointer(&connection->probe, tcp_probe_cancel);
	g_clear_pointer(&connection->diagnosis, diagnosis_cancel);
}

static gboolean is_over(const struct connection *connection)
{
	return connection->state == CONNECTION_ENDED || connection->state == CONNECTION_TAKEN ||
			connection->state == CONNECTION_LOST;
}

/* ---- an attempt ---------------------------------------------------------- */

static gboolean attempt_timed_out(gpointer data)
{
	struct connection *connection = data;
	g_autofree char *what = g_strdup_printf(
			_("%s does not answer."), connection->target->label);

	connection->attempt_timer = 0;
	connection_fail(connection, failure_new(what, NULL,
			_("A firewall may be in the way, or the machine is off."), FALSE));
	return G_SOURCE_REMOVE;
}

/* The short time limit has passed. Gives up if the proxy was not reached; otherwise allows
 * more time for the SPICE handshake. */
static gboolean tunnel_is_slow(gpointer data)
{
	struct connection *connection = data;

	if (address_get_reached(connection->address) == connection->tunnels)
		return attempt_timed_out(connection);
	connection->attempt_timer = g_timeout_add(RETRY_TIMEOUT_MS, attempt_timed_out, connection);
	return G_SOURCE_REMOVE;
}

static void listened(struct failure *failure, gpointer data)
{
	struct connection *connection = data;

	connection->diagnosis = NULL;
	if (failure)
		connection_fail(connection, failure);
}

/* Looks for another service. Without this look, both ends would wait: a VNC server for our
 * answer, and spice-glib for more bytes. */
static gboolean listen_there(gpointer data)
{
	struct connection *connection = data;

	connection->listen_timer = 0;
	connection->diagnosis = diagnosis_listen(connection->session, connection->address,
			connection->target, listened, connection);
	return G_SOURCE_REMOVE;
}

static void open_session(struct connection *connection)
{
	guint patience = retry_connect_ms(connection->attempts, connection->setup_ms);

	if (!connection->was_connected)
		connection->listen_timer = g_timeout_add(LISTEN_AFTER_MS, listen_there, connection);
	if (!connection->was_connected)
		connection->attempt_timer = g_timeout_add(
				FIRST_TIMEOUT_MS, attempt_timed_out, connection);
	else if (address_is_websocket(connection->address))
		connection->attempt_timer = g_timeout_add(patience, tunnel_is_slow, connection);
	else
		connection->attempt_timer = g_timeout_add(
				RETRY_TIMEOUT_MS, attempt_timed_out, connection);
	connection->tunnels = address_get_reached(connection->address);
	connection->has_session = TRUE;
	session_setup_connect(connection->session, connection->target);
}

void connection_attempt(struct connection *connection)
{
	connection_clear_timers(connection);
	if (address_is_stale(connection->address)) {
		address_renew(connection->address, !connection->was_connected || connection->wake);
		return;
	}
	connection->attempts++;
	stats_event(connection->stats, "connecting");
	connection->attempt_us = g_get_monotonic_time();
	if (connection->was_connected)
		connection->probe = tcp_probe_start(connection->target,
				retry_connect_ms(connection->attempts, connection->setup_ms),
				looked, connection);
	if (!connection->probe)
		open_session(connection);
}

void connection_renewed(struct failure *failure, gpointer data)
{
	struct connection *connection = data;
	g_autoptr(GError) error = NULL;

	if (failure) {
		connection_fail(connection, failure);
		return;
	}
	if (connection->state == CONNECTION_CONNECTED) {
		address_open_waiting(connection->address);
		return;
	}
	if (session_setup_readdress(
			    connection->session, connection->options, connection->target, &error)) {
		connection_attempt(connection);
		return;
	}
	connection_fail(connection,
			failure_new(_("The desktop's new address cannot be used."),
				error->message,
				_("Log in to the cloud again, or ask for the desktop again."),
				TRUE));
}

/* ---- a failure ----------------------------------------------------------- */

static gint64 nobody_ms(const struct connection *connection)
{
	return connection->nobody_us ? (g_get_monotonic_time() - connection->nobody_us) / 1000 : 0;
}

static void note_refusal(struct connection *connection, enum refusal refusal)
{
	gboolean nobody = refusal == REFUSAL_NOBODY || refusal == REFUSAL_HUNG_UP;

	connection->denials = refusal == REFUSAL_DENIED ? connection->denials + 1 : 0;
	if (!nobody)
		connection->nobody_us = 0;
	else if (!connection->nobody_us)
		connection->nobody_us = g_get_monotonic_time();
	if (refusal == REFUSAL_DENIED ||
			(nobody && !address_is_websocket(connection->address) &&
					nobody_ms(connection) > ELSEWHERE_MS))
		address_refuse(connection->address);
}

/* Decides what the failure of an attempt means for the next attempt. */
static enum outlook weigh(struct connection *connection, const struct failure *failure)
{
	struct tries tries = {
		.refusal = failure->refusal,
		.one_time = target_is_one_time(connection->target),
		.renewable = connection->target->resolve_name != NULL,
		.patient = connection->options->kiosk,
	};

	note_refusal(connection, failure->refusal);
	tries.denials = connection->denials;
	tries.nobody_ms = nobody_ms(connection);
	return retry_outlook(&tries);
}

/* Says why nothing more is tried. Takes the failure over. */
static struct failure *explain_rest(
		struct connection *connection, enum outlook outlook, struct failure *failure)
{
	struct failure *better = NULL;

	if (outlook == OUTLOOK_GONE)
		better = failure_gone(connection->target, failure);
	else if (outlook == OUTLOOK_USED_UP)
		better = failure_used_up(connection->target);
	if (!better)
		return failure;
	failure_free(failure);
	return better;
}

static void on_network_changed(
		GNetworkMonitor *monitor, gboolean available, struct connection *connection)
{
	if (available && connection->state == CONNECTION_RECONNECTING && connection->retry_timer)
		connection_attempt(connection);
}

/* Called only after a break, because the network monitor may first have to talk to a system
 * service. */
static void watch_network(struct connection *connection)
{
	if (connection->network)
		return;
	connection->network = g_network_monitor_get_default();
	connection->network_changed = g_signal_connect(connection->network, "network-changed",
			G_CALLBACK(on_network_changed), connection);
}

static void leave_session(struct connection *connection, struct failure *failure)
{
	g_info("Connection: %s %s", failure->what, failure->why ? failure->why : "");
	connection_clear_timers(connection);
	session_end_stop(connection->end);
	failure_free(connection->failure);
	connection->failure = failure;
	ext_port_detach(connection->port);
	connection->main = NULL;
	stats_event(connection->stats, "disconnected");
	/* If an attempt failed before the session was opened, no end will be reported. */
	connection->waiting_for_end = connection->has_session;
	address_forget_waiting(connection->address);
}

void connection_rest(
		struct connection *connection, enum connection_state state, struct failure *failure)
{
	leave_session(connection, failure);
	connection_set_state(
			connection, connection->options->no_reconnect ? CONNECTION_ENDED : state);
	spice_session_disconnect(connection->session);
}

void connection_fail(struct connection *connection, struct failure *failure)
{
	enum outlook outlook = OUTLOOK_TRY;

	if (is_over(connection) || connection->asking) {
		failure_free(failure);
		return;
	}
	if (connection->was_connected && !connection->options->no_reconnect && !failure->final)
		outlook = weigh(connection, failure);
	if (outlook != OUTLOOK_TRY) {
		connection_rest(connection, CONNECTION_LOST,
				explain_rest(connection, outlook, failure));
		return;
	}
	leave_session(connection, failure);
	if (failure->final || !connection->was_connected || connection->options->no_reconnect) {
		connection_set_state(connection, CONNECTION_ENDED);
	} else {
		connection_set_state(connection, CONNECTION_RECONNECTING);
		watch_network(connection);
		if (!connection->waiting_for_end)
			schedule_retry(connection);
	}
	spice_session_disconnect(connection->session);
}

/* ---- the next attempt ---------------------------------------------------- */

static void looked(const GError *error, gpointer data)
{
	struct connection *connection = data;
	struct failure *failure;
	enum outlook outlook;

	connection->probe = NULL;
	if (!error) {
		open_session(connection);
		return;
	}
	failure = failure_from_channel(SPICE_CHANNEL_ERROR_CONNECT, error, connection->target);
	outlook = weigh(connection, failure);
	failure_free(connection->failure);
	connection->failure = explain_rest(connection, outlook, failure);
	connection_set_state(connection,
			outlook == OUTLOOK_TRY ? CONNECTION_RECONNECTING : CONNECTION_LOST);
	if (outlook == OUTLOOK_TRY)
		schedule_retry(connection);
}

static gboolean retry(gpointer data)
{
	struct connection *connection = data;

	connection->retry_timer = 0;
	if (!connection->waiting_for_end)
		connection_attempt(connection);
	return G_SOURCE_REMOVE;
}

static void schedule_retry(struct connection *connection)
{
	gint64 elapsed_ms = (g_get_monotonic_time() - connection->attempt_us) / 1000;
	gboolean stale = address_is_stale(connection->address);
	guint delay = retry_delay_ms(connection->attempts, elapsed_ms,
			stale ? address_get_renewals(connection->address) : 0);

	if (connection->nobody_us)
		delay = MAX(delay, retry_nobody_delay_ms(nobody_ms(connection)));
	g_clear_handle_id(&connection->retry_timer, g_source_remove);
	connection->retry_timer = g_timeout_add(delay, retry, connection);
}

void connection_disconnected(SpiceSession *session, struct connection *connection)
{
	connection->waiting_for_end = connection->has_session = FALSE;
	if (connection->state == CONNECTION_RECONNECTING && !connection->asking)
		schedule_retry(connection);
}

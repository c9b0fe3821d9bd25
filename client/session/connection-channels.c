/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/connection-internal.h"
#include "session/channel-failure.h"
#include "session/keepalive.h"
#include "target/proxy.h"
#include "session/session-setup.h"

#include <glib/gi18n.h>
#include <string.h>

/* A server that answers pings every two seconds counts as silent after this time. */
#define SILENCE_MS 7000

/* ---- main channel -------------------------------------------------------- */

static void set_keepalive(SpiceChannel *channel)
{
	g_autoptr(GSocket) socket = NULL;

	g_object_get(channel, "socket", &socket, NULL);
	keepalive_set(socket);
}

static void tell_limit(struct connection *connection)
{
	guint seconds = session_end_take_limit(connection->end);
	g_autofree char *text = NULL;

	if (!seconds)
		return;
	text = seconds < 90 ?
			g_strdup_printf(_("The cloud ends sessions after %u seconds."), seconds) :
			g_strdup_printf(_("The cloud ends sessions after %u minutes."),
					(seconds + 30) / 60);
	connection->listener->note(text, connection->data);
}

static void opened(struct connection *connection, SpiceChannel *channel)
{
	connection_clear_timers(connection);
	connection->attempts = 0;
	connection->denials = 0;
	connection->nobody_us = 0;
	connection->wake = FALSE;
	connection->password_given = connection->proxy_login_given = FALSE;
	address_good(connection->address);
	connection->setup_ms = (guint)((g_get_monotonic_time() - connection->attempt_us) / 1000);
	connection->was_connected = TRUE;
	g_clear_pointer(&connection->failure, failure_free);
	connection->main = SPICE_MAIN_CHANNEL(channel);
	set_keepalive(channel);
	session_end_watch(connection->end, channel);
	stats_event(connection->stats, "connected");
	connection_set_state(connection, CONNECTION_CONNECTED);
	tell_limit(connection);
}

static void ask_password(struct connection *connection, const GError *error)
{
	gboolean user_too = g_error_matches(error, SPICE_CLIENT_ERROR,
					    SPICE_CLIENT_ERROR_AUTH_NEEDS_USERNAME) ||
			g_error_matches(error, SPICE_CLIENT_ERROR,
					SPICE_CLIENT_ERROR_AUTH_NEEDS_PASSWORD_AND_USERNAME);
	gboolean wrong = connection->password_given || connection->target->password;

	g_info("A password is asked for%s", wrong ? " again: it was not accepted" : "");
	connection_clear_timers(connection);
	connection->asking = TRUE;
	connection->waiting_for_end = TRUE;
	spice_session_disconnect(connection->session);
	connection->listener->password(user_too, wrong ? _("The password was not accepted.") : NULL,
			connection->data);
}

/* The proxy that wants a login from the user, or NULL. Owner: caller. */
static char *take_login_proxy(struct connection *connection, const GError *error)
{
	const struct target *target = connection->target;

	if (connection->options->no_reconnect)
		return NULL;
	if (address_is_websocket(connection->address))
		return address_take_login_proxy(connection->address);
	/* Do not ask if the file is for one session: the file holds the ticket for the proxy. */
	if (!target->proxy || target_is_one_time(target) ||
			!(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH) ||
					g_error_matches(error, G_IO_ERROR,
							G_IO_ERROR_PROXY_AUTH_FAILED)))
		return NULL;
	return g_strdup(target->proxy->address);
}

static void ask_proxy_login(struct connection *connection, const char *proxy, gboolean wrong)
{
	connection_clear_timers(connection);
	connection->asking = TRUE;
	connection->waiting_for_end = TRUE;
	spice_session_disconnect(connection->session);
	connection->listener->proxy_login(proxy, wrong || connection->proxy_login_given,
			connection->data);
}

/* If the first attempt failed because the address had expired, gets one new address. */
static gboolean renew_at_once(struct connection *connection)
{
	if (connection->was_connected || connection->attempts > 1 ||
			!address_was_refused(connection->address))
		return FALSE;
	connection_clear_timers(connection);
	connection->state = CONNECTION_RECONNECTING;
	connection->waiting_for_end = TRUE;
	spice_session_disconnect(connection->session);
	return TRUE;
}

/* The password was refused. No user knows the password of a file for one session, so do not
 * ask for it. */
static void password_refused(struct connection *connection, const GError *error)
{
	const struct target *target = connection->target;
	struct failure *failure;

	if (connection->asking || connection->waiting_for_end)
		return;
	if (target->resolve_name && target->password && !connection->denials &&
			!connection->password_given)
		address_refuse(connection->address);
	else if (!target_is_one_time(target))
		return ask_password(connection, error);
	if (renew_at_once(connection))
		return;
	failure = failure_used_up(target);
	failure->final = !connection->was_connected;
	connection_fail(connection, failure);
}

/* The failure of a channel. The tunnel knows more than SPICE, which only sees an end. */
static struct failure *explain(
		struct connection *connection, SpiceChannelEvent event, const GError *error)
{
	struct failure *failure = address_take_failure(connection->address);

	return failure ? failure : failure_from_channel(event, error, connection->target);
}

static void diagnosed(struct failure *failure, gpointer data)
{
	struct connection *connection = data;

	connection->diagnosis = NULL;
	connection_fail(connection, failure);
}

/* Finds out why the server is not trusted, because spice-glib does not say. */
static gboolean diagnose(struct connection *connection, SpiceChannelEvent event)
{
	if (event != SPICE_CHANNEL_ERROR_TLS || connection->was_connected ||
			address_is_websocket(connection->address))
		return FALSE;
	connection_clear_timers(connection);
	connection->diagnosis = diagnosis_of_tls(connection->session, connection->address,
			connection->target, connection->options, diagnosed, connection);
	return TRUE;
}

/* A channel that the session needs has ended. Takes the failure over. */
static void vital_ended(struct connection *connection, SpiceChannel *channel,
		struct failure *failure)
{
	if (connection->state == CONNECTION_CONNECTED && !connection->waiting_for_end)
		session_end_channel(connection->end, channel, failure);
	else
		failure_free(failure);
}

static void main_ended(
		struct connection *connection, SpiceChannel *channel, SpiceChannelEvent event)
{
	struct failure *failure = explain(connection, event, spice_channel_get_error(channel));

	if (connection->state == CONNECTION_CONNECTED) {
		vital_ended(connection, channel, failure);
		return;
	}
	if (diagnose(connection, event)) {
		failure_free(failure);
		return;
	}
	if (failure->refusal == REFUSAL_NOBODY && !connection->was_connected)
		address_refuse(connection->address);
	if (renew_at_once(connection))
		failure_free(failure);
	else
		connection_fail(connection, failure);
}

static void main_closed(
		struct connection *connection, SpiceChannel *channel, SpiceChannelEvent event)
{
	const GError *error = spice_channel_get_error(channel);
	g_autofree char *proxy = take_login_proxy(connection, error);

	if (proxy)
		ask_proxy_login(connection, proxy,
				g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED));
	else
		main_ended(connection, channel, event);
}

static void on_main_event(
		SpiceChannel *channel, SpiceChannelEvent event, struct connection *connection)
{
	switch (event) {
	case SPICE_CHANNEL_OPENED:
		opened(connection, channel);
		break;
	case SPICE_CHANNEL_ERROR_AUTH:
		password_refused(connection, spice_channel_get_error(channel));
		break;
	case SPICE_CHANNEL_CLOSED:
	case SPICE_CHANNEL_ERROR_CONNECT:
	case SPICE_CHANNEL_ERROR_TLS:
	case SPICE_CHANNEL_ERROR_LINK:
	case SPICE_CHANNEL_ERROR_IO:
		if (connection->waiting_for_end)
			break;
		main_closed(connection, channel, event);
		break;
	default:
		break;
	}
}

/* ---- other channels ------------------------------------------------------ */

/* Whether the session needs this channel: for the picture, for input, or to be watched. */
static gboolean is_vital(struct connection *connection, SpiceChannel *channel)
{
	return SPICE_IS_DISPLAY_CHANNEL(channel) || SPICE_IS_INPUTS_CHANNEL(channel) ||
			SPICE_IS_CURSOR_CHANNEL(channel) ||
			ext_port_uses(connection->port, channel);
}

static void on_channel_event(
		SpiceChannel *channel, SpiceChannelEvent event, struct connection *connection)
{
	const GError *error = spice_channel_get_error(channel);
	int type;

	if (event == SPICE_CHANNEL_OPENED) {
		set_keepalive(channel);
		g_object_set_data(G_OBJECT(channel), "osvdi-opened", channel);
	}
	if (event == SPICE_CHANNEL_OPENED || event == SPICE_CHANNEL_NONE ||
			event == SPICE_CHANNEL_SWITCHING || connection->waiting_for_end)
		return;
	g_object_get(channel, "channel-type", &type, NULL);
	g_info("Channel %s: %s", spice_channel_type_to_string(type),
			error ? error->message : "ended");
	if (is_vital(connection, channel))
		vital_ended(connection, channel,
				failure_from_channel(event, error, connection->target));
	else if (g_object_get_data(G_OBJECT(channel), "osvdi-opened") &&
			connection->state == CONNECTION_CONNECTED)
		session_end_extra(connection->end, type);
}

/* Each channel gets its own WebSocket. For a late channel the token may have expired. */
static void on_open_fd(SpiceChannel *channel, int with_tls, struct connection *connection)
{
	address_open(connection->address, channel, connection->state == CONNECTION_CONNECTED);
}

/* Whether the file's disable-channels names this channel. SpiceDisplay connects and needs
 * inputs and cursor, so these stay. */
static gboolean is_unwanted(const struct connection *connection, SpiceChannel *channel)
{
	const char *const *list = (const char *const *)connection->target->disable_channels;
	int type;

	if (!list || SPICE_IS_MAIN_CHANNEL(channel) || SPICE_IS_DISPLAY_CHANNEL(channel) ||
			SPICE_IS_INPUTS_CHANNEL(channel) || SPICE_IS_CURSOR_CHANNEL(channel))
		return FALSE;
	g_object_get(channel, "channel-type", &type, NULL);
	return g_strv_contains(list, spice_channel_type_to_string(type));
}

static void on_channel_new(
		SpiceSession *session, SpiceChannel *channel, struct connection *connection)
{
	int id;

	if (is_unwanted(connection, channel)) {
		/* Stop the signal here, so that nobody connects the channel. */
		g_signal_stop_emission_by_name(session, "channel-new");
		return;
	}
	if (address_is_websocket(connection->address))
		g_signal_connect(channel, "open-fd", G_CALLBACK(on_open_fd), connection);
	if (SPICE_IS_MAIN_CHANNEL(channel)) {
		g_signal_connect(channel, "channel-event", G_CALLBACK(on_main_event), connection);
		connection->listener->main_channel(SPICE_MAIN_CHANNEL(channel), connection->data);
		return;
	}
	g_signal_connect(channel, "channel-event", G_CALLBACK(on_channel_event), connection);
	g_object_get(channel, "channel-id", &id, NULL);
	if (SPICE_IS_DISPLAY_CHANNEL(channel))
		connection->listener->display(SPICE_DISPLAY_CHANNEL(channel), id, connection->data);
	else if (SPICE_IS_WEBDAV_CHANNEL(channel))
		session_setup_webdav(connection->options, channel);
	else if (SPICE_IS_PORT_CHANNEL(channel))
		ext_port_offer_channel(connection->port, SPICE_PORT_CHANNEL(channel));
	else if (SPICE_IS_INPUTS_CHANNEL(channel))
		spice_channel_connect(channel);
}

static void check_uuid(SpiceSession *session, GParamSpec *pspec, struct connection *connection)
{
	const char *expected = connection->target->server_uuid;
	g_autofree char *found = session_setup_get_uuid(session);

	if (!expected || !found || g_ascii_strcasecmp(expected, found) == 0)
		return;
	connection_fail(connection, failure_new(_("This is not your desktop."),
			_("The server shows a different desktop than you asked for."),
			_("The connection was closed. Ask for your desktop again."), TRUE));
}

/* ---- extension port ------------------------------------------------------ */

/* Silence is no break: a stopped guest does not answer either, and comes back. The kernel
 * finds out whether the network is there. */
static gboolean went_silent(gpointer data)
{
	struct connection *connection = data;

	connection->silence_timer = 0;
	connection->silent = TRUE;
	connection->listener->silent(TRUE, connection->data);
	return G_SOURCE_REMOVE;
}

static void restart_silence(struct connection *connection)
{
	g_clear_handle_id(&connection->silence_timer, g_source_remove);
	connection->silence_timer = g_timeout_add(SILENCE_MS, went_silent, connection);
	if (!connection->silent)
		return;
	connection->silent = FALSE;
	connection->listener->silent(FALSE, connection->data);
}

static void port_ready(const struct osvdi_server_hello *hello, gpointer data)
{
	struct connection *connection = data;

	restart_silence(connection);
	connection->listener->extension(TRUE, connection->data);
}

static void port_clock(gint64 offset_us, gint64 uncertainty_us, gpointer data)
{
	struct connection *connection = data;

	restart_silence(connection);
	stats_set_clock_offset(connection->stats, offset_us);
}

static void port_gone(gpointer data)
{
	struct connection *connection = data;

	g_clear_handle_id(&connection->silence_timer, g_source_remove);
	connection->silent = FALSE;
	connection->listener->extension(FALSE, connection->data);
}

static const struct ext_port_listener port_listener = {
	.ready = port_ready,
	.clock = port_clock,
	.gone = port_gone,
};

struct ext_port *connection_make_port(struct connection *connection)
{
	struct ext_port *port = ext_port_new(&port_listener, connection);

	ext_port_set_preferences(port, (guint32)MAX(connection->options->max_fps, 0) * 1000,
			(guint32)MAX(connection->options->max_kbps, 0));
	return port;
}

void connection_watch_session(struct connection *connection)
{
	g_signal_connect(
			connection->session, "channel-new", G_CALLBACK(on_channel_new), connection);
	g_signal_connect(connection->session, "notify::uuid", G_CALLBACK(check_uuid), connection);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "connection.h"
#include "keepalive.h"
#include "proxy.h"
#include "reach.h"
#include "retry.h"
#include "session-setup.h"
#include "ws-address.h"

#include <glib/gi18n.h>
#include <string.h>

/* First tries may meet a slow proxy; later ones are repeated anyway. */
#define FIRST_TIMEOUT_MS 15000
#define RETRY_TIMEOUT_MS 4000
/* Silence of a server that answers pings every two seconds. */
#define SILENCE_MS 7000

struct connection {
	const struct options *options;
	struct target *target;
	struct stats *stats;
	const struct connection_listener *listener;
	gpointer data;

	SpiceSession *session;
	SpiceMainChannel *main;
	struct port *port;
	enum connection_state state;
	gboolean was_connected, asking, waiting_for_end, silent;
	struct failure *failure; /* the latest, until connected */
	guint attempts;          /* since it was last connected */
	gint64 attempt_us;       /* when the latest began */
	guint setup_ms;          /* what the latest good one took */
	guint tunnels;           /* that had reached the proxy when it began */
	guint retry_timer, attempt_timer, silence_timer;
	struct reach *reach;        /* a look that goes before an attempt */
	struct ws_address *address; /* TARGET_WEBSOCKET, or NULL */
	GNetworkMonitor *network;
	gulong network_changed;
};

static void fail(struct connection *connection, struct failure *failure);
static void attempt(struct connection *connection);
static void watch_network(struct connection *connection);
static void schedule_retry(struct connection *connection);

/* ---- states -------------------------------------------------------------- */

static void set_state(struct connection *connection, enum connection_state state)
{
	connection->state = state;
	connection->listener->state(state, connection->failure, connection->data);
}

static void clear_timers(struct connection *connection)
{
	g_clear_handle_id(&connection->retry_timer, g_source_remove);
	g_clear_handle_id(&connection->attempt_timer, g_source_remove);
	g_clear_handle_id(&connection->silence_timer, g_source_remove);
	g_clear_pointer(&connection->reach, reach_cancel);
}

static gboolean attempt_timed_out(gpointer data)
{
	struct connection *connection = data;
	g_autofree char *what = g_strdup_printf(_("%s does not answer."), connection->target->label);

	connection->attempt_timer = 0;
	fail(connection, failure_new(what, NULL,
			_("A firewall may be in the way, or the machine is off."), FALSE));
	return G_SOURCE_REMOVE;
}

/* A WebSocket's proxy was not reached soon, or all the rest takes its time. */
static gboolean tunnel_is_slow(gpointer data)
{
	struct connection *connection = data;

	if (ws_address_get_reached(connection->address) == connection->tunnels)
		return attempt_timed_out(connection);
	connection->attempt_timer = g_timeout_add(RETRY_TIMEOUT_MS, attempt_timed_out, connection);
	return G_SOURCE_REMOVE;
}

static void open_session(struct connection *connection)
{
	guint patience = retry_connect_ms(connection->attempts, connection->setup_ms);

	if (!connection->was_connected)
		connection->attempt_timer = g_timeout_add(FIRST_TIMEOUT_MS, attempt_timed_out, connection);
	else if (connection->address)
		connection->attempt_timer = g_timeout_add(patience, tunnel_is_slow, connection);
	else
		connection->attempt_timer = g_timeout_add(RETRY_TIMEOUT_MS, attempt_timed_out, connection);
	if (connection->address)
		connection->tunnels = ws_address_get_reached(connection->address);
	session_setup_connect(connection->session, connection->target);
}

static void looked(const GError *error, gpointer data)
{
	struct connection *connection = data;

	connection->reach = NULL;
	if (!error) {
		open_session(connection);
		return;
	}
	failure_free(connection->failure);
	connection->failure = failure_from_channel(SPICE_CHANNEL_ERROR_CONNECT, error, connection->target);
	set_state(connection, CONNECTION_RECONNECTING);
	schedule_retry(connection);
}

static gboolean needs_fresh_url(const struct connection *connection)
{
	return connection->address && ws_address_is_stale(connection->address);
}

/* Takes the failure over. */
static void renewed(struct failure *failure, gpointer data)
{
	struct connection *connection = data;

	if (failure)
		fail(connection, failure);
	else if (connection->state == CONNECTION_CONNECTED)
		ws_address_open_waiting(connection->address);
	else
		attempt(connection);
}

static void attempt(struct connection *connection)
{
	clear_timers(connection);
	if (needs_fresh_url(connection)) {
		ws_address_renew(connection->address);
		return;
	}
	connection->attempts++;
	stats_event(connection->stats, "connecting");
	connection->attempt_us = g_get_monotonic_time();
	if (connection->was_connected)
		connection->reach = reach_start(connection->target,
				retry_connect_ms(connection->attempts, connection->setup_ms), looked, connection);
	if (!connection->reach)
		open_session(connection);
}

static gboolean retry(gpointer data)
{
	struct connection *connection = data;

	connection->retry_timer = 0;
	if (!connection->waiting_for_end)
		attempt(connection);
	return G_SOURCE_REMOVE;
}

static void schedule_retry(struct connection *connection)
{
	gint64 elapsed_ms = (g_get_monotonic_time() - connection->attempt_us) / 1000;
	guint renewals = needs_fresh_url(connection) ? ws_address_get_renewals(connection->address) : 0;

	g_clear_handle_id(&connection->retry_timer, g_source_remove);
	connection->retry_timer = g_timeout_add(retry_delay_ms(connection->attempts, elapsed_ms, renewals), retry, connection);
}

/* Takes the failure over. */
static void fail(struct connection *connection, struct failure *failure)
{
	if (connection->state == CONNECTION_ENDED || connection->asking) {
		failure_free(failure);
		return;
	}
	g_info("Connection: %s %s", failure->what, failure->why ? failure->why : "");
	clear_timers(connection);
	failure_free(connection->failure);
	connection->failure = failure;
	port_detach(connection->port);
	connection->main = NULL;
	stats_event(connection->stats, "disconnected");
	connection->waiting_for_end = TRUE;
	if (connection->address)
		ws_address_forget_waiting(connection->address);
	if (failure->final || !connection->was_connected || connection->options->no_reconnect) {
		set_state(connection, CONNECTION_ENDED);
	} else {
		set_state(connection, CONNECTION_RECONNECTING);
		watch_network(connection);
	}
	spice_session_disconnect(connection->session);
}

static void on_disconnected(SpiceSession *session, struct connection *connection)
{
	connection->waiting_for_end = FALSE;
	if (connection->state == CONNECTION_RECONNECTING && !connection->asking)
		schedule_retry(connection);
}

static void on_network_changed(GNetworkMonitor *monitor, gboolean available, struct connection *connection)
{
	if (available && connection->state == CONNECTION_RECONNECTING)
		connection_retry_now(connection);
}

/* Asked for late: it may have to talk to a system service first. */
static void watch_network(struct connection *connection)
{
	if (connection->network)
		return;
	connection->network = g_network_monitor_get_default();
	connection->network_changed = g_signal_connect(connection->network, "network-changed",
			G_CALLBACK(on_network_changed), connection);
}

/* ---- main channel -------------------------------------------------------- */

static void set_keepalive(SpiceChannel *channel)
{
	g_autoptr(GSocket) socket = NULL;

	g_object_get(channel, "socket", &socket, NULL);
	keepalive_set(socket);
}

static void opened(struct connection *connection, SpiceChannel *channel)
{
	clear_timers(connection);
	connection->attempts = 0;
	if (connection->address)
		ws_address_good(connection->address);
	connection->setup_ms = (guint)((g_get_monotonic_time() - connection->attempt_us) / 1000);
	connection->was_connected = TRUE;
	g_clear_pointer(&connection->failure, failure_free);
	connection->main = SPICE_MAIN_CHANNEL(channel);
	set_keepalive(channel);
	stats_event(connection->stats, "connected");
	set_state(connection, CONNECTION_CONNECTED);
}

static void ask_password(struct connection *connection, const GError *error)
{
	gboolean user_too = g_error_matches(error, SPICE_CLIENT_ERROR, SPICE_CLIENT_ERROR_AUTH_NEEDS_USERNAME) ||
			g_error_matches(error, SPICE_CLIENT_ERROR, SPICE_CLIENT_ERROR_AUTH_NEEDS_PASSWORD_AND_USERNAME);

	clear_timers(connection);
	connection->asking = TRUE;
	connection->waiting_for_end = TRUE;
	spice_session_disconnect(connection->session);
	connection->listener->password(user_too, connection->data);
}

static gboolean is_proxy_login(const struct connection *connection, const GError *error)
{
	return connection->target->proxy && !connection->address &&
			(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH) ||
					g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED));
}

static void ask_proxy_login(struct connection *connection, const GError *error)
{
	gboolean again;

	clear_timers(connection);
	connection->asking = TRUE;
	connection->waiting_for_end = TRUE;
	again = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED);
	spice_session_disconnect(connection->session);
	connection->listener->proxy_login(connection->target->proxy->address, again, connection->data);
}

/* The tunnel knows better than SPICE, which only sees an end. */
static struct failure *explain(struct connection *connection, SpiceChannelEvent event, const GError *error)
{
	struct failure *failure = connection->address ? ws_address_take_failure(connection->address) : NULL;

	return failure ? failure : failure_from_channel(event, error, connection->target);
}

/* A token that ran out once deserves one new one, even on the first try. */
static gboolean may_renew(struct connection *connection)
{
	return connection->address && ws_address_was_refused(connection->address) && connection->attempts <= 1;
}

static void main_ended(struct connection *connection, SpiceChannelEvent event, const GError *error)
{
	struct failure *failure = explain(connection, event, error);

	if (!connection->was_connected && may_renew(connection)) {
		failure_free(failure);
		clear_timers(connection);
		connection->state = CONNECTION_RECONNECTING;
		connection->waiting_for_end = TRUE;
		spice_session_disconnect(connection->session);
		return;
	}
	fail(connection, failure);
}

static void on_main_event(SpiceChannel *channel, SpiceChannelEvent event, struct connection *connection)
{
	const GError *error = spice_channel_get_error(channel);

	switch (event) {
	case SPICE_CHANNEL_OPENED:
		opened(connection, channel);
		break;
	case SPICE_CHANNEL_ERROR_AUTH:
		if (!connection->asking)
			ask_password(connection, error);
		break;
	case SPICE_CHANNEL_CLOSED:
	case SPICE_CHANNEL_ERROR_CONNECT:
	case SPICE_CHANNEL_ERROR_TLS:
	case SPICE_CHANNEL_ERROR_LINK:
	case SPICE_CHANNEL_ERROR_IO:
		if (connection->waiting_for_end)
			break;
		if (is_proxy_login(connection, error) && !connection->options->no_reconnect)
			ask_proxy_login(connection, error);
		else
			main_ended(connection, event, error);
		break;
	default:
		break;
	}
}

/* ---- other channels ------------------------------------------------------ */

static void on_channel_event(SpiceChannel *channel, SpiceChannelEvent event, struct connection *connection)
{
	const GError *error = spice_channel_get_error(channel);
	int type;

	if (event == SPICE_CHANNEL_OPENED)
		set_keepalive(channel);
	if (event < SPICE_CHANNEL_ERROR_CONNECT || connection->waiting_for_end)
		return;
	g_object_get(channel, "channel-type", &type, NULL);
	g_info("Channel %s: %s", spice_channel_type_to_string(type), error ? error->message : "error");
	/* Without these the session is blind or deaf. */
	if (type == SPICE_CHANNEL_DISPLAY || type == SPICE_CHANNEL_INPUTS)
		fail(connection, failure_from_channel(event, error, connection->target));
}

/* Each channel gets a WebSocket of its own; a late one may find the token run out. */
static void on_open_fd(SpiceChannel *channel, int with_tls, struct connection *connection)
{
	ws_address_open(connection->address, channel, connection->state == CONNECTION_CONNECTED);
}

/* By the file's disable-channels. SpiceDisplay connects inputs and cursor itself,
 * and needs them. */
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

static void on_channel_new(SpiceSession *session, SpiceChannel *channel, struct connection *connection)
{
	int id;

	if (is_unwanted(connection, channel)) {
		/* Nobody hears of it, so that nobody connects it. */
		g_signal_stop_emission_by_name(session, "channel-new");
		return;
	}
	if (connection->address)
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
		port_offer_channel(connection->port, SPICE_PORT_CHANNEL(channel));
	else if (SPICE_IS_INPUTS_CHANNEL(channel))
		spice_channel_connect(channel);
}

static void check_uuid(SpiceSession *session, GParamSpec *pspec, struct connection *connection)
{
	const char *expected = connection->target->server_uuid;
	g_autofree char *found = session_setup_get_uuid(session);

	if (!expected || !found || g_ascii_strcasecmp(expected, found) == 0)
		return;
	fail(connection, failure_new(_("This is not your desktop."),
			_("The server shows another desktop than the one that was asked for."),
			_("The connection was closed. Ask for your desktop again."), TRUE));
}

/* ---- extension port ------------------------------------------------------ */

/* Not a break: a guest that is stopped answers nothing and comes back. Whether
 * the network is there is the kernel's to find out. */
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

static const struct port_listener port_listener = {
	.ready = port_ready,
	.clock = port_clock,
	.gone = port_gone,
};

/* ---- public -------------------------------------------------------------- */

struct connection *connection_new(const struct options *options, struct target *target,
		struct stats *stats, const struct connection_listener *listener, gpointer data, GError **error)
{
	struct connection *connection = g_new0(struct connection, 1);

	connection->options = options;
	connection->target = target;
	connection->stats = stats;
	connection->listener = listener;
	connection->data = data;
	connection->port = port_new(&port_listener, connection);
	port_set_preferences(connection->port, (guint32)MAX(options->max_fps, 0) * 1000,
			(guint32)MAX(options->max_kbps, 0));
	connection->session = session_setup_new(options, target, error);
	if (!connection->session) {
		connection_free(connection);
		return NULL;
	}
	if (target->kind == TARGET_WEBSOCKET)
		connection->address = ws_address_new(options->broker, options->ca_file, target, renewed, connection, error);
	if (target->kind == TARGET_WEBSOCKET && !connection->address) {
		connection_free(connection);
		return NULL;
	}
	g_signal_connect(connection->session, "channel-new", G_CALLBACK(on_channel_new), connection);
	g_signal_connect(connection->session, "disconnected", G_CALLBACK(on_disconnected), connection);
	g_signal_connect(connection->session, "notify::uuid", G_CALLBACK(check_uuid), connection);
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
	clear_timers(connection);
	if (connection->network)
		g_clear_signal_handler(&connection->network_changed, connection->network);
	port_detach(connection->port);
	if (connection->session)
		release_session(connection);
	port_unref(connection->port);
	ws_address_free(connection->address);
	failure_free(connection->failure);
	target_free(connection->target);
	g_free(connection);
}

void connection_open(struct connection *connection)
{
	set_state(connection, CONNECTION_CONNECTING);
	attempt(connection);
}

void connection_close_quietly(struct connection *connection)
{
	clear_timers(connection);
	connection->asking = FALSE;
	g_clear_pointer(&connection->failure, failure_free);
	connection->waiting_for_end = TRUE;
	connection->state = CONNECTION_ENDED;
	spice_session_disconnect(connection->session);
}

void connection_close(struct connection *connection)
{
	connection_close_quietly(connection);
	set_state(connection, CONNECTION_ENDED);
}

void connection_awake(struct connection *connection)
{
	if (connection->state == CONNECTION_CONNECTED && !connection->options->no_reconnect)
		fail(connection, failure_new(_("The computer slept."), NULL, NULL, FALSE));
	else
		connection_retry_now(connection);
}

void connection_retry_now(struct connection *connection)
{
	if (connection->state == CONNECTION_RECONNECTING && connection->retry_timer)
		attempt(connection);
}

static void go_on_asked(struct connection *connection)
{
	connection->asking = FALSE;
	if (connection->waiting_for_end) {
		/* on_disconnected() goes on */
		connection->state = CONNECTION_RECONNECTING;
		return;
	}
	attempt(connection);
}

void connection_set_password(struct connection *connection, const char *user, const char *password)
{
	if (user && *user)
		g_object_set(connection->session, "username", user, NULL);
	g_object_set(connection->session, "password", password, NULL);
	go_on_asked(connection);
}

void connection_set_proxy_login(struct connection *connection, const char *user, const char *password)
{
	session_setup_proxy_login(connection->session, user, password);
	go_on_asked(connection);
}

SpiceSession *connection_get_session(struct connection *connection)
{
	return connection->session;
}

SpiceMainChannel *connection_get_main(struct connection *connection)
{
	return connection->main;
}

struct port *connection_get_port(struct connection *connection)
{
	return connection->port;
}

const struct target *connection_get_target(struct connection *connection)
{
	return connection->target;
}

enum connection_state connection_get_state(struct connection *connection)
{
	return connection->state;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "connection.h"
#include "broker-client.h"
#include "keepalive.h"
#include "session-setup.h"
#include "ws-tunnel.h"

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
	guint retry_timer, attempt_timer, silence_timer;
	struct ws_tunnel *tunnel;  /* TARGET_WEBSOCKET */
	GCancellable *resolving;   /* a fresh address is being asked for */
	gboolean url_refused;      /* the address did not work the last time */
	GPtrArray *waiting;        /* channels that want the fresh address */
	GNetworkMonitor *network;
	gulong network_changed;
};

static void fail(struct connection *connection, struct failure *failure);
static void attempt(struct connection *connection);
static void watch_network(struct connection *connection);

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

static gboolean needs_fresh_url(const struct connection *connection)
{
	const struct target *target = connection->target;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	return target->kind == TARGET_WEBSOCKET && target->resolve_name &&
			(connection->url_refused || (target->expires && now > target->expires - 10));
}

static void open_tunnel(struct connection *connection, SpiceChannel *channel)
{
	g_autoptr(GError) error = NULL;
	int fd = ws_tunnel_open(connection->tunnel, &error);

	if (fd < 0)
		g_warning("Channel: %s", error->message);
	else
		spice_channel_open_fd(channel, fd);
}

static void open_waiting(struct connection *connection)
{
	guint i;

	for (i = 0; i < connection->waiting->len; i++)
		open_tunnel(connection, connection->waiting->pdata[i]);
	g_ptr_array_set_size(connection->waiting, 0);
}

static void resolved(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	target_auto fresh = broker_client_resolve_finish(result, &error);
	struct connection *connection = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the connection may be gone */
	g_clear_object(&connection->resolving);
	if (!fresh || fresh->kind != TARGET_WEBSOCKET) {
		fail(connection, failure_new(_("The desktop's address could not be renewed."),
				error ? error->message : NULL, _("Log in to the cloud again, or ask for the desktop again."),
				g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)));
		return;
	}
	secret_free(connection->target->url);
	connection->target->url = g_steal_pointer(&fresh->url);
	connection->target->expires = fresh->expires;
	connection->url_refused = FALSE;
	ws_tunnel_set_url(connection->tunnel, connection->target->url);
	if (connection->state == CONNECTION_CONNECTED)
		open_waiting(connection);
	else
		attempt(connection);
}

static void renew_url(struct connection *connection)
{
	if (connection->resolving)
		return;
	connection->resolving = g_cancellable_new();
	broker_client_resolve_async(connection->options->broker, connection->target->resolve_name,
			connection->resolving, resolved, connection);
}

static void attempt(struct connection *connection)
{
	clear_timers(connection);
	if (needs_fresh_url(connection)) {
		renew_url(connection);
		return;
	}
	connection->attempts++;
	stats_event(connection->stats, "connecting");
	connection->attempt_timer = g_timeout_add(
			connection->was_connected ? RETRY_TIMEOUT_MS : FIRST_TIMEOUT_MS, attempt_timed_out, connection);
	session_setup_connect(connection->session, connection->target);
}

static gboolean retry(gpointer data)
{
	struct connection *connection = data;

	connection->retry_timer = 0;
	if (!connection->waiting_for_end)
		attempt(connection);
	return G_SOURCE_REMOVE;
}

/* At once, then soon, then every second: what is lost while the network is
 * away is cheap, what is lost after it came back is the user's time. */
static guint retry_delay_ms(guint attempts)
{
	static const guint delays[] = { 0, 100, 250, 500 };

	return attempts < G_N_ELEMENTS(delays) ? delays[attempts] : attempts < 120 ? 800 : 5000;
}

static void schedule_retry(struct connection *connection)
{
	g_clear_handle_id(&connection->retry_timer, g_source_remove);
	connection->retry_timer = g_timeout_add(retry_delay_ms(connection->attempts), retry, connection);
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
	if (connection->state == CONNECTION_CONNECTED)
		connection->attempts = 0;
	connection->waiting_for_end = TRUE;
	g_ptr_array_set_size(connection->waiting, 0);
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

/* The tunnel knows better than SPICE, which only sees an end. */
static struct failure *explain(struct connection *connection, SpiceChannelEvent event, const GError *error)
{
	g_autofree char *message = NULL;
	enum ws_problem problem = connection->tunnel ? ws_tunnel_take_problem(connection->tunnel, &message) : WS_OK;

	if (problem == WS_OK || problem == WS_BROKEN)
		return failure_from_channel(event, error, connection->target);
	connection->url_refused = problem == WS_DROPPED || problem == WS_REFUSED;
	return failure_from_websocket(problem, message, connection->target);
}

/* A token that ran out once deserves one new one, even on the first try. */
static gboolean may_renew(struct connection *connection)
{
	return connection->url_refused && connection->target->resolve_name && connection->attempts <= 1;
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
		if (!connection->waiting_for_end)
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
	if (connection->state == CONNECTION_CONNECTED && needs_fresh_url(connection)) {
		g_ptr_array_add(connection->waiting, g_object_ref(channel));
		renew_url(connection);
	} else {
		open_tunnel(connection, channel);
	}
}

static void on_channel_new(SpiceSession *session, SpiceChannel *channel, struct connection *connection)
{
	int id;

	if (connection->tunnel)
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
	connection->waiting = g_ptr_array_new_with_free_func(g_object_unref);
	connection->port = port_new(&port_listener, connection);
	port_set_preferences(connection->port, (guint32)MAX(options->max_fps, 0) * 1000,
			(guint32)MAX(options->max_kbps, 0));
	connection->session = session_setup_new(options, target);
	if (target->kind == TARGET_WEBSOCKET)
		connection->tunnel = ws_tunnel_new(target->url, target->ws_ca, options->ca_file, error);
	if (target->kind == TARGET_WEBSOCKET && !connection->tunnel) {
		connection_free(connection);
		return NULL;
	}
	g_signal_connect(connection->session, "channel-new", G_CALLBACK(on_channel_new), connection);
	g_signal_connect(connection->session, "disconnected", G_CALLBACK(on_disconnected), connection);
	g_signal_connect(connection->session, "notify::uuid", G_CALLBACK(check_uuid), connection);
	return connection;
}

void connection_free(struct connection *connection)
{
	GList *channels, *l;

	if (!connection)
		return;
	clear_timers(connection);
	if (connection->network)
		g_clear_signal_handler(&connection->network_changed, connection->network);
	g_signal_handlers_disconnect_by_data(connection->session, connection);
	channels = spice_session_get_channels(connection->session);
	for (l = channels; l; l = l->next)
		g_signal_handlers_disconnect_by_data(l->data, connection);
	g_list_free(channels);
	spice_session_disconnect(connection->session);
	if (connection->resolving)
		g_cancellable_cancel(connection->resolving);
	g_clear_object(&connection->resolving);
	port_detach(connection->port);
	port_unref(connection->port);
	g_object_unref(connection->session);
	ws_tunnel_free(connection->tunnel);
	g_ptr_array_unref(connection->waiting);
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

void connection_retry_now(struct connection *connection)
{
	if (connection->state == CONNECTION_RECONNECTING && connection->retry_timer)
		attempt(connection);
}

void connection_set_password(struct connection *connection, const char *user, const char *password)
{
	if (user && *user)
		g_object_set(connection->session, "username", user, NULL);
	g_object_set(connection->session, "password", password, NULL);
	connection->asking = FALSE;
	if (connection->waiting_for_end) {
		/* on_disconnected() goes on */
		connection->state = CONNECTION_RECONNECTING;
		return;
	}
	attempt(connection);
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

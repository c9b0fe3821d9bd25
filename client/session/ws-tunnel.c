/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/keepalive.h"
#include "base/secret.h"
#include "session/ws-tunnel.h"
#include "target/ws-url.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_MESSAGE (16u << 20)
/* Limit of the bytes that the SPICE side has not read yet. SPICE stops the server long before
 * that. */
#define MAX_QUEUED (256u << 20)
/* Proxies cut connections that are silent for a minute, some after half a minute. */
#define PING_INTERVAL_S 20

struct ws_tunnel {
	gatomicrefcount refs;
	GThread *thread;
	GMainContext *context;
	GMainLoop *loop;
	SoupSession *session; /* only the thread uses it */
	GPtrArray *channels;  /* struct channel, running; only the thread uses it */
	GTlsCertificate *ca;
	GTlsDatabase *database;

	gint reached; /* atomic: how many connections have reached the proxy */
	GMutex lock;  /* what follows */
	char *url, *other_url; /* other_url: where else the WebSocket may be, or NULL */
	char *proxy_user, *proxy_password; /* or NULL */
	struct ws_problem_report report;
};

/* A SPICE channel. Lives in the tunnel's thread. */
struct channel {
	gatomicrefcount refs;
	struct ws_tunnel *tunnel;
	int fd; /* our end; -1 when closed */
	char *url, *other_url;
	GCancellable *cancellable;
	gboolean without_protocol; /* the second handshake */
	char *login_proxy;         /* the HTTP proxy that wants a login, or NULL */
	gboolean login_sent;
	SoupMessage *handshake;
	SoupWebsocketConnection *ws;
	GSource *readable, *writable;
	GQueue queue; /* GBytes for fd */
	gsize queue_offset, queued;
	gboolean got_bytes;
	gboolean silent; /* a connection that is only held, so its end means nothing */
};

static struct ws_tunnel *tunnel_ref(struct ws_tunnel *tunnel)
{
	g_atomic_ref_count_inc(&tunnel->refs);
	return tunnel;
}

static void tunnel_unref(struct ws_tunnel *tunnel)
{
	if (!g_atomic_ref_count_dec(&tunnel->refs))
		return;
	g_main_loop_unref(tunnel->loop);
	g_main_context_unref(tunnel->context);
	g_ptr_array_unref(tunnel->channels);
	g_clear_object(&tunnel->ca);
	g_clear_object(&tunnel->database);
	secret_free(tunnel->url);
	secret_free(tunnel->other_url);
	secret_free(tunnel->proxy_user);
	secret_free(tunnel->proxy_password);
	g_free(tunnel->report.message);
	g_mutex_clear(&tunnel->lock);
	g_free(tunnel);
}

static void report_status(struct ws_tunnel *tunnel, enum ws_problem problem, const char *message,
		guint status)
{
	g_mutex_lock(&tunnel->lock);
	g_free(tunnel->report.message);
	tunnel->report = (struct ws_problem_report){ problem, g_strdup(message), status };
	g_mutex_unlock(&tunnel->lock);
}

static void report(struct channel *channel, enum ws_problem problem, const char *message)
{
	if (!channel->silent)
		report_status(channel->tunnel, problem, message, 0);
}

/* ---- one channel --------------------------------------------------------- */

static struct channel *channel_ref(struct channel *channel)
{
	g_atomic_ref_count_inc(&channel->refs);
	return channel;
}

static void channel_unref(gpointer data)
{
	struct channel *channel = data;

	if (!g_atomic_ref_count_dec(&channel->refs))
		return;
	if (channel->fd >= 0)
		close(channel->fd);
	g_queue_clear_full(&channel->queue, (GDestroyNotify)g_bytes_unref);
	g_object_unref(channel->cancellable);
	g_clear_object(&channel->handshake);
	secret_free(channel->url);
	secret_free(channel->other_url);
	g_free(channel->login_proxy);
	tunnel_unref(channel->tunnel);
	g_free(channel);
}

static void drop_source(GSource **source)
{
	if (!*source)
		return;
	g_source_destroy(*source);
	g_source_unref(*source);
	*source = NULL;
}

static GSource *watch(struct channel *channel, GIOCondition condition, GUnixFDSourceFunc func)
{
	GSource *source = g_unix_fd_source_new(channel->fd, condition);

	g_source_set_callback(source, (GSourceFunc)(void (*)(void))func, channel_ref(channel),
			channel_unref);
	g_source_attach(source, channel->tunnel->context);
	return source;
}

/* Ends the channel. Received bytes are still written as far as they fit. */
static void channel_close(struct channel *channel)
{
	channel_ref(channel);
	drop_source(&channel->readable);
	drop_source(&channel->writable);
	g_cancellable_cancel(channel->cancellable);
	if (channel->ws) {
		g_signal_handlers_disconnect_by_data(channel->ws, channel);
		if (soup_websocket_connection_get_state(channel->ws) == SOUP_WEBSOCKET_STATE_OPEN)
			soup_websocket_connection_close(
					channel->ws, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
		g_clear_object(&channel->ws);
	}
	if (channel->fd >= 0) {
		close(channel->fd);
		channel->fd = -1;
	}
	g_ptr_array_remove_fast(channel->tunnel->channels, channel);
	channel_unref(channel);
}

static gboolean flush_queue(struct channel *channel)
{
	GBytes *bytes;

	while ((bytes = g_queue_peek_head(&channel->queue))) {
		gsize size;
		const guint8 *data = g_bytes_get_data(bytes, &size);
		ssize_t n = send(channel->fd, data + channel->queue_offset,
				size - channel->queue_offset, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		channel->queue_offset += (gsize)n;
		channel->queued -= (gsize)n;
		if (channel->queue_offset < size)
			continue;
		g_bytes_unref(g_queue_pop_head(&channel->queue));
		channel->queue_offset = 0;
	}
	return TRUE;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
	struct channel *channel = data;

	if (!flush_queue(channel)) {
		channel_close(channel);
		return G_SOURCE_REMOVE;
	}
	if (channel->queued)
		return G_SOURCE_CONTINUE;
	drop_source(&channel->writable);
	return G_SOURCE_REMOVE;
}

static void on_message(
		SoupWebsocketConnection *ws, int type, GBytes *message, struct channel *channel)
{
	gsize size = g_bytes_get_size(message);

	channel->got_bytes = TRUE;
	if (!size)
		return;
	g_queue_push_tail(&channel->queue, g_bytes_ref(message));
	channel->queued += size;
	if (channel->queued > MAX_QUEUED) {
		report(channel, WS_BROKEN, _("the server sends more than can be taken"));
		channel_close(channel);
	} else if (!channel->writable && !flush_queue(channel)) {
		channel_close(channel);
	} else if (channel->queued && !channel->writable) {
		channel->writable = watch(channel, G_IO_OUT | G_IO_HUP | G_IO_ERR, on_writable);
	}
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	struct channel *channel = data;
	guint8 buffer[16384];
	ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (n <= 0) {
		channel_close(channel);
		return G_SOURCE_REMOVE;
	}
	/* Nothing can be sent to the proxy while it closes the WebSocket. */
	if (soup_websocket_connection_get_state(channel->ws) == SOUP_WEBSOCKET_STATE_OPEN)
		soup_websocket_connection_send_binary(channel->ws, buffer, (gsize)n);
	return G_SOURCE_CONTINUE;
}

static gboolean close_now(gpointer data)
{
	channel_close(data);
	return G_SOURCE_REMOVE;
}

/* Ends the channel later, not inside a signal of libsoup, which still uses the connection. */
static void close_soon(struct channel *channel)
{
	g_autoptr(GSource) source = g_idle_source_new();

	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, close_now, channel_ref(channel), channel_unref);
	g_source_attach(source, channel->tunnel->context);
}

/* Ends the channel at an error. libsoup would give the proxy five more seconds to hang up, but
 * SPICE need not wait. */
static void on_error(SoupWebsocketConnection *ws, GError *error, struct channel *channel)
{
	g_signal_handlers_disconnect_by_data(ws, channel);
	report(channel, channel->got_bytes ? WS_BROKEN : WS_DROPPED, error->message);
	close_soon(channel);
}

/* Ends the channel at "closing" too, because libsoup delays "closed" for the same reason. */
static void on_closed(SoupWebsocketConnection *ws, struct channel *channel)
{
	g_signal_handlers_disconnect_by_data(ws, channel);
	gushort code = soup_websocket_connection_get_close_code(ws);
	const char *reason = soup_websocket_connection_get_close_data(ws);

	if (!channel->got_bytes)
		report(channel, WS_DROPPED, reason && *reason ? reason : NULL);
	else if (code && code != SOUP_WEBSOCKET_CLOSE_NORMAL)
		report(channel, WS_BROKEN, reason);
	close_soon(channel);
}

/* ---- connecting ---------------------------------------------------------- */

static void shake_hands(struct channel *channel);

static gboolean wants_login(const struct channel *channel, const struct ws_answer *answer)
{
	return channel->login_proxy &&
			answer->status == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED;
}

static void report_handshake(
		struct channel *channel, const GError *error, const struct ws_answer *answer)
{
	g_autofree char *words = ws_problem_describe(answer);

	if (channel->silent)
		return;
	if (wants_login(channel, answer))
		report_status(channel->tunnel, WS_LOGIN, channel->login_proxy, answer->status);
	else
		report_status(channel->tunnel, ws_problem_of(error, answer),
				words ? words : error->message, answer->status);
}

static void handshake_failed(struct channel *channel, const GError *error)
{
	SoupMessageHeaders *headers = soup_message_get_response_headers(channel->handshake);
	struct ws_answer answer = {
		.status = soup_message_get_status(channel->handshake),
		.type = soup_message_headers_get_content_type(headers, NULL),
		.protocol = soup_message_headers_get_one(headers, "Sec-WebSocket-Protocol"),
	};

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
		channel_close(channel);
	} else if (ws_problem_is_protocol(&answer) && !channel->without_protocol) {
		channel->without_protocol = TRUE;
		shake_hands(channel);
	} else if (channel->other_url && answer.status && !wants_login(channel, &answer)) {
		secret_free(channel->url);
		channel->url = g_steal_pointer(&channel->other_url);
		shake_hands(channel);
	} else {
		report_handshake(channel, error, &answer);
		channel_close(channel);
	}
}

static void connected(GObject *source, GAsyncResult *result, gpointer data)
{
	struct channel *channel = data;
	g_autoptr(GError) error = NULL;
	SoupWebsocketConnection *ws = soup_session_websocket_connect_finish(
			SOUP_SESSION(source), result, &error);

	if (!ws) {
		handshake_failed(channel, error);
	} else if (channel->fd < 0) {
		g_object_unref(ws);
	} else {
		channel->ws = ws;
		keepalive_set_stream(soup_websocket_connection_get_io_stream(ws));
		g_object_set(ws, "max-incoming-payload-size", (guint64)MAX_MESSAGE,
				"keepalive-interval", PING_INTERVAL_S, NULL);
		g_signal_connect(ws, "message", G_CALLBACK(on_message), channel);
		g_signal_connect(ws, "error", G_CALLBACK(on_error), channel);
		g_signal_connect(ws, "closing", G_CALLBACK(on_closed), channel);
		g_signal_connect(ws, "closed", G_CALLBACK(on_closed), channel);
		channel->readable = watch(channel, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
	}
	channel_unref(channel);
}

/* Counts a TCP connection; TLS and HTTP come later. */
static void on_network_event(SoupMessage *message, GSocketClientEvent event, GIOStream *stream,
		struct ws_tunnel *tunnel)
{
	if (event == G_SOCKET_CLIENT_CONNECTED)
		g_atomic_int_inc(&tunnel->reached);
}

/* An HTTP proxy between us and the address wants a login. Without one, or with a wrong one, the
 * handshake fails with the proxy's answer. Only the proxy gets the login: an address that asks
 * as a proxy would does not cause this signal. */
static gboolean on_authenticate(
		SoupMessage *message, SoupAuth *auth, gboolean retrying, struct channel *channel)
{
	struct ws_tunnel *tunnel = channel->tunnel;
	gboolean send;

	if (!soup_auth_is_for_proxy(auth))
		return FALSE;
	g_free(channel->login_proxy);
	channel->login_proxy = g_strdup(soup_auth_get_authority(auth));
	g_mutex_lock(&tunnel->lock);
	send = tunnel->proxy_user && !channel->login_sent;
	if (send)
		soup_auth_authenticate(auth, tunnel->proxy_user, tunnel->proxy_password);
	g_mutex_unlock(&tunnel->lock);
	channel->login_sent |= send;
	return send;
}

/* Called only if the system's authorities do not vouch for the server. */
static gboolean on_certificate(SoupMessage *message, GTlsCertificate *certificate,
		GTlsCertificateFlags errors, struct ws_tunnel *tunnel)
{
	g_autoptr(GSocketConnectable) identity = NULL;

	if (!tunnel->ca)
		return FALSE;
	identity = g_network_address_new(g_uri_get_host(soup_message_get_uri(message)),
			(guint16)MAX(g_uri_get_port(soup_message_get_uri(message)), 0));
	return g_tls_certificate_verify(certificate, identity, tunnel->ca) == 0;
}

static void shake_hands(struct channel *channel)
{
	struct ws_tunnel *tunnel = channel->tunnel;
	char *protocols[] = { (char *)"binary", NULL };

	g_clear_object(&channel->handshake);
	channel->handshake = soup_message_new(SOUP_METHOD_GET, channel->url);
	/* Do not follow redirects: a proxy must not send the token elsewhere. */
	soup_message_set_flags(channel->handshake, SOUP_MESSAGE_NO_REDIRECT);
	g_signal_connect(channel->handshake, "accept-certificate", G_CALLBACK(on_certificate),
			tunnel);
	g_signal_connect(channel->handshake, "network-event", G_CALLBACK(on_network_event), tunnel);
	channel->login_sent = FALSE;
	g_signal_connect(channel->handshake, "authenticate", G_CALLBACK(on_authenticate), channel);
	soup_session_websocket_connect_async(tunnel->session, channel->handshake, NULL,
			channel->without_protocol ? NULL : protocols, G_PRIORITY_DEFAULT,
			channel->cancellable, connected, channel_ref(channel));
}

static gboolean start_channel(gpointer data)
{
	struct channel *channel = data;
	struct ws_tunnel *tunnel = channel->tunnel;
	g_autoptr(GUri) uri = g_uri_parse(channel->url, SOUP_HTTP_URI_FLAGS, NULL);

	if (!uri || !tunnel->session) {
		report(channel, WS_UNREACHABLE, _("the address is not valid"));
		return G_SOURCE_REMOVE; /* dropping the last reference closes the descriptor */
	}
	g_ptr_array_add(tunnel->channels, channel_ref(channel));
	shake_hands(channel);
	return G_SOURCE_REMOVE;
}

/* ---- the thread ---------------------------------------------------------- */

static gpointer run(gpointer data)
{
	struct ws_tunnel *tunnel = data;

	g_main_context_push_thread_default(tunnel->context);
	tunnel->session = soup_session_new_with_options("user-agent",
			"osvdi-viewer/" PACKAGE_VERSION, "timeout", 15, "max-conns", 256,
			"max-conns-per-host", 256, NULL);
	if (tunnel->database)
		soup_session_set_tls_database(tunnel->session, tunnel->database);
	g_main_loop_run(tunnel->loop);
	while (tunnel->channels->len)
		channel_close(tunnel->channels->pdata[0]);
	soup_session_abort(tunnel->session);
	while (g_main_context_iteration(tunnel->context, FALSE))
		;
	g_clear_object(&tunnel->session);
	g_main_context_pop_thread_default(tunnel->context);
	tunnel_unref(tunnel);
	return NULL;
}

/* ---- public -------------------------------------------------------------- */

struct ws_tunnel *ws_tunnel_new(
		const char *url, const char *ca, const char *ca_file, GError **error)
{
	struct ws_tunnel *tunnel = g_new0(struct ws_tunnel, 1);

	g_atomic_ref_count_init(&tunnel->refs);
	g_mutex_init(&tunnel->lock);
	tunnel->context = g_main_context_new();
	tunnel->loop = g_main_loop_new(tunnel->context, FALSE);
	tunnel->channels = g_ptr_array_new_with_free_func(channel_unref);
	tunnel->url = ws_url_socket(url);
	tunnel->other_url = ws_url_other(url);
	if (!tunnel->url) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no WebSocket address");
		goto fail;
	}
	if (ca && !(tunnel->ca = g_tls_certificate_new_from_pem(ca, -1, error)))
		goto fail;
	if (ca_file && !(tunnel->database = g_tls_file_database_new(ca_file, error)))
		goto fail;
	tunnel->thread = g_thread_new("websocket", run, tunnel_ref(tunnel));
	return tunnel;

fail:
	tunnel_unref(tunnel);
	return NULL;
}

static gboolean quit_loop(gpointer data)
{
	struct ws_tunnel *tunnel = data;

	g_main_loop_quit(tunnel->loop);
	return G_SOURCE_REMOVE;
}

void ws_tunnel_free(struct ws_tunnel *tunnel)
{
	g_autoptr(GSource) source = NULL;

	if (!tunnel)
		return;
	/* Quit from inside the loop, so that the loop is running by then. */
	source = g_idle_source_new();
	g_source_set_callback(source, quit_loop, tunnel, NULL);
	g_source_attach(source, tunnel->context);
	g_thread_join(tunnel->thread);
	tunnel_unref(tunnel);
}

void ws_tunnel_set_url(struct ws_tunnel *tunnel, const char *url)
{
	char *socket_url = ws_url_socket(url);

	if (!socket_url)
		return;
	g_mutex_lock(&tunnel->lock);
	secret_free(tunnel->url);
	tunnel->url = socket_url;
	secret_free(tunnel->other_url);
	tunnel->other_url = ws_url_other(url);
	g_mutex_unlock(&tunnel->lock);
}

void ws_tunnel_set_proxy_login(struct ws_tunnel *tunnel, const char *user, const char *password)
{
	g_mutex_lock(&tunnel->lock);
	secret_free(tunnel->proxy_user);
	secret_free(tunnel->proxy_password);
	tunnel->proxy_user = g_strdup(user);
	tunnel->proxy_password = g_strdup(password);
	g_mutex_unlock(&tunnel->lock);
}

int ws_tunnel_open(struct ws_tunnel *tunnel, gboolean silent, GError **error)
{
	g_autoptr(GSource) source = NULL;
	struct channel *channel;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno), "socketpair: %s",
				g_strerror(errno));
		return -1;
	}
	channel = g_new0(struct channel, 1);
	g_atomic_ref_count_init(&channel->refs);
	channel->tunnel = tunnel_ref(tunnel);
	channel->fd = fds[0];
	channel->silent = silent;
	channel->cancellable = g_cancellable_new();
	g_queue_init(&channel->queue);
	g_mutex_lock(&tunnel->lock);
	channel->url = g_strdup(tunnel->url);
	channel->other_url = g_strdup(tunnel->other_url);
	g_mutex_unlock(&tunnel->lock);
	source = g_idle_source_new();
	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, start_channel, channel, channel_unref);
	g_source_attach(source, tunnel->context);
	return fds[1];
}

guint ws_tunnel_get_reached(struct ws_tunnel *tunnel)
{
	return (guint)g_atomic_int_get(&tunnel->reached);
}

enum ws_problem ws_tunnel_get_problem(struct ws_tunnel *tunnel)
{
	enum ws_problem problem;

	g_mutex_lock(&tunnel->lock);
	problem = tunnel->report.problem;
	g_mutex_unlock(&tunnel->lock);
	return problem;
}

void ws_tunnel_take_problem(struct ws_tunnel *tunnel, struct ws_problem_report *report)
{
	g_mutex_lock(&tunnel->lock);
	*report = tunnel->report;
	tunnel->report = (struct ws_problem_report){ WS_OK, NULL, 0 };
	g_mutex_unlock(&tunnel->lock);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/target.h"
#include "session/ws-tunnel.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A proxy of our own in a thread: "/echo", "/drop", "/nonsense", anything else 403. */
struct proxy {
	GThread *thread;
	GMainContext *context;
	GMainLoop *loop;
	GTlsCertificate *certificate;
	guint port;
	GMutex lock;
	GCond ready;
	gboolean is_ready;
	char *origin, *protocol;
	int held; /* keeps the last connection from being hung up */
};

static void echo(SoupWebsocketConnection *ws, int type, GBytes *message, gpointer data)
{
	gsize size;
	gconstpointer bytes = g_bytes_get_data(message, &size);

	g_assert_cmpint(type, ==, SOUP_WEBSOCKET_DATA_BINARY);
	soup_websocket_connection_send_binary(ws, bytes, size);
}

/* A piece of no message, and no end after it. */
static void say_nonsense(struct proxy *proxy, SoupWebsocketConnection *ws)
{
	GIOStream *stream = soup_websocket_connection_get_io_stream(ws);
	g_autoptr(GSocketConnection) connection = NULL;
	int fd;

	g_object_get(stream, "base-iostream", &connection, NULL);
	fd = g_socket_get_fd(g_socket_connection_get_socket(connection));
	g_assert_cmpint(send(fd, "\x80\x01x", 3, MSG_NOSIGNAL), ==, 3);
	proxy->held = dup(fd);
}

static void keep(SoupServer *server, SoupServerMessage *message, const char *path,
		SoupWebsocketConnection *ws, gpointer data)
{
	struct proxy *proxy = data;

	g_mutex_lock(&proxy->lock);
	g_free(proxy->origin);
	g_free(proxy->protocol);
	proxy->origin = g_strdup(soup_websocket_connection_get_origin(ws));
	proxy->protocol = g_strdup(soup_websocket_connection_get_protocol(ws));
	g_mutex_unlock(&proxy->lock);
	if (g_str_equal(path, "/drop")) {
		soup_websocket_connection_close(ws, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
		return;
	}
	if (g_str_equal(path, "/nonsense")) {
		say_nonsense(proxy, ws);
		return;
	}
	g_object_set(ws, "max-incoming-payload-size", (guint64)1 << 24, NULL);
	g_signal_connect(ws, "message", G_CALLBACK(echo), NULL);
	g_signal_connect(g_object_ref(ws), "closed", G_CALLBACK(g_object_unref), NULL);
}

static void refuse(SoupServer *server, SoupServerMessage *message, const char *path,
		GHashTable *query, gpointer data)
{
	soup_server_message_set_status(message, 403, NULL);
}

static gpointer serve(gpointer data)
{
	struct proxy *proxy = data;
	g_autoptr(SoupServer) server = NULL;
	static const char *protocols[] = { "binary", NULL };
	g_autoptr(GError) error = NULL;
	GSList *uris;

	g_main_context_push_thread_default(proxy->context);
	server = soup_server_new(NULL, NULL);
	if (proxy->certificate)
		soup_server_set_tls_certificate(server, proxy->certificate);
	soup_server_add_handler(server, NULL, refuse, NULL, NULL);
	soup_server_add_websocket_handler(server, "/echo", NULL, (char **)protocols, keep,
			proxy, NULL);
	soup_server_add_websocket_handler(server, "/drop", NULL, (char **)protocols, keep,
			proxy, NULL);
	soup_server_add_websocket_handler(server, "/nonsense", NULL, (char **)protocols, keep,
			proxy, NULL);
	soup_server_listen_local(server, 0, (proxy->certificate ? SOUP_SERVER_LISTEN_HTTPS : 0) |
			SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
	g_assert_no_error(error);
	uris = soup_server_get_uris(server);
	g_mutex_lock(&proxy->lock);
	proxy->port = (guint)g_uri_get_port(uris->data);
	proxy->is_ready = TRUE;
	g_cond_signal(&proxy->ready);
	g_mutex_unlock(&proxy->lock);
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	g_main_loop_run(proxy->loop);
	soup_server_disconnect(server);
	while (g_main_context_iteration(proxy->context, FALSE))
		;
	g_main_context_pop_thread_default(proxy->context);
	return NULL;
}

static struct proxy *proxy_start(GTlsCertificate *certificate)
{
	struct proxy *proxy = g_new0(struct proxy, 1);

	proxy->held = -1;
	g_mutex_init(&proxy->lock);
	g_cond_init(&proxy->ready);
	proxy->certificate = certificate;
	proxy->context = g_main_context_new();
	proxy->loop = g_main_loop_new(proxy->context, FALSE);
	proxy->thread = g_thread_new("proxy", serve, proxy);
	g_mutex_lock(&proxy->lock);
	while (!proxy->is_ready)
		g_cond_wait(&proxy->ready, &proxy->lock);
	g_mutex_unlock(&proxy->lock);
	return proxy;
}

static void proxy_stop(struct proxy *proxy)
{
	g_main_loop_quit(proxy->loop);
	g_thread_join(proxy->thread);
	if (proxy->held >= 0)
		close(proxy->held);
	g_main_loop_unref(proxy->loop);
	g_main_context_unref(proxy->context);
	g_free(proxy->origin);
	g_free(proxy->protocol);
	g_free(proxy);
}

static struct ws_tunnel *tunnel_to(const struct proxy *proxy, const char *scheme, const char *path,
		const char *ca)
{
	g_autofree char *url = g_strdup_printf("%s://127.0.0.1:%u%s?token=x", scheme,
			proxy->port, path);
	g_autoptr(GError) error = NULL;
	struct ws_tunnel *tunnel = ws_tunnel_new(url, ca, NULL, &error);

	g_assert_no_error(error);
	return tunnel;
}

static void read_exactly(int fd, guint8 *buffer, gsize size)
{
	while (size) {
		ssize_t n = recv(fd, buffer, size, 0);

		g_assert_cmpint(n, >, 0);
		buffer += n;
		size -= (gsize)n;
	}
}

static void expect_end(struct ws_tunnel *tunnel, enum ws_problem expected)
{
	struct ws_problem_report report;
	int fd = ws_tunnel_open(tunnel, FALSE, NULL);
	char byte;

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(recv(fd, &byte, 1, 0), <=, 0);
	ws_tunnel_take_problem(tunnel, &report);
	g_assert_cmpint(report.problem, ==, expected);
	g_free(report.message);
	close(fd);
}

/* Writes while the answers come back, as SPICE does: neither side may hang. */
static gpointer write_all(gpointer data)
{
	int fd = GPOINTER_TO_INT(data);
	guint8 chunk[65536];
	guint i;

	for (i = 0; i < 64; i++) {
		memset(chunk, (int)i, sizeof chunk);
		g_assert_cmpint(send(fd, chunk, sizeof chunk, MSG_NOSIGNAL), ==, (int)sizeof chunk);
	}
	return NULL;
}

/* Counts this process's connections to the proxy that are kept alive. */
static guint count_kept_alive(guint port)
{
	guint n = 0;
	int fd;

	for (fd = 3; fd < 1024; fd++) {
		struct sockaddr_in peer;
		socklen_t size = sizeof peer, on_size = sizeof(int);
		int on = 0;

		if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
				peer.sin_family == AF_INET &&
				ntohs(peer.sin_port) == port &&
				getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, &on_size) == 0)
			n += on != 0;
	}
	return n;
}

static void test_echo(void)
{
	struct proxy *proxy = proxy_start(NULL);
	struct ws_tunnel *tunnel = tunnel_to(proxy, "ws", "/echo", NULL);
	int a = ws_tunnel_open(tunnel, FALSE, NULL), b = ws_tunnel_open(tunnel, FALSE, NULL);
	g_autofree guint8 *buffer = g_malloc(65536);
	GThread *writer;
	guint i;

	g_assert_cmpint(send(a, "hello", 5, 0), ==, 5);
	g_assert_cmpint(send(b, "other", 5, 0), ==, 5);
	read_exactly(a, buffer, 5);
	g_assert_cmpmem(buffer, 5, "hello", 5);
	read_exactly(b, buffer, 5);
	g_assert_cmpmem(buffer, 5, "other", 5);
	g_assert_cmpuint(count_kept_alive(proxy->port), ==, 2);
	g_assert_null(proxy->origin); /* proxies take a client without one for no browser */
	g_assert_cmpstr(proxy->protocol, ==, "binary");
	writer = g_thread_new("writer", write_all, GINT_TO_POINTER(a));
	g_usleep(50000); /* let it pile up */
	for (i = 0; i < 64; i++) {
		read_exactly(a, buffer, 65536);
		g_assert_cmpint(buffer[0], ==, (int)i);
		g_assert_cmpint(buffer[65535], ==, (int)i);
	}
	g_thread_join(writer);
	close(a);
	ws_tunnel_free(tunnel);
	g_assert_cmpint(recv(b, buffer, 1, 0), ==, 0);
	close(b);
	proxy_stop(proxy);
}

static void test_problems(void)
{
	struct proxy *proxy = proxy_start(NULL);
	struct ws_tunnel *tunnel = tunnel_to(proxy, "ws", "/drop", NULL);
	g_autofree char *url = g_strdup_printf("ws://127.0.0.1:%u/forbidden", proxy->port);

	expect_end(tunnel, WS_DROPPED);
	ws_tunnel_set_url(tunnel, url);
	expect_end(tunnel, WS_FORBIDDEN);
	ws_tunnel_set_url(tunnel, "ws://127.0.0.1:1/x");
	expect_end(tunnel, WS_NOBODY);
	ws_tunnel_free(tunnel);
	proxy_stop(proxy);
}

/* A page's "path" that leads nowhere: what is beside the page is tried for each channel. */
static void test_other(void)
{
	struct proxy *proxy = proxy_start(NULL);
	struct ws_tunnel *tunnel = tunnel_to(proxy, "ws", "/echo/page.html?path=/nowhere", NULL);
	guint8 buffer[5];
	guint i;

	for (i = 0; i < 2; i++) {
		int fd = ws_tunnel_open(tunnel, FALSE, NULL);

		g_assert_cmpint(send(fd, "hello", 5, 0), ==, 5);
		read_exactly(fd, buffer, 5);
		g_assert_cmpmem(buffer, 5, "hello", 5);
		close(fd);
	}
	ws_tunnel_free(tunnel);
	tunnel = tunnel_to(proxy, "ws", "/none/page.html?path=/nowhere", NULL);
	expect_end(tunnel, WS_FORBIDDEN);
	ws_tunnel_free(tunnel);
	proxy_stop(proxy);
}

/* libsoup alone would wait for five seconds. */
static void test_nonsense(void)
{
	struct proxy *proxy = proxy_start(NULL);
	struct ws_tunnel *tunnel = tunnel_to(proxy, "ws", "/nonsense", NULL);
	gint64 start = g_get_monotonic_time();

	expect_end(tunnel, WS_DROPPED);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 4 * G_USEC_PER_SEC);
	ws_tunnel_free(tunnel);
	proxy_stop(proxy);
}

static gboolean make_certificate(const char *cert, const char *key)
{
	const char *argv[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
		"2", "-keyout", key,
		"-out", cert, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
		NULL };
	int status = 1;

	return g_spawn_sync(NULL, (char **)argv, NULL,
			G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
			       NULL, NULL, &status, NULL) && status == 0;
}

static void test_tls(void)
{
	g_autofree char *dir = g_dir_make_tmp("ws-XXXXXX", NULL);
	g_autofree char *cert_path = g_build_filename(dir, "cert.pem", NULL);
	g_autofree char *key_path = g_build_filename(dir, "key.pem", NULL);
	g_autofree char *pem = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GTlsCertificate) certificate = NULL;
	struct proxy *proxy;
	struct ws_tunnel *tunnel;
	guint8 buffer[5];
	int fd;

	if (!make_certificate(cert_path, key_path)) {
		g_rmdir(dir);
		g_test_skip("no openssl to make a certificate with");
		return;
	}
	certificate = g_tls_certificate_new_from_files(cert_path, key_path, &error);
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(cert_path, &pem, NULL, NULL));
	proxy = proxy_start(certificate);
	tunnel = tunnel_to(proxy, "wss", "/echo", NULL);
	expect_end(tunnel, WS_TLS); /* nobody vouches for it */
	ws_tunnel_free(tunnel);
	tunnel = tunnel_to(proxy, "wss", "/echo", pem);
	fd = ws_tunnel_open(tunnel, FALSE, NULL);
	g_assert_cmpint(send(fd, "hello", 5, 0), ==, 5);
	read_exactly(fd, buffer, 5);
	g_assert_cmpuint(count_kept_alive(proxy->port), ==, 1);
	close(fd);
	ws_tunnel_free(tunnel);
	proxy_stop(proxy);
	g_remove(cert_path);
	g_remove(key_path);
	g_rmdir(dir);
}

static void test_bad(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(ws_tunnel_new("http://x/", NULL, NULL, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_assert_null(ws_tunnel_new("ws://x/", "no certificate", NULL, &error));
	g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
	g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ws/echo", test_echo);
	g_test_add_func("/ws/problems", test_problems);
	g_test_add_func("/ws/other", test_other);
	g_test_add_func("/ws/nonsense", test_nonsense);
	g_test_add_func("/ws/tls", test_tls);
	g_test_add_func("/ws/bad", test_bad);
	return g_test_run();
}

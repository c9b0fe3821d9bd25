/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/ws-tunnel.h"

/*
 * A console proxy that says anything: the tunnel gets the input as WebSocket
 * frames after a good handshake, or (first byte odd) as the whole answer. It
 * must end, and give SPICE no more than was sent.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	int listener;
	GMutex lock; /* what follows */
	GBytes *input;
} proxy;

static void send_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = send(fd, at, size, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		at += n;
		size -= (size_t)n;
	}
}

static void greet(int fd, const char *request)
{
	const char *key = strcasestr(request, "sec-websocket-key: ");
	g_autofree char *text = NULL, *accept = NULL, *answer = NULL;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
	guint8 digest[20];
	gsize n = sizeof digest;

	g_assert_nonnull(key);
	key += strlen("sec-websocket-key: ");
	text = g_strdup_printf("%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, "\r"),
			key);
	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &n);
	accept = g_base64_encode(digest, n);
	answer = g_strdup_printf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\n"
				 "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: binary\r\n"
				 "\r\n", accept);
	send_all(fd, answer, strlen(answer));
}

static GBytes *take_input(void)
{
	GBytes *input;

	g_mutex_lock(&proxy.lock);
	input = g_bytes_ref(proxy.input);
	g_mutex_unlock(&proxy.lock);
	return input;
}

static void set_input(const uint8_t *data, size_t size)
{
	g_mutex_lock(&proxy.lock);
	g_clear_pointer(&proxy.input, g_bytes_unref);
	proxy.input = g_bytes_new(data, size);
	g_mutex_unlock(&proxy.lock);
}

static void serve_one(int fd)
{
	g_autoptr(GBytes) input = take_input();
	gsize size;
	const guint8 *data = g_bytes_get_data(input, &size);
	char request[8192];
	size_t n = 0;

	while (n < sizeof request - 1) {
		ssize_t got = recv(fd, request + n, sizeof request - 1 - n, 0);

		if (got <= 0)
			return;
		n += (size_t)got;
		request[n] = '\0';
		if (strstr(request, "\r\n\r\n"))
			break;
	}
	if (!(data[0] & 1))
		greet(fd, request);
	send_all(fd, data + 1, size - 1);
	shutdown(fd, SHUT_WR);
	while (recv(fd, request, sizeof request, 0) > 0)
		;
}

static gpointer serve(gpointer data)
{
	while (TRUE) {
		struct timeval patience = { .tv_sec = 2 };
		int fd = accept(proxy.listener, NULL, NULL);

		if (fd < 0)
			return NULL;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		serve_one(fd);
		close(fd);
	}
}

static struct ws_tunnel *start(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	g_autofree char *url = NULL;
	sigset_t alarms;

	g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
	g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
	proxy.listener = socket(AF_INET, SOCK_STREAM, 0);
	g_assert_cmpint(bind(proxy.listener, (struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(proxy.listener, 16), ==, 0);
	getsockname(proxy.listener, (struct sockaddr *)&address, &length);
	url = g_strdup_printf("ws://127.0.0.1:%d/websockify?token=x", ntohs(address.sin_port));
	/* The fuzzer's clock is to interrupt no accept(). */
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, NULL);
	g_thread_unref(g_thread_new("proxy", serve, NULL));
	pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
	return ws_tunnel_new(url, NULL, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ws_tunnel *tunnel;
	struct ws_problem_report report;
	uint8_t buffer[65536];
	size_t total = 0;
	ssize_t n;
	int fd;

	if (size < 2)
		return 0;
	set_input(data, size);
	if (!tunnel)
		tunnel = start();
	fd = ws_tunnel_open(tunnel, FALSE, NULL);
	g_assert_cmpint(fd, >=, 0);
	send(fd, "REDQ", 4, MSG_NOSIGNAL);
	while ((n = recv(fd, buffer, sizeof buffer, 0)) > 0 || (n < 0 && errno == EINTR))
		total += n > 0 ? (size_t)n : 0;
	g_assert_cmpuint(total, <, size);
	close(fd);
	ws_tunnel_take_problem(tunnel, &report);
	g_free(report.message);
	return 0;
}

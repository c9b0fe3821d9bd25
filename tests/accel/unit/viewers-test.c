/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>
#include <spice.h>
#include <spice/enums.h>

#include "wire/viewers.h"

static void event(struct viewers *v, int what, int connection, int type, int id,
		const struct sockaddr_storage *peer)
{
	SpiceChannelEventInfo info = { .connection_id = connection, .type = type, .id = id };

	if (peer) {
		info.flags = SPICE_CHANNEL_EVENT_FLAG_ADDR_EXT;
		info.paddr_ext = *peer;
	}
	viewers_channel_event(v, what, &info);
}

static unsigned count(const struct viewers *v)
{
	bool known;
	unsigned n = viewers_count(v, &known);

	g_assert_true(known || n == 0);
	return n;
}

/* Viewers are connections with a display, however many channels they have. */
static void test_count(void)
{
	struct viewers *v = viewers_create();
	bool known;

	viewers_count(v, &known);
	g_assert_false(known);
	event(v, SPICE_CHANNEL_EVENT_CONNECTED, 1, SPICE_CHANNEL_MAIN, 0, NULL);
	event(v, SPICE_CHANNEL_EVENT_INITIALIZED, 1, SPICE_CHANNEL_MAIN, 0, NULL);
	g_assert_cmpuint(count(v), ==, 0);
	for (int head = 0; head < 3; head++)
		event(v, SPICE_CHANNEL_EVENT_INITIALIZED, 1, SPICE_CHANNEL_DISPLAY, head, NULL);
	event(v, SPICE_CHANNEL_EVENT_INITIALIZED, 1, SPICE_CHANNEL_DISPLAY, 0, NULL); /* twice */
	g_assert_cmpuint(count(v), ==, 1);
	event(v, SPICE_CHANNEL_EVENT_INITIALIZED, 2, SPICE_CHANNEL_DISPLAY, 0, NULL);
	g_assert_cmpuint(count(v), ==, 2);
	for (int head = 0; head < 3; head++)
		event(v, SPICE_CHANNEL_EVENT_DISCONNECTED, 1, SPICE_CHANNEL_DISPLAY, head, NULL);
	g_assert_cmpuint(count(v), ==, 1);
	/* never came */
	event(v, SPICE_CHANNEL_EVENT_DISCONNECTED, 9, SPICE_CHANNEL_DISPLAY, 0, NULL);
	event(v, SPICE_CHANNEL_EVENT_DISCONNECTED, 2, SPICE_CHANNEL_DISPLAY, 0, NULL);
	g_assert_cmpuint(count(v), ==, 0);
	viewers_destroy(v);
	viewers_destroy(NULL);
}

/* More channels than there is room for are left out, and room comes back. */
static void test_many(void)
{
	struct viewers *v = viewers_create();

	for (int i = 0; i < 1000; i++)
		event(v, SPICE_CHANNEL_EVENT_INITIALIZED, i, SPICE_CHANNEL_DISPLAY, 0, NULL);
	g_assert_cmpuint(count(v), >=, 64);
	g_assert_cmpuint(count(v), <=, 1000);
	for (int i = 0; i < 1000; i++)
		event(v, SPICE_CHANNEL_EVENT_DISCONNECTED, i, SPICE_CHANNEL_DISPLAY, 0, NULL);
	g_assert_cmpuint(count(v), ==, 0);
	viewers_destroy(v);
}

static int connect_pair(int *server, struct sockaddr_storage *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpint(bind(listener, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(listen(listener, 1), ==, 0);
	g_assert_cmpint(getsockname(listener, (struct sockaddr *)&address, &size), ==, 0);
	g_assert_cmpint(connect(client, (struct sockaddr *)&address, size), ==, 0);
	*server = accept(listener, NULL, NULL);
	g_assert_cmpint(*server, >=, 0);
	memset(peer, 0, sizeof *peer);
	size = sizeof *peer;
	g_assert_cmpint(getsockname(client, (struct sockaddr *)peer, &size), ==, 0);
	close(listener);
	return client;
}

static void test_link(void)
{
	struct viewers *v = viewers_create();
	struct sockaddr_storage peer;
	struct link link;
	int server, client = connect_pair(&server, &peer), pipe_fds[2], lowat = 0;
	socklen_t size = sizeof lowat;

	g_assert_cmpint(pipe(pipe_fds), ==, 0);
	viewers_socket_added(v, pipe_fds[0]); /* no socket */
	viewers_socket_added(v, -1);
	viewers_socket_added(v, server);
	g_assert_cmpint(getsockopt(server, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, &size), ==, 0);
	g_assert_cmpint(lowat, ==, 16384);
	g_assert_false(viewers_link(v, 0, &link));
	event(v, SPICE_CHANNEL_EVENT_INITIALIZED, 1, SPICE_CHANNEL_DISPLAY, 0, &peer);
	g_assert_true(viewers_link(v, 0, &link));
	g_assert_cmpuint(link.rtt_us, >, 0);
	g_assert_false(viewers_link(v, 1, &link)); /* another head */
	event(v, SPICE_CHANNEL_EVENT_DISCONNECTED, 1, SPICE_CHANNEL_DISPLAY, 0, &peer);
	g_assert_false(viewers_link(v, 0, &link));
	/* a socket that was closed meanwhile, and an address that nobody has */
	close(client);
	close(server);
	event(v, SPICE_CHANNEL_EVENT_INITIALIZED, 2, SPICE_CHANNEL_DISPLAY, 0, &peer);
	g_assert_false(viewers_link(v, 0, &link));
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	viewers_destroy(v);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/viewers/count", test_count);
	g_test_add_func("/viewers/many", test_many);
	g_test_add_func("/viewers/link", test_link);
	return g_test_run();
}

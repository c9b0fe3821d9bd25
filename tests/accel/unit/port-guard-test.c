/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>
#include <spice.h>
#include <spice/enums.h>

#include "wire/port-guard.h"

/* A TCP connection within this machine. */
static void connect_pair(int *server, int *client)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	g_assert_cmpint(bind(listener, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(listen(listener, 1), ==, 0);
	g_assert_cmpint(getsockname(listener, (struct sockaddr *)&address, &size), ==, 0);
	*client = socket(AF_INET, SOCK_STREAM, 0);
	g_assert_cmpint(connect(*client, (struct sockaddr *)&address, size), ==, 0);
	*server = accept(listener, NULL, NULL);
	g_assert_cmpint(*server, >=, 0);
	close(listener);
}

static void announce(struct port_guard *g, int type)
{
	SpiceChannelEventInfo info = { .type = type };

	port_guard_channel_event(g, SPICE_CHANNEL_EVENT_INITIALIZED, &info);
}

static void reset(int fd)
{
	struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

static void test_passes_on(void)
{
	struct port_guard g;
	int server, client;
	char buffer[16];

	connect_pair(&server, &client);
	port_guard_init(&g);
	announce(&g, SPICE_CHANNEL_PORT);
	g_assert_true(port_guard_socket_added(&g, server));
	g_assert_cmpint(send(server, "hello", 5, 0), ==, 5);
	g_assert_cmpint(recv(client, buffer, sizeof buffer, MSG_DONTWAIT), ==, -1); /* not yet */
	g_assert_cmpint(send(client, "back", 4, 0), ==, 4);
	port_guard_pass_on(&g);
	g_assert_cmpint(recv(client, buffer, sizeof buffer, 0), ==, 5);
	g_assert_cmpmem(buffer, 5, "hello", 5);
	/* and both ways from then on */
	g_assert_cmpint(recv(server, buffer, sizeof buffer, 0), ==, 4);
	g_assert_cmpint(send(server, "more", 4, 0), ==, 4);
	g_assert_cmpint(recv(client, buffer, sizeof buffer, 0), ==, 4);
	port_guard_pass_on(&g); /* nothing to do */
	close(server);
	g_assert_cmpint(recv(client, buffer, sizeof buffer, 0), ==, 0);
	close(client);
}

static void test_dead(void)
{
	struct port_guard g;
	int server, client;
	char buffer[16];

	connect_pair(&server, &client);
	port_guard_init(&g);
	announce(&g, SPICE_CHANNEL_PORT);
	reset(client);
	g_assert_true(port_guard_socket_added(&g, server));
	g_assert_cmpint(send(server, "hello", 5, MSG_NOSIGNAL), ==, 5); /* would fail */
	port_guard_pass_on(&g);
	g_assert_cmpint(recv(server, buffer, sizeof buffer, MSG_DONTWAIT), <=, 0);
	close(server);
}

static void test_others(void)
{
	struct port_guard g;
	int server, client, pipe_fds[2];

	connect_pair(&server, &client);
	g_assert_cmpint(pipe(pipe_fds), ==, 0);
	port_guard_init(&g);
	g_assert_false(port_guard_socket_added(&g, server)); /* nothing was announced */
	announce(&g, SPICE_CHANNEL_DISPLAY);
	g_assert_false(port_guard_socket_added(&g, server));
	announce(&g, SPICE_CHANNEL_PORT);
	g_assert_false(port_guard_socket_added(&g, pipe_fds[0]));
	g_assert_false(port_guard_socket_added(&g, -1));
	g_assert_true(port_guard_socket_added(&g, server));
	g_assert_false(port_guard_socket_added(&g, server)); /* once */
	port_guard_pass_on(&g);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	close(server);
	close(client);
}

/* libspice-server closed it, and the number is another's now. */
static void test_number_used_again(void)
{
	struct port_guard g;
	int server, client, pair[2];
	char buffer[16];

	connect_pair(&server, &client);
	port_guard_init(&g);
	announce(&g, SPICE_CHANNEL_PORT);
	g_assert_true(port_guard_socket_added(&g, server));
	close(server);
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
	g_assert_true(pair[0] == server || pair[1] == server);
	port_guard_pass_on(&g);
	g_assert_cmpint(send(pair[0], "mine", 4, 0), ==, 4);
	g_assert_cmpint(recv(pair[1], buffer, sizeof buffer, 0), ==, 4);
	g_assert_cmpint(recv(client, buffer, sizeof buffer, 0), ==, 0);
	close(pair[0]);
	close(pair[1]);
	close(client);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/port-guard/passes-on", test_passes_on);
	g_test_add_func("/port-guard/dead", test_dead);
	g_test_add_func("/port-guard/others", test_others);
	g_test_add_func("/port-guard/number-used-again", test_number_used_again);
	return g_test_run();
}

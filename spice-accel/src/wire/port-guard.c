/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/port-guard.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spice.h>
#include <spice/enums.h>

void port_guard_init(struct port_guard *g)
{
	g->expected = false;
	g->fd = g->real = g->pair = -1;
}

void port_guard_channel_event(struct port_guard *g, int event,
		const struct SpiceChannelEventInfo *info)
{
	g->expected = event == SPICE_CHANNEL_EVENT_INITIALIZED && info->type == SPICE_CHANNEL_PORT;
}

static bool is_socket(int fd)
{
	struct stat s;

	return fstat(fd, &s) == 0 && S_ISSOCK(s.st_mode);
}

bool port_guard_socket_added(struct port_guard *g, int fd)
{
	struct stat s;
	int pair[2];

	if (!g->expected || !is_socket(fd))
		return false;
	g->expected = false;
	port_guard_pass_on(g);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
		return false;
	g->real = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (g->real < 0 || fstat(pair[0], &s) < 0 || dup3(pair[0], fd, O_CLOEXEC) < 0) {
		if (g->real >= 0)
			close(g->real);
		g->real = -1;
		close(pair[1]);
	} else {
		g->fd = fd;
		g->pair = pair[1];
		g->stand_in = s.st_ino;
	}
	close(pair[0]);
	return g->real >= 0;
}

/* A viewer's socket that takes no more is ended: libspice-server sees that next. */
static void copy(int from, int to)
{
	char buffer[4096];
	ssize_t n;

	while ((n = recv(from, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
		if (send(to, buffer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n) {
			shutdown(to, SHUT_RDWR);
			return;
		}
}

/* libspice-server corks its sockets and has uncorked ours. */
static void flush(int fd)
{
	static const int off = 0, on = 1;
	int corked = 0;
	socklen_t size = sizeof corked;

	if (getsockopt(fd, IPPROTO_TCP, TCP_CORK, &corked, &size) < 0 || !corked)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
	setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

void port_guard_pass_on(struct port_guard *g)
{
	struct stat s;

	if (g->real < 0)
		return;
	copy(g->pair, g->real);
	flush(g->real);
	/* The socket may be closed by now, and its number may be another file's. */
	if (fstat(g->fd, &s) == 0 && S_ISSOCK(s.st_mode) && s.st_ino == g->stand_in)
		dup3(g->real, g->fd, O_CLOEXEC);
	close(g->real);
	close(g->pair);
	g->fd = g->real = g->pair = -1;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include <errno.h>
#include <gio/gio.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Bytes that wait in the kernel reach the screen late. With little room for them the
 * sender notices soon that the way is full. */
#define UNSENT_BYTES 16384
#define DESK_RECEIVE_BYTES 65536
#define KEEPALIVE_IDLE_S 12
#define KEEPALIVE_INTERVAL_S 4
#define KEEPALIVE_PROBES 3

static void set(int fd, int level, int name, int value)
{
	/* A Unix socket has none of them. */
	(void)setsockopt(fd, level, name, &value, sizeof value);
}

/* Before connect(): the window's scale is told then. */
void stream_tune_desk(int fd)
{
	stream_tune(fd);
	set(fd, SOL_SOCKET, SO_RCVBUF, DESK_RECEIVE_BYTES);
}

void stream_tune(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
}

char *stream_peer(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getpeername(fd, (struct sockaddr *)&address, &size) < 0 ||
			address.ss_family == AF_UNIX ||
			getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port,
					sizeof port, NI_NUMERICHOST | NI_NUMERICSERV))
		return g_strdup("unix");
	return g_strdup_printf("%s %s", host, port);
}

static int listen_fail(const char *where, const char *problem, GError **error)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot listen at %s: %s",
			where, problem);
	return -1;
}

/* A socket that nobody listens at any more is removed. */
static gboolean remove_dead(const struct sockaddr_un *address)
{
	struct stat st;
	gboolean alive;
	int fd;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT;
	if (!S_ISSOCK(st.st_mode))
		return FALSE;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	alive = fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
			errno != ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return !alive && unlink(address->sun_path) == 0;
}

static int listen_unix(const char *where, const char *path, guint mode, GError **error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, result;

	if (strlen(path) >= sizeof address.sun_path || path[0] != '/')
		return listen_fail(where, "no absolute path, or too long", error);
	strcpy(address.sun_path, path);
	if (!remove_dead(&address))
		return listen_fail(where, "another program listens there, or it is no socket",
				error);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mask = umask(0777 & ~mode);
	result = bind(fd, (struct sockaddr *)&address, sizeof address);
	umask(mask);
	if (result == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	listen_fail(where, g_strerror(errno), error);
	close(fd);
	return -1;
}

static guint bound_port(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return 0;
	return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port :
						     ((struct sockaddr_in *)&address)->sin_port);
}

static int bind_one(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set(fd, IPPROTO_IPV6, IPV6_V6ONLY, info->ai_family == AF_INET6);
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	close(fd);
	return -1;
}

int stream_listen(const char *where, guint mode, guint *port, GError **error)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
	const char *colon = strrchr(where, ':');
	g_autofree char *host = NULL;
	struct addrinfo *info = NULL;
	int fd;

	if (g_str_has_prefix(where, "unix:"))
		return listen_unix(where, where + strlen("unix:"), mode, error);
	host = colon ? g_strndup(where, (gsize)(colon - where)) : NULL;
	if (host && host[0] == '[' && g_str_has_suffix(host, "]")) {
		host[strlen(host) - 1] = '\0';
		memmove(host, host + 1, strlen(host));
	}
	if (!host || getaddrinfo(host, colon + 1, &hints, &info))
		return listen_fail(where, "not ADDRESS:PORT, [IPv6]:PORT or unix:PATH", error);
	fd = bind_one(info);
	if (fd < 0)
		listen_fail(where, g_strerror(errno), error);
	else if (port)
		*port = bound_port(fd);
	freeaddrinfo(info);
	return fd;
}

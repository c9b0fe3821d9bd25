/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "remote/socket.h"

#define FIRST_FD 3 /* sd_listen_fds(3) */
#define BACKLOG 16

int listen_inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");

	if (!pid || !n || strtol(pid, NULL, 10) != getpid() || strtol(n, NULL, 10) != 1)
		return -1;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	return fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) < 0 ? -1 : FIRST_FD;
}

int listen_is_open(int fd)
{
	int listens = 0;
	socklen_t size = sizeof listens;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

static int fail(int fd, int error, const char *path, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", path, strerror(error));
	if (fd >= 0)
		close(fd);
	return -error;
}

/* A socket whose process is gone refuses connections. */
static void remove_stale(const char *path)
{
	int fd = socket_connect(path);
	struct stat status;

	if (fd >= 0)
		close(fd);
	else if (fd == -ECONNREFUSED && lstat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		unlink(path);
}

static int give_to(const char *path, const char *group)
{
	struct group *found = group ? getgrnam(group) : NULL;

	if (group && !found)
		return ENOENT;
	if (found && chown(path, (uid_t)-1, found->gr_gid) < 0)
		return errno;
	return chmod(path, 0660) < 0 ? errno : 0;
}

int listen_open(const char *path, const char *group, char *why, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;
	mode_t mask;

	if (strlen(path) >= sizeof address.sun_path)
		return fail(-1, ENAMETOOLONG, path, why, size);
	strcpy(address.sun_path, path);
	remove_stale(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(fd, errno, path, why, size);
	mask = umask(0177);
	error = bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
	umask(mask);
	if (error)
		return fail(fd, error, path, why, size);
	error = give_to(path, group);
	if (!error && listen(fd, BACKLOG) < 0)
		error = errno;
	return error ? fail(fd, error, error == ENOENT && group ? group : path, why, size) : fd;
}

static void on_child(int number)
{
}

/* Children that end interrupt accept(). */
static void notice_children(bool yes)
{
	struct sigaction action = { .sa_handler = yes ? on_child : SIG_DFL };

	sigaction(SIGCHLD, &action, NULL);
}

static void reap(unsigned *processes, int flags)
{
	while (*processes && waitpid(-1, NULL, flags) > 0) {
		--*processes;
		flags = WNOHANG;
	}
}

int listen_accept(int fd, unsigned max_processes)
{
	unsigned processes = 0;

	notice_children(true);
	for (;;) {
		int connection;
		pid_t pid;

		reap(&processes, processes < max_processes ? WNOHANG : 0);
		connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (connection < 0)
			return -errno;
		pid = fork();
		if (pid == 0) {
			close(fd);
			notice_children(false);
			return connection;
		}
		processes += pid > 0;
		if (pid < 0)
			log_error("no process for a guest: %s", strerror(errno));
		close(connection);
	}
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "calls.h"
#include "files.h"
#include "remote/socket.h"

#define MAX_FILES 512u
#define REFUSED 3 /* exit status */

/* Sanitizers map terabytes, and look for leaks with system calls of debuggers. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static int host_fd = -1;

/* The process is about to end, so that what is not safe in a signal handler can do no harm. */
static void on_refused(int signal_number, siginfo_t *info, void *context)
{
	struct message_log line = { .type = MESSAGE_LOG, .level = SPICE_ACCEL_LOG_ERROR };
	char name[64];

	snprintf(line.text, sizeof line.text, "osvdi-encoder ends: the system call %s (%d) is "
			"forbidden; please report this with the name of the GPU's driver",
			calls_name(info->si_syscall, name, sizeof name) ? name : "?",
			info->si_syscall);
	socket_send(host_fd, &line, sizeof line, NULL, 0);
	if (write(STDERR_FILENO, line.text, strlen(line.text)) < 0 ||
			write(STDERR_FILENO, "\n", 1) < 0)
		_exit(REFUSED);
	_exit(REFUSED);
}

static int limit(int what, rlim_t value)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) < 0)
		return -errno;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
		value = now.rlim_max;
	now = (struct rlimit){ value, value };
	return setrlimit((__rlimit_resource_t)what, &now) < 0 ? -errno : 0;
}

static int limit_all(unsigned memory_mib)
{
	int ret = limit(RLIMIT_CORE, 0);

	if (ret == 0)
		ret = limit(RLIMIT_NOFILE, MAX_FILES);
	return ret < 0 || SANITIZED ? ret : limit(RLIMIT_AS, (rlim_t)memory_mib << 20);
}

static int catch_refusals(int fd)
{
	struct sigaction action = { .sa_sigaction = on_refused, .sa_flags = SA_SIGINFO };

	host_fd = fd;
	return sigaction(SIGSYS, &action, NULL) < 0 ? -errno : 0;
}

static int fail(int error, const char *what, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", what, strerror(-error));
	return error;
}

int sandbox_enter(int fd, const char *node, unsigned memory_mib, char *why, size_t size)
{
	int ret = limit_all(memory_mib);

	if (ret < 0)
		return fail(ret, "limits", why, size);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(-errno, "no_new_privs", why, size);
	ret = files_forbid(node);
	if (ret == -EOPNOTSUPP)
		log_info("this kernel has no Landlock: systemd alone says which files there are");
	else if (ret < 0)
		return fail(ret, "Landlock", why, size);
	ret = catch_refusals(fd);
	if (ret == 0 && !SANITIZED)
		ret = calls_forbid();
	if (SANITIZED)
		log_warning("built for a sanitizer: system calls are not filtered");
	return ret < 0 ? fail(ret, "seccomp", why, size) : 0;
}

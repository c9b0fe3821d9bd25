/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define GRACE_MS 500 /* between SIGTERM and SIGKILL */
#define LOOK_MS 5

static GQuark group_quark(void)
{
	return g_quark_from_static_string("osvdi-child-group");
}

static pid_t group_of(GSubprocess *child)
{
	return GPOINTER_TO_INT(g_object_get_qdata(G_OBJECT(child), group_quark()));
}

/* ---- the terminal -------------------------------------------------------- */

/* Hands the terminal from one process group to another: the kernel stops a background
 * process that asks for a password there. Also runs between fork() and exec(), so calls
 * only functions that are allowed there. */
static void hand_terminal(pid_t from, pid_t to)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	sigset_t stop, before;

	if (fd < 0)
		return;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &before);
	if (tcgetpgrp(fd) == from)
		tcsetpgrp(fd, to);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
}

static void lead_group(gpointer data)
{
	pid_t viewers = getpgrp();

	setpgid(0, 0);
	hand_terminal(viewers, getpid());
}

/* ---- public -------------------------------------------------------------- */

GSubprocess *child_start(const char *const *argv, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
			G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
	GSubprocess *child;
	const char *id;

	g_subprocess_launcher_set_child_setup(launcher, lead_group, NULL, NULL);
	child = g_subprocess_launcher_spawnv(launcher, argv, error);
	id = child ? g_subprocess_get_identifier(child) : NULL;
	if (id) /* NULL: the program has ended already */
		g_object_set_qdata(G_OBJECT(child), group_quark(), GINT_TO_POINTER(atoi(id)));
	return child;
}

static gboolean is_gone(GSubprocess *child)
{
	return !g_subprocess_get_identifier(child) && kill(-group_of(child), 0) < 0 &&
			errno == ESRCH;
}

static gboolean wait_gone(GSubprocess *child)
{
	gint64 until = g_get_monotonic_time() + GRACE_MS * 1000;

	while (!is_gone(child)) {
		if (g_get_monotonic_time() > until)
			return FALSE;
		g_usleep(LOOK_MS * 1000);
	}
	return TRUE;
}

void child_end(GSubprocess *child)
{
	pid_t group = group_of(child);

	if (group <= 1)
		return;
	if (kill(-group, SIGTERM) == 0 && !wait_gone(child)) {
		kill(-group, SIGKILL);
		wait_gone(child);
	}
	child_ended(child);
}

void child_ended(GSubprocess *child)
{
	pid_t group = group_of(child);

	if (group > 1)
		hand_terminal(group, getpgrp());
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The distribution's spice-vdagentd in the test guest. The daemon is the part
 * of the agent that opens the virtio port and moves the pointer; it does so
 * while a session has told it the size of its screen. There is no X here, so
 * the session's side of the daemon's socket is spoken by us: one message,
 * header { type, arg1, arg2, size } and for each screen { width, height, x, y,
 * display id }.
 */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAEMON_PATH "/usr/sbin/spice-vdagentd"
#define SOCKET_DIR "/run/spice-vdagentd"
#define SOCKET_PATH SOCKET_DIR "/spice-vdagent-sock"

static pid_t daemon_pid;
static int session = -1;

static int connect_session(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int rc = -ETIMEDOUT;

	strcpy(addr.sun_path, SOCKET_PATH);
	for (int i = 0; i < 200; i++) { /* 20 s for a slow machine */
		session = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(session, (struct sockaddr *)&addr, sizeof addr) == 0)
			return 0;
		rc = -errno;
		close(session);
		session = -1;
		usleep(100000);
	}
	return rc;
}

int agent_start(uint32_t width, uint32_t height)
{
	struct {
		uint32_t type, arg1, arg2, size;
		int32_t width, height, x, y, display_id;
	} message = { 0, width, height, 5 * sizeof(int32_t), width, height, 0, 0, 0 };
	int rc;

	if (daemon_pid)
		return -EBUSY;
	mkdir(SOCKET_DIR, 0755);
	unlink(SOCKET_PATH);
	daemon_pid = fork();
	if (daemon_pid < 0) {
		rc = -errno;
		daemon_pid = 0;
		return rc;
	}
	if (daemon_pid == 0) {
		int log = open("/dev/kmsg", O_WRONLY);

		dup2(log, 1);
		dup2(log, 2);
		execl(DAEMON_PATH, DAEMON_PATH, "-x", "-X", "-d", (char *)NULL);
		_exit(127);
	}
	rc = connect_session();
	if (rc == 0 && write(session, &message, sizeof message) != sizeof message)
		rc = -EIO;
	if (rc)
		agent_stop();
	return rc;
}

void agent_stop(void)
{
	if (session >= 0)
		close(session);
	session = -1;
	if (daemon_pid) {
		kill(daemon_pid, SIGTERM);
		waitpid(daemon_pid, NULL, 0);
	}
	daemon_pid = 0;
}

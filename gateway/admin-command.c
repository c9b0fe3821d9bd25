/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"
#include "serve.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		int problem = errno;

		close(fd);
		errno = problem;
		return -1;
	}
	return fd;
}

static char *join(int argc, char **argv)
{
	GString *line = g_string_new(NULL);

	for (int i = 0; i < argc; i++)
		g_string_append_printf(line, "%s%s", i ? " " : "", argv[i]);
	g_string_append_c(line, '\n');
	return g_string_free(line, FALSE);
}

static GString *read_answer(int fd)
{
	GString *answer = g_string_new(NULL);
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		g_string_append_len(answer, bytes, n);
	return answer;
}

int admin_command(const char *socket_path, int argc, char **argv)
{
	g_autofree char *line = join(argc, argv);
	const char *path = g_str_has_prefix(socket_path, "unix:") ? socket_path + strlen("unix:") :
			socket_path;
	int fd = open_socket(path);
	GString *answer;
	gboolean ok;

	if (fd < 0 || write(fd, line, strlen(line)) != (ssize_t)strlen(line)) {
		g_printerr("osvdi-gateway: %s: %s\n", path, g_strerror(errno));
		return 1;
	}
	answer = read_answer(fd);
	ok = strcmp(answer->str, "ok\n") == 0 || g_str_has_suffix(answer->str, "\nok\n");
	if (ok) {
		g_string_truncate(answer, answer->len - strlen("ok\n"));
		ok = output_text(answer->str);
	} else {
		g_printerr("%s", answer->len ? answer->str :
				"osvdi-gateway: the gateway ended before its answer\n");
	}
	g_string_free(answer, TRUE);
	close(fd);
	return ok ? 0 : 1;
}

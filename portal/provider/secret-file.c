/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "secret-file.h"

#include "core/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MAX_BYTES 1024

static gboolean fail(GError **error, const char *path, const char *problem)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", path, problem);
	return FALSE;
}

static gboolean check_mode(int fd, const char *path, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(error, path, g_strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(error, path, "no file");
	if (st.st_mode & (S_IRWXO | S_IWGRP))
		return fail(error, path, "others than its owner may use it: chmod 0640");
	return TRUE;
}

/* The line's end is no part of the secret. */
static gboolean check_line(char *line, const char *path, GError **error)
{
	gsize n = strlen(line);

	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	for (gsize i = 0; i < n; i++)
		if (g_ascii_iscntrl(line[i]))
			return fail(error, path, "more than one line");
	return n > 0 || fail(error, path, "empty");
}

static char *read_line(int fd, const char *path, GError **error)
{
	char *line = g_malloc0(SECRET_MAX_BYTES + 1);
	ssize_t n = read(fd, line, SECRET_MAX_BYTES);

	if (n < 0)
		fail(error, path, g_strerror(errno));
	else if (n == SECRET_MAX_BYTES || strlen(line) != (gsize)n)
		fail(error, path, "too long for a secret, or not text");
	else if (check_line(line, path, error))
		return line;
	explicit_bzero(line, SECRET_MAX_BYTES);
	g_free(line);
	return NULL;
}

char *secret_file_read(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *secret = NULL;

	if (fd < 0) {
		fail(error, path, g_strerror(errno));
		return NULL;
	}
	if (check_mode(fd, path, error))
		secret = read_line(fd, path, error);
	close(fd);
	return secret;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "text.h"

static gboolean write_all(int fd, const char *data, gsize length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FALSE;
		data += n;
		length -= (gsize)n;
	}
	return TRUE;
}

gboolean file_write_private(const char *path, const char *data, gsize length, GError **error)
{
	g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
	int saved = errno;

	if (fd >= 0) {
		/* The umask may have taken bits, never given any. */
		gboolean ok = !fchmod(fd, 0600) && write_all(fd, data, length);

		saved = errno;
		if (close(fd) && ok) {
			saved = errno;
			ok = FALSE;
		}
		if (ok && !rename(temporary, path))
			return TRUE;
		if (ok)
			saved = errno;
		unlink(temporary);
	}
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", path, g_strerror(saved));
	return FALSE;
}

static char *read_all(int fd, gsize max_bytes, gsize *length)
{
	char *data = g_malloc(max_bytes + 1);
	gsize used = 0;

	while (used <= max_bytes) {
		ssize_t n = read(fd, data + used, max_bytes + 1 - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (gsize)n;
	}
	if (used > max_bytes) {
		g_free(data);
		return NULL;
	}
	data[used] = '\0';
	*length = used;
	return data;
}

char *file_read_private(const char *path, gsize max_bytes, gsize *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *data = NULL;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077) && (gsize)st.st_size <= max_bytes)
		data = read_all(fd, (gsize)st.st_size, length);
	close(fd);
	return data;
}

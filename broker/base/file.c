/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

gboolean file_write_fd(int fd, const char *data, gsize length)
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

/* A signal that ends the program waits, so that no temporary file stays. */
static void hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, before);
}

/* The umask, which all threads share, may have taken bits of a new file's mode. */
static gboolean mend_mode(const char *path)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", fd);
	gboolean ok = FALSE;
	struct stat st;
	int saved;

	if (fd >= 0 && !fstat(fd, &st))
		ok = !S_ISREG(st.st_mode) || (st.st_mode & 0777) == 0600 || !chmod(self, 0600);
	saved = errno;
	if (fd >= 0)
		close(fd);
	errno = saved;
	return ok;
}

gboolean file_write_private(const char *path, const char *data, gsize length, GError **error)
{
	const GFileSetContentsFlags flags =
			G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE;
	g_autoptr(GError) e = NULL;
	sigset_t signals;
	gboolean ok;

	hold_signals(&signals);
	ok = g_file_set_contents_full(path, data, (gssize)length, flags, 0600, &e);
	if (ok && !mend_mode(path)) {
		e = g_error_new_literal(BROKER_ERROR, BROKER_ERROR_FAILED, g_strerror(errno));
		ok = FALSE;
	}
	pthread_sigmask(SIG_SETMASK, &signals, NULL);
	if (!ok)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", path, e->message);
	return ok;
}

gboolean file_can_write_private(const char *path)
{
	g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
	sigset_t signals;
	int fd, saved;

	hold_signals(&signals);
	fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
	saved = errno;
	if (fd >= 0) {
		close(fd);
		unlink(temporary);
	}
	pthread_sigmask(SIG_SETMASK, &signals, NULL);
	errno = saved;
	return fd >= 0;
}

gboolean file_create_private(const char *path, const char *data, gsize length)
{
	g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
	gboolean ok = FALSE;
	sigset_t signals;
	int fd;

	hold_signals(&signals);
	fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0) {
		/* The umask may have taken bits, never given any. */
		ok = !fchmod(fd, 0600) && file_write_fd(fd, data, length);
		ok = !close(fd) && ok && !link(temporary, path);
		unlink(temporary);
	}
	pthread_sigmask(SIG_SETMASK, &signals, NULL);
	return ok;
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
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
			!(st.st_mode & 077) && (gsize)st.st_size <= max_bytes)
		data = read_all(fd, (gsize)st.st_size, length);
	close(fd);
	return data;
}

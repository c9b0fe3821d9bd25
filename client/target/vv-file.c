/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/vv-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <osvdi-common/vv-names.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *system_osid(void)
{
	g_autofree char *id = g_get_os_info(G_OS_INFO_KEY_ID);
	g_autofree char *version = g_get_os_info(G_OS_INFO_KEY_VERSION_ID);

	return id ? g_strconcat(id, version, NULL) : NULL;
}

/* Reads into a buffer of OSVDI_VV_MAX_BYTES + 1 bytes. Errors: -1 with errno. */
static gssize read_all(int fd, char *buffer)
{
	gsize size = 0;

	while (size <= OSVDI_VV_MAX_BYTES) {
		ssize_t n = read(fd, buffer + size, OSVDI_VV_MAX_BYTES + 1 - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		size += (gsize)n;
	}
	return (gssize)size;
}

static struct target *read_descriptor(int fd, GError **error)
{
	g_autofree char *osid = system_osid();
	char *buffer = g_malloc(OSVDI_VV_MAX_BYTES + 1);
	gssize size = read_all(fd, buffer);
	struct target *target = NULL;

	if (size < 0)
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
				_("Cannot read the connection file: %s."), g_strerror(errno));
	else
		target = vv_parse(buffer, (gsize)size, osid, error);
	explicit_bzero(buffer, OSVDI_VV_MAX_BYTES + 1);
	g_free(buffer);
	return target;
}

/* Deletes the file that was read, but not another file that has replaced it since. */
static void delete_file(const char *path, int fd)
{
	struct stat opened, named;

	if (fstat(fd, &opened) == 0 && lstat(path, &named) == 0 && S_ISREG(named.st_mode) &&
			opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
		unlink(path);
}

/* The number N if the path is /dev/fd/N or the like, else -1. */
static int descriptor_of(const char *path)
{
	guint64 fd;

	if (!g_str_has_prefix(path, "/dev/fd/") && !g_str_has_prefix(path, "/proc/self/fd/"))
		return -1;
	if (!g_ascii_string_to_unsigned(strrchr(path, '/') + 1, 10, 0, G_MAXINT, &fd, NULL))
		return -1;
	return (int)fd;
}

struct target *vv_read_fd(int fd, GError **error)
{
	struct target *target;

	if (fcntl(fd, F_GETFD) < 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				_("The file descriptor given with --vv-fd is not open."));
		return NULL;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	lseek(fd, 0, SEEK_SET); /* the writer of a memfd has left it at its end; pipes fail */
	target = read_descriptor(fd, error);
	close(fd);
	return target;
}

struct target *vv_read_file(const char *path, GError **error)
{
	struct target *target;
	int fd;

	if (g_str_equal(path, "-"))
		return read_descriptor(STDIN_FILENO, error);
	if (descriptor_of(path) >= 0)
		return vv_read_fd(descriptor_of(path), error);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
				_("Cannot open the connection file %s: %s."), path,
				g_strerror(errno));
		return NULL;
	}
	target = read_descriptor(fd, error);
	/* A refused file stays, because it may be for another program. */
	if (target && target->delete_file)
		delete_file(path, fd);
	close(fd);
	return target;
}

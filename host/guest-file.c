/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

/* A folder that somebody else may write to is none of ours. */
static int open_folder(const char *folder, bool create)
{
	struct stat st;
	int fd;

	if (create && g_mkdir_with_parents(folder, 0755) < 0)
		return -errno;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH))) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
	return fchmod(fd, 0644) < 0 ? -errno : 0;
}

static int write_into(int folder, const char *uuid, const char *text)
{
	g_autofree char *name = g_strdup_printf("%s.conf", uuid);
	g_autofree char *new = g_strdup_printf(".%s.new", uuid);
	int fd, ret;

	if (unlinkat(folder, new, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(folder, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, strlen(text));
	close(fd);
	if (ret == 0 && renameat(folder, new, folder, name) < 0)
		ret = -errno;
	if (ret < 0)
		unlinkat(folder, new, 0);
	return ret;
}

int guest_file_write(const char *folder, const char *uuid, const char *text)
{
	int fd = open_folder(folder, true);
	int ret;

	if (fd < 0)
		return fd;
	ret = write_into(fd, uuid, text);
	close(fd);
	return ret;
}

static int remove_file(const char *folder, const char *name)
{
	int fd = open_folder(folder, false);
	int ret = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (unlinkat(fd, name, 0) < 0 && errno != ENOENT)
		ret = -errno;
	close(fd);
	return ret;
}

int guest_file_remove(const char *folder, const char *uuid)
{
	g_autofree char *name = g_strdup_printf("%s.conf", uuid);

	return remove_file(folder, name);
}

static int give(int folder, const char *name, uid_t user)
{
	int fd, ret = 0;

	if (unlinkat(folder, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (fchown(fd, user, (gid_t)-1) < 0) {
		ret = -errno;
		unlinkat(folder, name, 0);
	}
	close(fd);
	return ret;
}

int guest_file_give(const char *folder, const char *uuid, uid_t user)
{
	g_autofree char *name = g_strdup_printf("%s.json", uuid);
	int fd = open_folder(folder, true);
	int ret;

	if (fd < 0)
		return fd;
	ret = give(fd, name, user);
	close(fd);
	return ret;
}

int guest_file_take(const char *folder, const char *uuid)
{
	g_autofree char *name = g_strdup_printf("%s.json", uuid);

	return remove_file(folder, name);
}

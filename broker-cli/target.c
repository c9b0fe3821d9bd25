/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "target.h"

#define MAX_LINKS 40

struct target {
	char *path; /* as the user gave it */
	int fd; /* of a descriptor, else -1 */
	gboolean regular;
};

static gboolean refuse(const char *path, const char *why, GError **error)
{
	g_autofree char *shown = text_clean(path, 300);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", shown, why);
	return FALSE;
}

/* The directory of a path, without links: NULL and errno. */
static char *real_directory(const char *path)
{
	g_autofree char *directory = g_path_get_dirname(path);

	return realpath(directory, NULL);
}

/* N of /proc/PID/fd/N and /proc/PID/task/TID/fd/N, where PID is this process; or -1. */
static int own_descriptor(const char *directory, const char *name)
{
	g_autofree char *process = g_strdup_printf("/proc/%d/", (int)getpid());
	char *end = NULL;
	long n;

	if (!g_str_has_prefix(directory, process) || !g_str_has_suffix(directory, "/fd"))
		return -1;
	errno = 0;
	n = g_ascii_isdigit(*name) ? strtol(name, &end, 10) : -1;
	return n >= 0 && n <= INT_MAX && !errno && !*end ? (int)n : -1;
}

/* The target of the link at path, relative to the link's folder. */
static char *read_link(const char *path, const char *directory)
{
	g_autofree char *to = g_file_read_link(path, NULL);

	if (!to || g_path_is_absolute(to))
		return g_steal_pointer(&to);
	return g_build_filename(directory, to, NULL);
}

/* The descriptor of ours that path leads to, by links or itself; or -1. */
static int find_descriptor(const char *path)
{
	g_autofree char *at = g_strdup(path);

	for (int i = 0; at && i < MAX_LINKS; i++) {
		char *directory = real_directory(at);
		g_autofree char *name = g_path_get_basename(at);
		int fd = directory ? own_descriptor(directory, name) : -1;
		char *next = directory && fd < 0 ? read_link(at, directory) : NULL;

		free(directory);
		if (fd >= 0)
			return fd;
		g_free(at);
		at = next;
	}
	return -1;
}

/* Kept apart from now on: a number that is free today may be a connection later. */
static gboolean take_descriptor(struct target *t, int fd, GError **error)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return refuse(t->path, "this descriptor is not open for writing", error);
	t->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return t->fd >= 0 || refuse(t->path, g_strerror(errno), error);
}

static gboolean check_special(const struct target *t, const struct stat *st, GError **error)
{
	if (S_ISDIR(st->st_mode))
		return refuse(t->path, g_strerror(EISDIR), error);
	if (S_ISBLK(st->st_mode))
		return refuse(t->path, "this is a disk", error);
	if (S_ISSOCK(st->st_mode))
		return refuse(t->path,
				"this is a socket; connect to it and give its descriptor, "
				"/dev/fd/N",
				error);
	return !access(t->path, W_OK) || refuse(t->path, g_strerror(errno), error);
}

/* A regular file is made anew: what counts is whether its directory takes one. */
static gboolean check_regular(const struct target *t, GError **error)
{
	if (g_str_has_suffix(t->path, "/"))
		return refuse(t->path, g_strerror(EISDIR), error);
	return file_can_write_private(t->path) || refuse(t->path, g_strerror(errno), error);
}

static gboolean look_at(struct target *t, GError **error)
{
	int fd = find_descriptor(t->path);
	struct stat st;

	if (!*t->path)
		return refuse("the output file", "its name is empty", error);
	if (fd >= 0)
		return take_descriptor(t, fd, error);
	if (!stat(t->path, &st) && !S_ISREG(st.st_mode))
		return check_special(t, &st, error);
	t->regular = TRUE;
	return check_regular(t, error);
}

struct target *target_open(const char *path, GError **error)
{
	struct target *t = g_new0(struct target, 1);

	t->path = g_strdup(path);
	t->fd = -1;
	if (look_at(t, error))
		return t;
	target_free(t);
	return NULL;
}

gboolean target_is_file(const struct target *t)
{
	return t->regular;
}

/* Neither made nor cut short: what stands there was looked at. */
static gboolean open_special(struct target *t, GError **error)
{
	struct stat st;

	t->fd = open(t->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (t->fd < 0)
		return refuse(t->path, g_strerror(errno), error);
	if (!fstat(t->fd, &st) && !S_ISREG(st.st_mode))
		return TRUE;
	return refuse(t->path, "another file stands there now", error);
}

gboolean target_write(struct target *t, const char *text, GError **error)
{
	if (t->regular)
		return file_write_private(t->path, text, strlen(text), error);
	if (t->fd < 0 && !open_special(t, error))
		return FALSE;
	if (!file_write_fd(t->fd, text, strlen(text)))
		return refuse(t->path, g_strerror(errno), error);
	/* Some file systems tell only now that there was no room. */
	if (!close(t->fd)) {
		t->fd = -1;
		return TRUE;
	}
	t->fd = -1;
	return refuse(t->path, g_strerror(errno), error);
}

void target_free(struct target *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	g_free(t->path);
	g_free(t);
}

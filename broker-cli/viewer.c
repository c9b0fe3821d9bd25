/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "log.h"
#include "text.h"
#include "viewer.h"
#include "vv.h"

static gboolean fill(int fd, const char *text)
{
	gsize n = strlen(text);

	while (n) {
		ssize_t written = write(fd, text, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return FALSE;
		text += written;
		n -= (gsize)written;
	}
	return !fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

static int memory_file(const struct address *address, GError **error)
{
	/* Not close-on-exec: it is for the viewer. */
	int fd = memfd_create("osvdi-connection", MFD_ALLOW_SEALING);
	char *text = vv_format(address, FALSE);
	gboolean ok = fd >= 0 && !fchmod(fd, 0600) && fill(fd, text);

	secret_free(text);
	if (ok)
		return fd;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "the connection file could not be made in memory: %s", g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static char *find_viewer(const char *viewer, const struct address *address, GError **error)
{
	char *path = g_find_program_in_path(viewer ? viewer : "osvdi-viewer");

	if (!path && !viewer)
		path = g_find_program_in_path("remote-viewer");
	if (!path)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "the viewer %s is not installed", viewer ? viewer : "(osvdi-viewer or remote-viewer)");
	if (path && address->ws_url && g_str_has_suffix(path, "/remote-viewer")) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "remote-viewer cannot use a WebSocket, the only way to this desktop: install osvdi-viewer");
		g_clear_pointer(&path, g_free);
	}
	return path;
}

static void export_settings(const struct settings *s, gboolean with_secrets)
{
	for (int i = 0; i < SET_COUNT; i++) {
		g_autofree char *upper = g_ascii_strup(settings_key(i), -1);
		g_autofree char *name = g_strconcat("OS_", upper, NULL);

		if (settings_is_secret(i)) {
			if (!with_secrets)
				g_unsetenv(name);
		} else if (settings_get(s, i)) {
			g_setenv(name, settings_get(s, i), TRUE);
		}
	}
}

gboolean viewer_run(const char *viewer, char **options, const struct address *address, const struct settings *settings, GError **error)
{
	g_autofree char *path = find_viewer(viewer, address, error);
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	g_autofree char *file = NULL;
	int fd = path ? memory_file(address, error) : -1;

	if (fd < 0)
		return FALSE;
	file = g_strdup_printf("/dev/fd/%d", fd);
	g_ptr_array_add(args, path);
	for (; options && *options; options++)
		g_ptr_array_add(args, *options);
	g_ptr_array_add(args, file);
	g_ptr_array_add(args, NULL);
	/* Only our own viewer logs in again, so only it keeps what it was given. */
	export_settings(settings, g_str_has_suffix(path, "/osvdi-viewer"));
	log_info("starting %s", path);
	execv(path, (char **)args->pdata);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
	close(fd);
	return FALSE;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "terminal.h"
#include "viewer.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

static int memory_file(const char *text, GError **error)
{
	/* Not close-on-exec: it is for the viewer. */
	int fd = memfd_create("osvdi-connection", MFD_ALLOW_SEALING);
	gboolean ok = fd >= 0 && !fchmod(fd, 0600) && file_write_fd(fd, text, strlen(text)) &&
			!fcntl(fd, F_ADD_SEALS, SEALS);

	if (ok)
		return fd;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
			"the connection file could not be made in memory: %s", g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static gboolean is_called(const char *path, const char *name)
{
	g_autofree char *last = g_path_get_basename(path);

	return !strcmp(last, name);
}

const char *viewer_no_websocket(const char *path)
{
	return is_called(path, "remote-viewer") ?
			"remote-viewer cannot use a WebSocket: install osvdi-viewer" :
			NULL;
}

static gboolean check_needs(const char *path, const struct viewer_needs *needs, GError **error)
{
	const char *wrong = NULL;

	if (needs->vnc && is_called(path, "osvdi-viewer"))
		wrong = "osvdi-viewer shows no VNC: choose another with --viewer";
	else if (needs->websocket)
		wrong = viewer_no_websocket(path);
	if (wrong)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", wrong);
	return !wrong;
}

/* The first of those that are installed and able. */
static char *find_default(const struct viewer_needs *needs, GError **error)
{
	static const char *const names[] = { "osvdi-viewer", "remote-viewer" };
	g_autoptr(GError) e = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_find_program_in_path(names[i]);

		if (!path)
			continue;
		g_clear_error(&e);
		if (check_needs(path, needs, &e))
			return g_steal_pointer(&path);
	}
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
				"no viewer is installed: osvdi-viewer%s",
				needs->websocket ? "" : " or remote-viewer");
	return NULL;
}

static void set_not_found(const char *viewer, GError **error)
{
	gboolean exists = strchr(viewer, '/') && !access(viewer, F_OK);
	g_autofree char *shown = text_clean(viewer, 200);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
			exists ? "the viewer %s is no program that this user may start" :
				 "the viewer %s is not installed",
			shown);
}

char *viewer_find(const char *viewer, const struct viewer_needs *needs, GError **error)
{
	g_autofree char *path = NULL;

	if (!viewer)
		return find_default(needs, error);
	path = g_find_program_in_path(viewer);
	if (!path)
		set_not_found(viewer, error);
	return path && check_needs(path, needs, error) ? g_steal_pointer(&path) : NULL;
}

void viewer_export(const char *path, const struct osvdi_broker *library, const char *cloud)
{
	/* Only our own viewer logs in again, so only it keeps what it was given. */
	gboolean with_secrets = is_called(path, "osvdi-viewer");

	for (int i = 0; i < SET_COUNT; i++) {
		g_autofree char *upper = g_ascii_strup(settings_key(i), -1);
		g_autofree char *name = g_strconcat("OS_", upper, NULL);
		const char *value = i == SET_CLOUD ?
				cloud :
				osvdi_broker_setting(library, settings_key(i));

		if (value)
			g_setenv(name, value, TRUE);
		else if (settings_is_secret(i) && !with_secrets)
			g_unsetenv(name);
	}
}

gboolean viewer_run(const char *path, char **options, const char *file, GError **error)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	g_autofree char *name = NULL;
	int fd = memory_file(file, error);

	if (fd < 0)
		return FALSE;
	name = g_strdup_printf("/dev/fd/%d", fd);
	g_ptr_array_add(args, (gpointer)path);
	for (; options && *options; options++)
		g_ptr_array_add(args, *options);
	g_ptr_array_add(args, name);
	g_ptr_array_add(args, NULL);
	terminal_info("starting %s", path);
	execv(path, (char **)args->pdata);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
	close(fd);
	return FALSE;
}

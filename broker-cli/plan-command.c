/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan-command.h"

#include "base/error.h"

gboolean plan_command_usage(GError **error, const char *message)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", message);
	return FALSE;
}

char *plan_command_read(const char *path, gsize max_bytes, gsize *length, GError **error)
{
	g_autoptr(GError) e = NULL;
	char *data = NULL;

	if (!g_file_get_contents(path, &data, length, &e)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", e->message);
		return NULL;
	}
	if (*length <= max_bytes)
		return data;
	g_free(data);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s is too large", path);
	return NULL;
}

struct plan *plan_command_load(const char *path, GError **error)
{
	g_autofree char *name = g_path_get_basename(path);
	gsize length;
	g_autofree char *data = plan_command_read(path, PLAN_MAX_BYTES, &length, error);

	return data ? plan_load(name, data, length, error) : NULL;
}

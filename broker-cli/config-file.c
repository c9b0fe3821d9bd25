/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "config-file.h"

/* FALSE and no error: there is no such file. */
static gboolean read_file(struct config_file *out, const char *path, GError **error)
{
	g_autoptr(GError) e = NULL;

	if (g_file_get_contents(path, &out->text, &out->length, &e)) {
		out->path = g_strdup(path);
		return TRUE;
	}
	if (!g_error_matches(e, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
			!g_error_matches(e, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", e->message);
	return FALSE;
}

static gboolean read_named(struct config_file *out, const char *path, GError **error)
{
	g_autoptr(GError) e = NULL;

	if (read_file(out, path, &e))
		return TRUE;
	if (!e)
		g_set_error(&e, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: there is no such file",
				path);
	g_propagate_error(error, g_steal_pointer(&e));
	return FALSE;
}

gboolean config_file_read(struct config_file *out, const char *path, GError **error)
{
	const char *named = path ? path : g_getenv("OSVDI_BROKER_CONFIG");
	g_autofree char *own =
			g_build_filename(g_get_user_config_dir(), "osvdi", "broker.yaml", NULL);
	const char *const places[] = { own, "/etc/osvdi/broker.yaml" };
	g_autoptr(GError) e = NULL;

	if (named && *named)
		return read_named(out, named, error);
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
		if (read_file(out, places[i], &e) || e)
			break;
	if (!e)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&e));
	return FALSE;
}

void config_file_clear(struct config_file *file)
{
	g_clear_pointer(&file->path, g_free);
	g_clear_pointer(&file->text, g_free);
}

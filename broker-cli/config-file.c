/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "config-file.h"
#include "terminal.h"

static gboolean take(struct config *c, struct yaml *file, const char *path, GError **error)
{
	for (guint i = 0; i < file->remarks->len; i++)
		terminal_warning("%s: %s", path, (const char *)file->remarks->pdata[i]);
	return config_take(c, file, path, error);
}

gboolean config_load(struct config *c, const char *path, GError **error)
{
	const char *named = path ? path : g_getenv("OSVDI_BROKER_CONFIG");
	g_autofree char *own =
			g_build_filename(g_get_user_config_dir(), "osvdi", "broker.yaml", NULL);
	const char *places[] = { own, "/etc/osvdi/broker.yaml" };
	gboolean explicit_path = named && *named;

	config_init(c, g_get_home_dir());
	if (explicit_path)
		places[0] = named;
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		gboolean missing = FALSE;
		struct yaml *file;

		if (i && explicit_path) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
					"%s: there is no such file", named);
			return FALSE;
		}
		file = yaml_load_file(places[i], &missing, error);
		if (file)
			return take(c, file, places[i], error);
		if (!missing)
			return FALSE;
	}
	return TRUE;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flavors.h"

#include <fnmatch.h>
#include <string.h>

#define GROUP "flavor "

static bool apply_group(struct settings *settings, GKeyFile *file, const char *group,
		GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, error);

	for (unsigned i = 0; keys && keys[i]; i++) {
		g_autoptr(GError) problem = NULL;
		g_autofree char *value = g_key_file_get_string(file, group, keys[i], &problem);

		/* GLib may give a value in spite of a bad escape. */
		if (problem || !settings_set(settings, keys[i], value, &problem)) {
			g_propagate_error(error, g_steal_pointer(&problem));
			g_prefix_error(error, "[%s]: ", group);
			return false;
		}
	}
	return keys != NULL;
}

bool flavors_apply(struct settings *settings, const char *path, const char *flavor, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_auto(GStrv) groups = NULL;
	g_autoptr(GError) failure = NULL;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &failure)) {
		if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return true;
		g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s: ", path);
		return false;
	}
	groups = g_key_file_get_groups(file, NULL);
	for (unsigned i = 0; groups[i]; i++) {
		if (!g_str_has_prefix(groups[i], GROUP) ||
				fnmatch(groups[i] + strlen(GROUP), flavor, 0))
			continue;
		if (apply_group(settings, file, groups[i], error))
			return true;
		g_prefix_error(error, "%s: ", path);
		return false;
	}
	return true;
}

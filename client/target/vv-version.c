/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/vv-version.h"
#include "target/vv-file.h"
#include "target/vv-values.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

static int compare_parts(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, ".", -1), y = g_strsplit(b, ".", -1);
	guint i, x_len = g_strv_length(x), y_len = g_strv_length(y);

	for (i = 0; i < MAX(x_len, y_len); i++) {
		guint64 m = 0, n = 0;

		if ((i < x_len &&
				    !g_ascii_string_to_unsigned(
						    x[i], 10, 0, G_MAXUINT32, &m, NULL)) ||
				(i < y_len &&
						!g_ascii_string_to_unsigned(y[i], 10, 0,
								G_MAXUINT32, &n, NULL)))
			return 0;
		if (m != n)
			return m < n ? -1 : 1;
	}
	return 0;
}

int vv_compare_versions(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, "-", 2), y = g_strsplit(b, "-", 2);
	int result = compare_parts(x[0] ? x[0] : "", y[0] ? y[0] : "");

	if (result == 0 && x[0] && x[1] && y[0] && y[1])
		result = compare_parts(x[1], y[1]);
	return result;
}

static gboolean too_old(GKeyFile *file, const char *needed, GError **error)
{
	g_autofree char *url = NULL;

	if (!needed || vv_compare_versions(needed, VV_COMPATIBLE_VERSION) <= 0)
		return FALSE;
	url = g_key_file_get_string(file, VV_GROUP, "newer-version-url", NULL);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
			_("The connection file needs a newer viewer (files for version %s are "
					"understood).%s%s"),
			VV_COMPATIBLE_VERSION, url ? " " : "", url ? url : "");
	return TRUE;
}

gboolean vv_check_versions(GKeyFile *file, const char *osid, GError **error)
{
	g_autofree char *version = g_key_file_get_string(file, VV_GROUP, "version", NULL);
	g_auto(GStrv) list = g_key_file_get_string_list(file, VV_GROUP, "versions", NULL, NULL);
	guint i;

	if (too_old(file, version, error))
		return FALSE;
	for (i = 0; osid && list && list[i]; i++) {
		char *colon = strchr(list[i], ':');

		if (!colon || strncmp(list[i], osid, (size_t)(colon - list[i])) != 0 ||
				strlen(osid) != (size_t)(colon - list[i]))
			continue;
		if (too_old(file, colon + 1, error))
			return FALSE;
	}
	return TRUE;
}

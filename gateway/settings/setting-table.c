/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "setting-table.h"

#include <gio/gio.h>
#include <string.h>

gboolean setting_fail(GError **error, const char *name, const char *problem)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", name, problem);
	return FALSE;
}

static gboolean read_number(const char *value, gint64 least, gint64 *out)
{
	return g_ascii_isdigit(*value) &&
			g_ascii_string_to_signed(value, 10, least, G_MAXINT32, out, NULL);
}

static gboolean read_own(
		const struct setting *setting, void *field, const char *value, GError **error)
{
	if (setting->read(field, value, error))
		return TRUE;
	g_prefix_error(error, "%s: ", setting->name);
	return FALSE;
}

static gboolean read_value(
		const struct setting *setting, void *field, const char *value, GError **error)
{
	const char *name = setting->name;
	gint64 number;

	switch (setting->kind) {
	case SETTING_TEXT:
		*(char **)field = g_strdup(value);
		return *value || setting_fail(error, name, "empty");
	case SETTING_LIST:
		*(char ***)field = g_strsplit_set(value, ";, ", -1);
		return TRUE;
	case SETTING_FLAG:
		*(gboolean *)field = strcmp(value, "true") == 0;
		return *(gboolean *)field || strcmp(value, "false") == 0 ||
				setting_fail(error, name, "neither true nor false");
	case SETTING_COUNT:
		if (!read_number(value, 1, &number))
			return setting_fail(error, name, "no number from 1");
		*(guint *)field = (guint)number;
		return TRUE;
	case SETTING_SECONDS:
		return read_number(value, 1, field) ||
				setting_fail(error, name, "no number of seconds from 1");
	case SETTING_SECONDS_FROM_0:
		return read_number(value, 0, field) ||
				setting_fail(error, name, "no number of seconds");
	case SETTING_OWN:
		return read_own(setting, field, value, error);
	}
	return FALSE;
}

/* A value that cannot be read must not count as one that is not there. Owner: caller. */
static gboolean get_string(GKeyFile *file, const char *group, const char *name, char **value,
		GError **error)
{
	g_autoptr(GError) problem = NULL;

	*value = NULL;
	if (!g_key_file_has_key(file, group, name, NULL))
		return TRUE;
	*value = g_key_file_get_string(file, group, name, &problem);
	if (!problem)
		return TRUE;
	/* GLib may give a value in spite of a bad escape. */
	g_clear_pointer(value, g_free);
	return setting_fail(error, name, "not UTF-8, or a backslash that stands for nothing");
}

static gboolean read_setting(
		const struct setting *setting, GKeyFile *file, char *fields, GError **error)
{
	g_autofree char *value = NULL;

	if (!get_string(file, setting->group, setting->name, &value, error))
		return FALSE;
	if (!value)
		value = g_strdup(setting->standard);
	return !value || read_value(setting, fields + setting->offset, g_strstrip(value), error);
}

static gboolean is_known(const struct setting_table *table, const char *group, const char *name)
{
	const struct setting *row = table->rows;

	for (guint i = 0; i < table->count; i++, row++)
		if (strcmp(row->group, group) == 0 && strcmp(row->name, name) == 0)
			return TRUE;
	return g_strcmp0(group, table->free_group) == 0;
}

/* A word that nobody knows may be a limit that does not hold. */
static gboolean check_names(const struct setting_table *table, GKeyFile *file, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	for (guint i = 0; groups[i]; i++) {
		g_auto(GStrv) names = g_key_file_get_keys(file, groups[i], NULL, NULL);

		for (guint j = 0; names && names[j]; j++)
			if (!is_known(table, groups[i], names[j]))
				return setting_fail(error, names[j], "not known in this group");
	}
	return TRUE;
}

gboolean setting_table_read(
		const struct setting_table *table, GKeyFile *file, void *fields, GError **error)
{
	if (!check_names(table, file, error))
		return FALSE;
	for (guint i = 0; i < table->count; i++)
		if (!read_setting(&table->rows[i], file, fields, error))
			return FALSE;
	return TRUE;
}

void setting_table_clear(const struct setting_table *table, void *fields)
{
	for (guint i = 0; i < table->count; i++) {
		void *field = (char *)fields + table->rows[i].offset;

		if (table->rows[i].kind == SETTING_TEXT)
			g_clear_pointer((char **)field, g_free);
		else if (table->rows[i].kind == SETTING_LIST)
			g_clear_pointer((char ***)field, g_strfreev);
	}
}

GHashTable *setting_group(GKeyFile *file, const char *group, GError **error)
{
	g_autoptr(GHashTable) values =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) names = g_key_file_get_keys(file, group, NULL, NULL);

	for (guint i = 0; names && names[i]; i++) {
		char *value;

		if (!get_string(file, group, names[i], &value, error))
			return NULL;
		g_hash_table_insert(values, g_strdup(names[i]), value);
	}
	return g_steal_pointer(&values);
}

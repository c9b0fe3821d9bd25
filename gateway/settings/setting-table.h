/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_SETTING_TABLE_H
#define OSVDI_GATEWAY_SETTING_TABLE_H

#include <glib.h>

/* A program's settings as a table: the names in a file, and the fields of a structure. */

enum setting_kind {
	SETTING_TEXT, /* char * */
	SETTING_LIST, /* char **, parted by spaces, commas or semicolons */
	SETTING_FLAG, /* gboolean */
	SETTING_COUNT, /* guint, from 1 */
	SETTING_SECONDS, /* gint64, from 1 */
	SETTING_SECONDS_FROM_0, /* gint64 */
	SETTING_OWN, /* read() knows */
};

struct setting {
	const char *group, *name;
	enum setting_kind kind;
	gsize offset; /* of the field */
	const char *standard; /* NULL: the field stays empty where the file has no value */
	gboolean (*read)(void *field, const char *value, GError **error); /* SETTING_OWN */
};

struct setting_table {
	const struct setting *rows;
	guint count;
	const char *free_group; /* the administrator names the settings of this group */
};

/** Fill in the fields. Names that the table does not have are an error. */
gboolean setting_table_read(const struct setting_table *table, GKeyFile *file, void *fields,
		GError **error);

/** Free texts and lists. */
void setting_table_clear(const struct setting_table *table, void *fields);

/** The values of a group by their names, all of which are allowed. NULL and error. */
GHashTable *setting_group(GKeyFile *file, const char *group, GError **error);

/** Set an error about one setting. Returns FALSE. */
gboolean setting_fail(GError **error, const char *name, const char *problem);

#endif

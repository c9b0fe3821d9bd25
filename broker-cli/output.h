/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_OUTPUT_H
#define OSVDI_BROKER_OUTPUT_H

#include <glib.h>
#include <json-glib/json-glib.h>

enum output_format { OUTPUT_TABLE,
	OUTPUT_JSON,
	OUTPUT_CSV,
	OUTPUT_VALUE };

/** FALSE and BROKER_ERROR_USAGE when name is none; NULL means a table. */
gboolean output_parse_format(const char *name, enum output_format *format, GError **error);

struct output_column {
	const char *key; /* in JSON objects, and for --column */
	const char *title;
};

/**
 * Print rows, an array of objects, on standard output.
 *
 * columns:  ended by one without a key; JSON shows all members anyhow.
 * selected: keys to show in this order ("id,name"), or NULL for all columns.
 * Errors:   BROKER_ERROR_USAGE for an unknown column, BROKER_ERROR_FAILED when
 *           it cannot be written.
 */
gboolean output_rows(JsonNode *rows, const struct output_column *columns, const char *selected,
		enum output_format format, GError **error);

/** Print one object, a line for each member (JSON: the object). */
gboolean output_object(JsonNode *object, enum output_format format, GError **error);

/** The text of output_rows(), for tests. */
char *output_format_rows(JsonNode *rows, const struct output_column *columns, const char *selected,
		enum output_format format, GError **error);

/** Refuse columns that are none, before anything is asked of a service. */
gboolean output_check_columns(const struct output_column *columns, const char *selected,
		GError **error);

/**
 * Whether standard output can be written to at all: a program's caller may have
 * closed it. BROKER_ERROR_FAILED, before anything is done in vain.
 */
gboolean output_check(GError **error);

/**
 * Print text as it is, UTF-8 in every locale, and see that it got out. All that
 * goes to standard output goes through here.
 */
gboolean output_text(const char *text, GError **error);

/** The same with a format and a line's end. */
gboolean output_line(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif

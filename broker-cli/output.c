/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "output.h"

gboolean output_parse_format(const char *name, enum output_format *format, GError **error)
{
	static const char *const names[] = { "table", "json", "csv", "value" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (!name || !strcmp(name, names[i])) {
			*format = (enum output_format)i;
			return TRUE;
		}
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "--format: table, json, csv or value");
	return FALSE;
}

static int char_width(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

static int text_width(const char *text)
{
	int n = 0;

	for (; *text; text = g_utf8_next_char(text))
		n += char_width(g_utf8_get_char(text));
	return n;
}

/* One cell as text for people. */
static char *cell(JsonObject *row, const char *key, const char *none)
{
	const char *text = js_str(row, key);
	JsonNode *n = row ? json_object_get_member(row, key) : NULL;

	if (text)
		return text_clean(text, 500);
	if (!n || JSON_NODE_HOLDS_NULL(n))
		return g_strdup(none);
	if (JSON_NODE_HOLDS_VALUE(n) && json_node_get_value_type(n) == G_TYPE_BOOLEAN)
		return g_strdup(json_node_get_boolean(n) ? "True" : "False");
	if (JSON_NODE_HOLDS_VALUE(n))
		return g_strdup_printf("%" G_GINT64_FORMAT, js_int(row, key, 0));
	return js_dump_shown(n, FALSE);
}

static const struct output_column *find_column(const struct output_column *columns, const char *key)
{
	for (; columns->key; columns++)
		if (!g_ascii_strcasecmp(columns->key, key) ||
				!g_ascii_strcasecmp(columns->title, key))
			return columns;
	return NULL;
}

static void set_no_column(const struct output_column *columns, const char *key, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);
	g_autofree char *shown = text_clean(key, 60);

	for (; columns->key; columns++)
		g_string_append_printf(known, "%s%s", known->len ? ", " : "", columns->key);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"--column: there is no \"%s\"; known: %s", shown, known->str);
}

static GPtrArray *choose_columns(const struct output_column *columns, const char *selected,
		GError **error)
{
	g_autoptr(GPtrArray) out = g_ptr_array_new();
	g_auto(GStrv) keys = selected ? g_strsplit(selected, ",", 0) : NULL;

	for (const struct output_column *c = columns; !keys && c->key; c++)
		g_ptr_array_add(out, (gpointer)c);
	for (char **k = keys; k && *k; k++) {
		const struct output_column *c = find_column(columns, g_strstrip(*k));

		if (!c) {
			set_no_column(columns, *k, error);
			return NULL;
		}
		g_ptr_array_add(out, (gpointer)c);
	}
	return g_steal_pointer(&out);
}

static void add_rule(GString *out, const int *widths, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_string_append_c(out, '+');
		for (int j = 0; j < widths[i] + 2; j++)
			g_string_append_c(out, '-');
	}
	g_string_append(out, "+\n");
}

static void add_cell(GString *out, const char *text, int width)
{
	g_string_append_printf(out, "| %s", text);
	for (int j = text_width(text); j <= width; j++)
		g_string_append_c(out, ' ');
}

static void add_table(GString *out, JsonArray *rows, GPtrArray *columns)
{
	g_autofree int *widths = g_new0(int, columns->len);

	for (guint i = 0; i < columns->len; i++) {
		const struct output_column *c = columns->pdata[i];

		widths[i] = text_width(c->title);
		for (guint r = 0; r < js_len(rows); r++) {
			g_autofree char *text = cell(js_elem_obj(rows, r), c->key, "");

			widths[i] = MAX(widths[i], text_width(text));
		}
	}
	add_rule(out, widths, columns->len);
	for (guint i = 0; i < columns->len; i++)
		add_cell(out, ((const struct output_column *)columns->pdata[i])->title, widths[i]);
	g_string_append(out, "|\n");
	add_rule(out, widths, columns->len);
	for (guint r = 0; r < js_len(rows); r++) {
		for (guint i = 0; i < columns->len; i++) {
			const struct output_column *c = columns->pdata[i];
			g_autofree char *text = cell(js_elem_obj(rows, r), c->key, "");

			add_cell(out, text, widths[i]);
		}
		g_string_append(out, "|\n");
	}
	if (js_len(rows))
		add_rule(out, widths, columns->len);
}

/* RFC 4180, quoted like OpenStack's own client does. */
static void add_csv_field(GString *out, const char *text, gboolean first)
{
	g_string_append(out, first ? "\"" : ",\"");
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

static void add_csv(GString *out, JsonArray *rows, GPtrArray *columns)
{
	for (guint i = 0; i < columns->len; i++)
		add_csv_field(out, ((const struct output_column *)columns->pdata[i])->title, !i);
	g_string_append(out, "\n");
	for (guint r = 0; r < js_len(rows); r++) {
		for (guint i = 0; i < columns->len; i++) {
			const struct output_column *c = columns->pdata[i];
			g_autofree char *text = cell(js_elem_obj(rows, r), c->key, "");

			add_csv_field(out, text, !i);
		}
		g_string_append(out, "\n");
	}
}

static void add_values(GString *out, JsonArray *rows, GPtrArray *columns)
{
	for (guint r = 0; r < js_len(rows); r++) {
		for (guint i = 0; i < columns->len; i++) {
			const struct output_column *c = columns->pdata[i];
			g_autofree char *text = cell(js_elem_obj(rows, r), c->key, "None");

			g_string_append_printf(out, "%s%s", i ? " " : "", text);
		}
		g_string_append_c(out, '\n');
	}
}

char *output_format_rows(JsonNode *rows, const struct output_column *columns, const char *selected,
		enum output_format format, GError **error)
{
	g_autoptr(GPtrArray) chosen = choose_columns(columns, selected, error);
	JsonArray *array = json_node_get_array(rows);
	GString *out;

	if (!chosen)
		return NULL;
	out = g_string_new(NULL);
	switch (format) {
	case OUTPUT_TABLE: add_table(out, array, chosen); break;
	case OUTPUT_CSV: add_csv(out, array, chosen); break;
	case OUTPUT_VALUE: add_values(out, array, chosen); break;
	case OUTPUT_JSON: {
		g_autofree char *text = js_dump_shown(rows, TRUE);

		g_string_append_printf(out, "%s\n", text);
		break;
	}
	}
	return g_string_free(out, FALSE);
}

static gboolean fail_output(const char *why, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "standard output: %s", why);
	return FALSE;
}

gboolean output_check(GError **error)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
		return TRUE;
	return fail_output("it is closed, or open for reading only", error);
}

gboolean output_text(const char *text, GError **error)
{
	if (!output_check(error))
		return FALSE;
	if (fputs(text, stdout) >= 0 && !fflush(stdout))
		return TRUE;
	return fail_output(g_strerror(errno), error);
}

gboolean output_line(GError **error, const char *format, ...)
{
	g_autofree char *line = NULL;
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	line = g_strdup_vprintf(format, args);
	va_end(args);
	text = g_strconcat(line, "\n", NULL);
	return output_text(text, error);
}

gboolean output_check_columns(const struct output_column *columns, const char *selected,
		GError **error)
{
	g_autoptr(GPtrArray) chosen = choose_columns(columns, selected, error);

	return chosen != NULL;
}

gboolean output_rows(JsonNode *rows, const struct output_column *columns, const char *selected,
		enum output_format format, GError **error)
{
	g_autofree char *text = output_format_rows(rows, columns, selected, format, error);

	return text && output_text(text, error);
}

static const struct output_column field_columns[] = { { "field", "Field" }, { "value", "Value" },
	{ NULL, NULL } };

static void add_field(JsonBuilder *b, const char *name, const char *value)
{
	js_begin_obj(b, NULL);
	js_add_str(b, "field", name);
	js_add_str(b, "value", value);
	json_builder_end_object(b);
}

/* "key=value ..." of what is known. */
static char *join_members(JsonObject *o)
{
	GString *out = g_string_new(NULL);

	for (GList *names = json_object_get_members(o); names;
			names = g_list_delete_link(names, names)) {
		g_autofree char *text = cell(o, names->data, "");

		if (*text)
			g_string_append_printf(out, "%s%s=%s", out->len ? " " : "",
					(const char *)names->data, text);
	}
	return g_string_free(out, FALSE);
}

/* A list is a field for each of its elements. */
static void add_list_fields(JsonBuilder *b, const char *name, JsonArray *list)
{
	for (guint i = 0; i < js_len(list); i++) {
		JsonObject *o = js_elem_obj(list, i);
		g_autofree char *text = o ? join_members(o) : text_clean(js_elem_str(list, i), 500);

		add_field(b, name, text);
	}
}

static JsonNode *as_fields(JsonObject *o)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_arr(b, NULL);
	for (GList *names = json_object_get_members(o); names;
			names = g_list_delete_link(names, names)) {
		JsonArray *list = js_arr(o, names->data);

		if (list) {
			add_list_fields(b, names->data, list);
		} else {
			g_autofree char *text = cell(o, names->data, "");

			add_field(b, names->data, text);
		}
	}
	json_builder_end_array(b);
	return js_finish(b);
}

gboolean output_object(JsonNode *object, enum output_format format, GError **error)
{
	g_autoptr(JsonNode) fields = NULL;
	g_autofree char *text = NULL;

	if (format == OUTPUT_JSON) {
		g_autofree char *body = js_dump_shown(object, TRUE);

		text = g_strconcat(body, "\n", NULL);
		return output_text(text, error);
	}
	fields = as_fields(json_node_get_object(object));
	return output_rows(fields, field_columns, NULL, format, error);
}

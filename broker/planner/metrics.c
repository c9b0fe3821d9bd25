/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "planner/metrics.h"

#include <string.h>

/* Letters, digits and what else a name may have; the first is no digit. */
static char *take_name(const char **at)
{
	const char *begin = *at;

	if (g_ascii_isdigit(**at))
		return NULL;
	while (g_ascii_isalnum(**at) || **at == '_' || **at == ':')
		(*at)++;
	return *at > begin ? g_strndup(begin, (gsize)(*at - begin)) : NULL;
}

static void skip_blanks(const char **at)
{
	while (**at == ' ' || **at == '\t')
		(*at)++;
}

static gboolean take_char(const char **at, char c)
{
	skip_blanks(at);
	if (**at != c)
		return FALSE;
	(*at)++;
	skip_blanks(at);
	return TRUE;
}

/* From after the first quote to after the last. */
static char *take_value(const char **at)
{
	g_autoptr(GString) value = g_string_new(NULL);

	for (; **at && **at != '"'; (*at)++) {
		if (**at != '\\') {
			g_string_append_c(value, **at);
			continue;
		}
		(*at)++;
		if (!**at || !strchr("\\\"n", **at))
			return NULL;
		g_string_append_c(value, **at == 'n' ? '\n' : **at);
	}
	return take_char(at, '"') ? g_strdup(value->str) : NULL;
}

static gboolean take_label(const char **at, GHashTable *labels)
{
	g_autofree char *name = take_name(at);
	char *value;

	if (!name || !take_char(at, '=') || **at != '"')
		return FALSE;
	(*at)++;
	value = take_value(at);
	if (!value)
		return FALSE;
	g_hash_table_insert(labels, g_steal_pointer(&name), value);
	return TRUE;
}

static gboolean take_labels(const char **at, GHashTable *labels)
{
	if (!take_char(at, '{'))
		return TRUE;
	while (**at != '}')
		if (!take_label(at, labels) || (!take_char(at, ',') && **at != '}'))
			return FALSE;
	return take_char(at, '}');
}

static gboolean take_numbers(const char **at, struct metric *m)
{
	char *end;

	skip_blanks(at);
	m->value = g_ascii_strtod(*at, &end);
	if (end == *at)
		return FALSE;
	*at = end;
	if (**at && **at != ' ' && **at != '\t')
		return FALSE;
	skip_blanks(at);
	if (**at) {
		m->time_ms = g_ascii_strtoll(*at, &end, 10);
		*at = end;
	}
	skip_blanks(at);
	return !**at;
}

static void parse_line(const char *line, metrics_func function, void *data)
{
	g_autoptr(GHashTable) labels =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	const char *at = line;
	g_autofree char *name = NULL;
	struct metric m = { .labels = labels };

	skip_blanks(&at);
	name = take_name(&at);
	m.name = name;
	if (name && take_labels(&at, labels) && take_numbers(&at, &m))
		function(&m, data);
}

void metrics_parse(const char *text, gsize length, metrics_func function, void *data)
{
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		gsize n = (gsize)((newline ? newline : end) - text);
		g_autofree char *line = g_strndup(text, n);

		if (*line != '#')
			parse_line(g_strchomp(line), function, data);
		text += n + 1;
	}
}

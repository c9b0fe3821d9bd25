/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/qemu-conf.h"

#include <stdbool.h>
#include <string.h>

#define BLANKS " \t"
#define SPACES " \t\r\n"
#define LINE_ENDS "\r\n"

static void skip_line(const char **at)
{
	*at += strcspn(*at, LINE_ENDS);
}

/* Up to the next thing that is neither a blank, a line's end nor a comment */
static void skip_space(const char **at)
{
	*at += strspn(*at, SPACES);
	while (**at == '#') {
		skip_line(at);
		*at += strspn(*at, SPACES);
	}
}

/* The text between quotes of one or three characters. NULL: without an end. */
static char *take_quoted(const char **at)
{
	bool three = g_str_has_prefix(*at, "\"\"\"");
	char quote[] = { **at, 0 };
	const char *from = *at + (three ? 3 : 1);
	const char *end = strstr(from, three ? "\"\"\"" : quote);

	if (!end || (!three && from + strcspn(from, LINE_ENDS) < end))
		return NULL;
	*at = end + (three ? 3 : 1);
	return g_strndup(from, (gsize)(end - from));
}

/* A text or a number. NULL: neither. */
static char *take_one(const char **at)
{
	const char *from = *at;
	gsize sign = strspn(from, "+-") == 1, digits = strspn(from + sign, "0123456789");

	if (*from == '"' || *from == '\'')
		return take_quoted(at);
	if (!digits)
		return NULL;
	*at += sign + digits;
	return g_strndup(from, sign + digits);
}

/* Behind the [ of a list. False: no list. */
static bool take_list(const char **at, GPtrArray *values)
{
	for (skip_space(at); **at != ']'; skip_space(at)) {
		char *value = take_one(at);

		if (!value)
			return false;
		g_ptr_array_add(values, value);
		skip_space(at);
		if (**at == ',')
			(*at)++;
		else if (**at != ']')
			return false;
	}
	(*at)++;
	return true;
}

static char **take_value(const char **at, bool *list)
{
	GPtrArray *values = g_ptr_array_new_with_free_func(g_free);
	char *one;
	bool ok;

	*list = **at == '[';
	if (*list) {
		(*at)++;
		ok = take_list(at, values);
	} else {
		one = take_one(at);
		ok = one != NULL;
		if (one)
			g_ptr_array_add(values, one);
	}
	g_ptr_array_add(values, NULL);
	if (ok)
		return (char **)g_ptr_array_free(values, FALSE);
	g_ptr_array_unref(values);
	return NULL;
}

/* "KEY =" at the start of a statement; false: something else */
static bool take_name(const char **at, char **name)
{
	const char *from = *at;

	while (g_ascii_isalnum(**at) || **at == '_')
		(*at)++;
	*name = g_strndup(from, (gsize)(*at - from));
	*at += strspn(*at, BLANKS);
	if (!**name || **at != '=')
		return false;
	*at += 1 + strspn(*at + 1, BLANKS);
	return true;
}

static char **find(const char *text, const char *key, bool *list)
{
	const char *at = text;

	for (skip_space(&at); *at; skip_space(&at)) {
		g_autofree char *name = NULL;
		char **values = take_name(&at, &name) ? take_value(&at, list) : NULL;

		if (values && !strcmp(name, key))
			return values;
		/* A line that libvirt would not read is no reason to miss the others. */
		if (!values)
			skip_line(&at);
		g_strfreev(values);
		at += *at == ';';
	}
	return NULL;
}

char **qemu_conf_values(const char *text, const char *key)
{
	bool list;

	return find(text, key, &list);
}

char *qemu_conf_value(const char *text, const char *key)
{
	bool list;
	g_auto(GStrv) values = find(text, key, &list);

	return values && !list ? g_strdup(values[0]) : NULL;
}

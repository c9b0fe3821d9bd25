/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/limit-note.h"

#include <string.h>

#define MOST 10000

void limit_free(struct limit *limit)
{
	if (!limit)
		return;
	g_free(limit->pool);
	g_free(limit->flavor);
	g_free(limit->group);
	g_free(limit);
}

static void add(GString *note, const char *key, const char *value)
{
	g_autofree char *escaped = value ? g_uri_escape_string(value, NULL, FALSE) : NULL;

	if (value)
		g_string_append_printf(note, "&%s=%s", key, escaped);
}

char *limit_note(const struct limit *limit)
{
	GString *note = g_string_new(NULL);

	g_string_printf(note, "most=%d", limit->most);
	if (limit->together)
		add(note, "of", "all");
	add(note, "pool", limit->pool);
	add(note, "flavor", limit->flavor);
	add(note, "group", limit->group);
	return g_string_free(note, FALSE);
}

static gboolean take_text(char **text, const char *value)
{
	if (*text)
		return FALSE;
	*text = g_uri_unescape_string(value, NULL);
	return *text && **text;
}

static gboolean take(struct limit *limit, const char *key, const char *value)
{
	guint64 n;

	if (!strcmp(key, "most") && g_ascii_string_to_unsigned(value, 10, 1, MOST, &n, NULL)) {
		limit->most = (int)n;
		return TRUE;
	}
	if (!strcmp(key, "of") && !strcmp(value, "all"))
		return limit->together = TRUE;
	return (!strcmp(key, "pool") && take_text(&limit->pool, value)) ||
			(!strcmp(key, "flavor") && take_text(&limit->flavor, value)) ||
			(!strcmp(key, "group") && take_text(&limit->group, value));
}

struct limit *limit_parse(const char *note)
{
	g_auto(GStrv) parts = g_strsplit(note, "&", -1);
	struct limit *limit = g_new0(struct limit, 1);
	gboolean ok = TRUE;

	for (char **part = parts; ok && *part; part++) {
		char *equals = strchr(*part, '=');

		if (equals)
			*equals = '\0';
		ok = equals && take(limit, *part, equals + 1);
	}
	if (ok && limit->most && !limit->pool != !limit->flavor &&
			(!limit->together || limit->group))
		return limit;
	limit_free(limit);
	return NULL;
}

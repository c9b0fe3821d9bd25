/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/text.h"

gboolean text_char_is_shown(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_UNASSIGNED: return FALSE;
	default: return TRUE;
	}
}

char *text_clean(const char *text, gsize max_chars)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autoptr(GString) out = g_string_new(NULL);
	gsize n = 0;

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (n++ == max_chars) {
			g_string_append(out, "...");
			break;
		}
		if (c == '\n' || c == '\t' || c == '\r')
			g_string_append_c(out, ' ');
		else if (!text_char_is_shown(c))
			g_string_append_c(out, '?');
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean text_is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (!text || strlen(text) != sizeof(form) - 1)
		return FALSE;
	for (gsize i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '-' ? text[i] != '-' : !g_ascii_isxdigit(text[i]))
			return FALSE;
	return TRUE;
}

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}

gint64 text_parse_time(const char *iso8601)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) t = iso8601 ? g_date_time_new_from_iso8601(iso8601, utc) : NULL;

	return t ? g_date_time_to_unix(t) : 0;
}

gint64 text_parse_moment(const char *text)
{
	g_autofree char *iso = text ? g_strdup(text) : NULL;
	char *space = iso ? strchr(iso, ' ') : NULL;

	if (space)
		*space = 'T';
	if (iso && strlen(iso) == strlen("2026-11-22T07:27")) {
		g_autofree char *whole = g_strconcat(iso, ":00", NULL);

		return text_parse_time(whole);
	}
	return text_parse_time(iso);
}

char *text_format_time(gint64 unix_s)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(unix_s);

	return t ? g_date_time_format(t, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
}

gboolean text_parse_bool(const char *s, gboolean *value)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1",
		"f", "t", "n", "y" };

	for (gsize i = 0; s && i < G_N_ELEMENTS(words); i++)
		if (!g_ascii_strcasecmp(s, words[i])) {
			*value = i % 2;
			return TRUE;
		}
	return FALSE;
}

gboolean text_is_true(const char *s)
{
	gboolean value = FALSE;

	return text_parse_bool(s, &value) && value;
}

gint64 text_parse_duration(const char *text)
{
	const gint64 limit = G_GINT64_CONSTANT(10) * 366 * 24 * 3600;
	gint64 n, unit;
	char *end = NULL;

	if (!text || !g_ascii_isdigit(*text))
		return -1;
	n = g_ascii_strtoll(text, &end, 10);
	switch (*end) {
	case '\0':
	case 's': unit = 1; break;
	case 'm': unit = 60; break;
	case 'h': unit = 3600; break;
	case 'd': unit = 24 * 3600; break;
	default: return -1;
	}
	if ((*end && end[1]) || n > limit / unit)
		return -1;
	return n * unit;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/rest-tags.h"
#include "base/text.h"

char *rest_tag(gint64 at)
{
	g_autofree char *time = text_format_time(at);

	return g_strconcat(REST_TAG, time, NULL);
}

char *rest_mark(const char *prefix, gint64 now, guint32 nonce)
{
	return g_strdup_printf("%s%" G_GINT64_FORMAT "-%08x", prefix, now, nonce);
}

gint64 rest_tag_time(const char *tag)
{
	return g_str_has_prefix(tag, REST_TAG) ? text_parse_time(tag + strlen(REST_TAG)) : 0;
}

gint64 rest_tags_time(char **tags)
{
	gint64 latest = 0;

	for (; tags && *tags; tags++)
		latest = MAX(latest, rest_tag_time(*tags));
	return latest;
}

gboolean rest_is_mark(const char *tag, const char *prefix)
{
	return g_str_has_prefix(tag, prefix);
}

gboolean rest_mark_is_old(const char *tag, const char *prefix, gint64 now)
{
	gint64 age = now - g_ascii_strtoll(tag + strlen(prefix), NULL, 10);

	/* A mark of the future comes from a clock that is wrong. */
	return age > REST_MARK_S || age < -REST_MARK_S;
}

gboolean rest_tags_have_mark(char **tags, const char *prefix, gint64 now)
{
	for (; tags && *tags; tags++)
		if (rest_is_mark(*tags, prefix) && !rest_mark_is_old(*tags, prefix, now))
			return TRUE;
	return FALSE;
}

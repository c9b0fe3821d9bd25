/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sessions-internal.h"

#include <string.h>

static const char *const kinds[] = { "session", "desktop", "user" };

static gint64 *find(const struct sessions *sessions, enum revoke_kind kind, const char *name)
{
	g_autofree char *key = g_strconcat(kinds[kind], " ", name, NULL);

	return g_hash_table_lookup(sessions->revoked, key);
}

gboolean sessions_is_revoked(const struct sessions *sessions, const char *session,
		const char *desktop, const char *user, gint64 issued)
{
	const gint64 *of_desktop = find(sessions, REVOKE_DESKTOP, desktop),
			*of_user = find(sessions, REVOKE_USER, user);

	return find(sessions, REVOKE_SESSION, session) || (of_desktop && issued <= *of_desktop) ||
			(of_user && issued <= *of_user);
}

void sessions_note_revoked(struct sessions *sessions, enum revoke_kind kind, const char *name,
		gint64 at)
{
	gint64 *time = g_new(gint64, 1);

	*time = at;
	g_hash_table_insert(sessions->revoked, g_strconcat(kinds[kind], " ", name, NULL), time);
}

/* No ticket lives longer. */
void sessions_forget_revoked(struct sessions *sessions, gint64 now)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, sessions->revoked);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (now - *(gint64 *)value > sessions->rules.max_life_s +
				2 * sessions->rules.skew_s)
			g_hash_table_iter_remove(&iter);
}

gboolean revoke_kind_parse(const char *text, enum revoke_kind *kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(text, kinds[i]) == 0) {
			*kind = (enum revoke_kind)i;
			return TRUE;
		}
	return FALSE;
}

char *sessions_format_revoked(const struct sessions *sessions)
{
	GString *out = g_string_new(NULL);
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, sessions->revoked);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const char *blank = strchr(key, ' ');

		g_string_append_printf(out, "%.*s %" G_GINT64_FORMAT " %s\n",
				(int)(blank - (char *)key), (char *)key,
				*(gint64 *)value, blank + 1);
	}
	return g_string_free(out, FALSE);
}

gboolean sessions_parse_revoked(struct sessions *sessions, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);
		enum revoke_kind kind;
		gint64 at;

		if (!*lines[i])
			continue;
		if (g_strv_length(words) != 3 || !revoke_kind_parse(words[0], &kind) ||
				!*words[2] ||
				!g_ascii_string_to_signed(words[1], 10, 0,
						G_MAXINT32 * G_GINT64_CONSTANT(256), &at, NULL))
			return FALSE;
		sessions_note_revoked(sessions, kind, words[2], at);
	}
	return TRUE;
}

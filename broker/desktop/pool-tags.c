/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "desktop/pool-tags.h"

#define PREFIX "osvdi-user:"

static gboolean is_owner_text(const char *text, gsize n)
{
	if (!n || n > CLAIM_OWNER_MAX)
		return FALSE;
	for (gsize i = 0; i < n; i++)
		if (!g_ascii_isalnum(text[i]) && (!text[i] || !strchr("-._@", text[i])))
			return FALSE;
	return TRUE;
}

char *pool_owner(const char *user_id)
{
	g_autofree char *digest = NULL;

	if (is_owner_text(user_id, strlen(user_id)))
		return g_strdup(user_id);
	digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, user_id, -1);
	return g_strndup(digest, CLAIM_OWNER_MAX);
}

char *pool_tags_bid(const char *owner, guint32 nonce)
{
	return g_strdup_printf(PREFIX "%s:%08x", owner, nonce);
}

char *pool_tags_hold(const char *owner)
{
	return g_strconcat(PREFIX, owner, NULL);
}

char *pool_tag_owner(const char *tag)
{
	const char *owner, *colon;
	gsize n;

	if (!g_str_has_prefix(tag, PREFIX))
		return NULL;
	owner = tag + strlen(PREFIX);
	colon = strchr(owner, ':');
	n = colon ? (gsize)(colon - owner) : strlen(owner);
	return is_owner_text(owner, n) ? g_strndup(owner, n) : NULL;
}

gboolean pool_tag_is_hold(const char *tag)
{
	g_autofree char *owner = pool_tag_owner(tag);

	return owner && !strchr(tag + strlen(PREFIX), ':');
}

gboolean pool_tags_is_free(char **tags)
{
	return !pool_tags_has_other(tags, "");
}

gboolean pool_tags_has_other(char **tags, const char *owner)
{
	for (; *tags; tags++) {
		g_autofree char *who = pool_tag_owner(*tags);

		if (who && strcmp(who, owner))
			return TRUE;
	}
	return FALSE;
}

gboolean pool_tags_has_other_hold(char **tags, const char *owner)
{
	for (; *tags; tags++) {
		g_autofree char *who = pool_tag_owner(*tags);

		if (who && strcmp(who, owner) && pool_tag_is_hold(*tags))
			return TRUE;
	}
	return FALSE;
}

gboolean pool_tags_is_held(char **tags)
{
	return pool_tags_has_other_hold(tags, "");
}

char *pool_tags_holder(char **tags)
{
	for (char **t = tags; *t; t++)
		if (pool_tag_is_hold(*t)) {
			g_autofree char *who = pool_tag_owner(*t);

			return pool_tags_has_other_hold(tags, who) ? NULL : g_steal_pointer(&who);
		}
	return NULL;
}

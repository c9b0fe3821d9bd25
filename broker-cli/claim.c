/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "claim.h"

#define PREFIX "osvdi:"

static gboolean fits(const char *id)
{
	if (!*id || strlen(id) > CLAIM_OWNER_MAX)
		return FALSE;
	for (; *id; id++)
		if (!g_ascii_isalnum(*id) && !strchr("-._@", *id))
			return FALSE;
	return TRUE;
}

char *claim_owner(const char *user_id)
{
	g_autofree char *digest = NULL;

	if (fits(user_id))
		return g_strdup(user_id);
	digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, user_id, -1);
	return g_strndup(digest, CLAIM_OWNER_MAX);
}

char *claim_tag(const char *user_id, guint32 nonce)
{
	g_autofree char *owner = claim_owner(user_id);

	return g_strdup_printf(PREFIX "%s:%08x", owner, nonce);
}

char *claim_tag_owner(const char *tag)
{
	gsize n = strlen(tag);
	const char *colon;

	if (!g_str_has_prefix(tag, PREFIX) || n < strlen(PREFIX) + 2 + CLAIM_NONCE_LENGTH)
		return NULL;
	colon = tag + n - CLAIM_NONCE_LENGTH - 1;
	if (*colon != ':')
		return NULL;
	for (const char *p = colon + 1; *p; p++)
		if (!g_ascii_isxdigit(*p))
			return NULL;
	return g_strndup(tag + strlen(PREFIX), (gsize)(colon - tag) - strlen(PREFIX));
}

const char *claim_find(char **tags, const char *user_id)
{
	g_autofree char *owner = claim_owner(user_id);

	for (; *tags; tags++) {
		g_autofree char *who = claim_tag_owner(*tags);

		if (!g_strcmp0(who, owner))
			return *tags;
	}
	return NULL;
}

guint claim_count(char **tags)
{
	guint n = 0;

	for (; *tags; tags++) {
		g_autofree char *who = claim_tag_owner(*tags);

		n += who != NULL;
	}
	return n;
}

char *claim_holder(char **tags)
{
	g_autofree char *holder = NULL;

	for (; *tags; tags++) {
		g_autofree char *who = claim_tag_owner(*tags);

		if (!who)
			continue;
		if (holder && strcmp(holder, who))
			return NULL;
		if (!holder)
			holder = g_steal_pointer(&who);
	}
	return g_steal_pointer(&holder);
}

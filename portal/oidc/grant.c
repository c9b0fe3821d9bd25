/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grant.h"

#include "core/wipe.h"
#include "document.h"
#include "fault.h"

#include <string.h>

void grant_free(struct grant *grant)
{
	if (!grant)
		return;
	wipe_free(grant->access_token);
	wipe_free(grant->id_token);
	g_free(grant);
}

/* A token becomes part of a header. */
static gboolean is_token(const char *text)
{
	gsize n = 0;

	for (; text && text[n]; n++)
		if (!g_ascii_isgraph(text[n]))
			return FALSE;
	return n > 0 && n <= GRANT_TOKEN_MAX_BYTES;
}

/* "invalid_grant" and the like: a word, not a text that somebody may have chosen. */
static gboolean is_word(const char *text)
{
	gsize n = text ? strspn(text, "abcdefghijklmnopqrstuvwxyz_") : 0;

	return n > 0 && n <= 40 && !text[n];
}

static struct grant *refuse(long status, JsonObject *o, GError **error)
{
	const char *word = js_str(o, "error");

	oidc_fail(error, status == 400 || status == 401 ? OIDC_FAULT_REFUSED : OIDC_FAULT_SERVICE,
			"token endpoint: %ld %s instead of tokens", status,
			is_word(word) ? word : "without a reason");
	return NULL;
}

static struct grant *take(JsonObject *o, GError **error)
{
	const char *kind = js_str(o, "token_type");
	const char *access = js_str(o, "access_token"), *id = js_str(o, "id_token");
	struct grant *grant;

	if (!kind || g_ascii_strcasecmp(kind, "Bearer") != 0 || !is_token(access) ||
			!is_token(id)) {
		oidc_fail(error, OIDC_FAULT_SERVICE,
				"token endpoint: no access token of the type Bearer and ID token");
		return NULL;
	}
	grant = g_new0(struct grant, 1);
	grant->access_token = g_strdup(access);
	grant->id_token = g_strdup(id);
	return grant;
}

struct grant *grant_parse(long status, const char *text, gsize size, GError **error)
{
	g_autoptr(JsonNode) root = document_load(text, size, "token endpoint", NULL);

	return status == 200 && root ? take(js_root_object(root), error) :
				       refuse(status, js_root_object(root), error);
}

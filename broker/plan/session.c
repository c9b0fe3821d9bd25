/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/session.h"

/* As in desktop/pool-tags.c, whose rules for owners do not matter here: a tag that is
 * no proper claim is taken for one of a user. */
#define CLAIM "osvdi-user:"

void seen_free(struct seen *seen)
{
	if (!seen)
		return;
	g_free(seen->id);
	g_free(seen->class_id);
	g_free(seen->pool);
	g_free(seen->idle_id);
	g_free(seen->fault);
	g_strfreev(seen->tags);
	g_free(seen);
}

static gboolean is_plans(const char *tag)
{
	const char *owner = tag + strlen(CLAIM);

	return g_str_has_prefix(owner, PLAN_OWNER) &&
			(!owner[strlen(PLAN_OWNER)] || owner[strlen(PLAN_OWNER)] == ':');
}

static gboolean has_claim(const struct seen *seen, gboolean of_plan)
{
	for (char **tag = seen->tags; tag && *tag; tag++)
		if (g_str_has_prefix(*tag, CLAIM) && is_plans(*tag) == of_plan)
			return TRUE;
	return FALSE;
}

gboolean seen_is_claimed(const struct seen *seen)
{
	return has_claim(seen, FALSE);
}

gboolean seen_is_retiring(const struct seen *seen)
{
	return has_claim(seen, TRUE);
}

gboolean seen_is_ready(const struct seen *seen)
{
	return seen->tags && g_strv_contains((const char *const *)seen->tags, TAG_READY);
}

gboolean seen_is_of(const struct seen *seen, const struct session *session)
{
	return seen->class_id && !strcmp(seen->class_id, session->class_id) &&
			seen->session == session->window.start;
}

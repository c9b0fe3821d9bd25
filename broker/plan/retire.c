/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/run.h"

/*
 * The plan bids for a desktop as a user does (desktop/pool.h), but it never takes the
 * bid back from a desktop that it deletes. So one look is enough: a user whose look
 * came before the plan's bid has a claim by then, which the plan's look shows; a user
 * who looks later sees the plan's bid and looks elsewhere.
 */
#define BID "osvdi-user:" PLAN_OWNER ":%08x"

/* Is our bid there, and no claim of a user? */
static gboolean has_won(const struct plan_ops *ops, void *data, const char *id, const char *bid,
		gboolean *won, GError **error)
{
	g_auto(GStrv) tags = ops->tags(data, id, error);
	const struct seen seen = { .tags = tags };

	*won = tags && g_strv_contains((const char *const *)tags, bid) && !seen_is_claimed(&seen);
	return tags != NULL;
}

gboolean retire(const struct plan_ops *ops, void *data, const char *id, gboolean *deleted,
		GError **error)
{
	g_autofree char *bid = g_strdup_printf(BID, ops->nonce(data));
	gboolean done;

	if (!ops->tag(data, id, bid, TRUE, &done, error) ||
			!has_won(ops, data, id, bid, deleted, error))
		return FALSE;
	if (*deleted)
		return ops->remove(data, id, error);
	return ops->tag(data, id, bid, FALSE, &done, error);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/lock.h"

gint64 lock_time(const char *key)
{
	return g_str_has_prefix(key, LOCK_PREFIX)
			? g_ascii_strtoll(key + strlen(LOCK_PREFIX), NULL, 10)
			: 0;
}

#define LOOKS 3

/* The result of one look at the locks. */
struct look {
	gboolean mine; /* is there */
	gboolean held; /* by another run, for all that is known */
	gboolean first; /* of those held mine comes first */
	GPtrArray *stale;
};

static void judge(struct look *look, const char *key, const char *other, gint64 now)
{
	gint64 age = now - lock_time(other);

	if (!strcmp(other, key)) {
		look->mine = TRUE;
	} else if (lock_time(other) && age < LOCK_STALE_S && age > -LOCK_STALE_S) {
		look->held = TRUE;
		look->first &= strcmp(key, other) < 0;
	} else if (lock_time(other)) {
		g_ptr_array_add(look->stale, g_strdup(other));
	}
}

static gboolean look_at(const struct plan_ops *ops, void *data, const char *key,
		struct look *look, GError **error)
{
	g_autoptr(GPtrArray) keys = ops->list_keys(data, error);

	look->mine = look->held = FALSE;
	look->first = TRUE;
	g_ptr_array_set_size(look->stale, 0);
	for (guint i = 0; keys && i < keys->len; i++)
		judge(look, key, keys->pdata[i], ops->now(data));
	return keys != NULL;
}

static gboolean remove_stale(const struct plan_ops *ops, void *data, const GPtrArray *stale,
		GError **error)
{
	for (guint i = 0; i < stale->len; i++)
		if (!ops->remove_key(data, stale->pdata[i], error))
			return FALSE;
	return TRUE;
}

/* When runs meet, the one whose key pair comes first looks again, for the others to go
 * away, so that not all give up each time. */
static gboolean is_alone(const struct plan_ops *ops, void *data, const char *key, GError **error)
{
	g_autoptr(GPtrArray) stale = g_ptr_array_new_with_free_func(g_free);
	struct look look = { .stale = stale };

	for (int i = 0; i < LOOKS; i++) {
		if (i)
			ops->pause(data);
		if (!look_at(ops, data, key, &look, error))
			return FALSE;
		if (look.mine && !look.held)
			return remove_stale(ops, data, stale, error);
		if (!look.mine || !look.first)
			return FALSE;
	}
	return FALSE;
}

char *lock_take(const struct plan_ops *ops, void *data, GError **error)
{
	g_autofree char *key = g_strdup_printf(LOCK_PREFIX "%" G_GINT64_FORMAT "-%08x",
			ops->now(data), ops->nonce(data));
	g_autoptr(GError) e = NULL;

	if (ops->add_key(data, key, &e) && is_alone(ops, data, key, &e))
		return g_steal_pointer(&key);
	/* After a failure too: the key pair may be there all the same. */
	if (e) {
		g_propagate_error(error, g_steal_pointer(&e));
		lock_release(ops, data, key, NULL);
	} else {
		lock_release(ops, data, key, error);
	}
	return NULL;
}

gboolean lock_release(const struct plan_ops *ops, void *data, const char *key, GError **error)
{
	return ops->remove_key(data, key, error);
}

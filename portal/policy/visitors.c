/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visitors.h"

#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

struct visitor {
	gpointer data;
	gint64 seen_us, ends_us;
	struct visitors *of;
};

struct visitors {
	struct visitors_rules rules;
	GDestroyNotify free_data;
	GHashTable *table; /* digest in hexadecimal: struct visitor */
};

static void visitor_free(gpointer p)
{
	struct visitor *visitor = p;

	visitor->of->free_data(visitor->data);
	g_free(visitor);
}

struct visitors *visitors_new(const struct visitors_rules *rules, GDestroyNotify free_data)
{
	struct visitors *visitors = g_new0(struct visitors, 1);

	visitors->rules = *rules;
	visitors->free_data = free_data;
	visitors->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, visitor_free);
	return visitors;
}

void visitors_free(struct visitors *visitors)
{
	if (!visitors)
		return;
	g_hash_table_unref(visitors->table);
	g_free(visitors);
}

/* The time that a search takes says nothing of the cookies that are there. */
static char *digest_of(const char *cookie)
{
	guint8 digest[crypto_generichash_BYTES];
	char text[2 * sizeof(digest) + 1];

	crypto_generichash(digest, sizeof(digest), (const guint8 *)cookie, strlen(cookie), NULL, 0);
	return g_strdup(sodium_bin2hex(text, sizeof(text), digest, sizeof(digest)));
}

char *visitors_add(struct visitors *visitors, gpointer data, gint64 now_us, gint64 ends_us)
{
	struct visitor *visitor;
	char *cookie;

	visitors_sweep(visitors, now_us);
	if (g_hash_table_size(visitors->table) >= visitors->rules.max)
		return NULL;
	cookie = wipe_random();
	visitor = g_new0(struct visitor, 1);
	visitor->of = visitors;
	visitor->data = data;
	visitor->seen_us = now_us;
	visitor->ends_us = MIN(ends_us, now_us + visitors->rules.life_us);
	g_hash_table_insert(visitors->table, digest_of(cookie), visitor);
	return cookie;
}

static gboolean is_gone(const struct visitor *visitor, gint64 now_us)
{
	return now_us >= visitor->ends_us ||
			now_us - visitor->seen_us >= visitor->of->rules.idle_us;
}

gpointer visitors_find(struct visitors *visitors, const char *cookie, gint64 now_us)
{
	g_autofree char *digest = wipe_random_is(cookie) ? digest_of(cookie) : NULL;
	struct visitor *visitor = digest ? g_hash_table_lookup(visitors->table, digest) : NULL;

	if (!visitor || is_gone(visitor, now_us))
		return NULL;
	visitor->seen_us = now_us;
	return visitor->data;
}

static void keep_data(gpointer data)
{
}

gpointer visitors_steal(struct visitors *visitors, const char *cookie)
{
	g_autofree char *digest = digest_of(cookie);
	struct visitor *visitor = g_hash_table_lookup(visitors->table, digest);
	GDestroyNotify usual = visitors->free_data;
	gpointer data = visitor ? visitor->data : NULL;

	visitors->free_data = keep_data;
	g_hash_table_remove(visitors->table, digest);
	visitors->free_data = usual;
	return data;
}

void visitors_remove(struct visitors *visitors, const char *cookie)
{
	g_autofree char *digest = cookie ? digest_of(cookie) : NULL;

	if (digest)
		g_hash_table_remove(visitors->table, digest);
}

static gboolean remove_gone(gpointer key, gpointer value, gpointer now_us)
{
	return is_gone(value, *(gint64 *)now_us);
}

void visitors_sweep(struct visitors *visitors, gint64 now_us)
{
	g_hash_table_foreach_remove(visitors->table, remove_gone, &now_us);
}

guint visitors_count(const struct visitors *visitors)
{
	return g_hash_table_size(visitors->table);
}

void visitors_each(struct visitors *visitors, GFunc call, gpointer user_data)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, visitors->table);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		call(((struct visitor *)value)->data, user_data);
}

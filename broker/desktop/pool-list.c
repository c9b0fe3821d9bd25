/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "desktop/admission.h"
#include "desktop/pool-tags.h"
#include "desktop/pool.h"

static void summary_free(void *data)
{
	struct pool_summary *p = data;

	g_free(p->name);
	g_free(p);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const struct pool_summary *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static struct pool_summary *summary_of(GPtrArray *pools, const char *name)
{
	struct pool_summary *p;

	for (guint i = 0; i < pools->len; i++)
		if (!strcmp(((struct pool_summary *)pools->pdata[i])->name, name))
			return pools->pdata[i];
	p = g_new0(struct pool_summary, 1);
	p->name = g_strdup(name);
	g_ptr_array_add(pools, p);
	return p;
}

static void count(GPtrArray *pools, const struct server *s, const char *owner, gint64 now)
{
	struct pool_summary *p = summary_of(pools, s->pool);
	g_autofree char *holder = pool_tags_holder(s->tags);

	p->total++;
	if (pool_tags_is_free(s->tags) && pool_preference(s) >= 0 && admission_is_open(s, now))
		p->free++;
	if (owner && !g_strcmp0(holder, owner))
		p->held = TRUE;
}

GPtrArray *pool_list(struct cloud *cloud, const char *owner, GError **error)
{
	const struct nova_list all = { 0 };
	g_autoptr(GPtrArray) servers = nova_list_servers(cloud, &all, error);
	GPtrArray *pools;

	if (!servers)
		return NULL;
	pools = g_ptr_array_new_with_free_func(summary_free);
	for (guint i = 0; i < servers->len; i++)
		if (((struct server *)servers->pdata[i])->pool)
			count(pools, servers->pdata[i], owner,
					clock_unix_s(cloud_clock(cloud)));
	g_ptr_array_sort(pools, by_name);
	return pools;
}

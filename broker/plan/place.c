/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/place.h"

struct search {
	const struct capacity *capacity;
	const struct host *host;
	const struct need *need;
	gboolean backwards;
	gint64 *free;
	int provider[NEED_MAX_ITEMS]; /* of each item so far */
};

static gboolean has_trait(const struct search *s, int provider, int trait)
{
	const GArray *traits = g_array_index(s->capacity->providers, struct provider, provider)
					       .traits;

	for (guint i = 0; i < traits->len; i++)
		if (g_array_index(traits, int, i) == trait)
			return TRUE;
	return FALSE;
}

static const struct need_item *item_of(const struct search *s, guint i)
{
	return &g_array_index(s->need->items, struct need_item, i);
}

/* Whether the traits let a provider serve a group. What group 0 requires, any of its
 * providers may have: see has_all_traits(). */
static gboolean traits_allow(const struct search *s, int provider, int group)
{
	for (guint i = 0; i < s->need->traits->len; i++) {
		const struct need_trait *t = &g_array_index(s->need->traits, struct need_trait, i);

		if (t->group != group || (!group && !t->forbidden))
			continue;
		if (has_trait(s, provider, t->trait) == t->forbidden)
			return FALSE;
	}
	return TRUE;
}

/* Whether the items before allow it: a group has one provider, and maybe for itself. */
static gboolean groups_allow(const struct search *s, guint item, int provider)
{
	int group = item_of(s, item)->group;

	for (guint i = 0; group && i < item; i++) {
		int other = item_of(s, i)->group;

		if (other == group && s->provider[i] != provider)
			return FALSE;
		if (s->need->isolate && other && other != group && s->provider[i] == provider)
			return FALSE;
	}
	return TRUE;
}

static gboolean has_all_traits(const struct search *s)
{
	for (guint i = 0; i < s->need->traits->len; i++) {
		const struct need_trait *t = &g_array_index(s->need->traits, struct need_trait, i);
		gboolean found = t->group || t->forbidden;

		for (guint j = 0; !found && j < s->need->items->len; j++)
			found = !item_of(s, j)->group && has_trait(s, s->provider[j], t->trait);
		if (!found)
			return FALSE;
	}
	return TRUE;
}

static int stock_of(const struct search *s, int provider, const struct need_item *item)
{
	const struct provider *p = &g_array_index(s->capacity->providers, struct provider,
			provider);

	for (int i = p->first_stock; i < p->first_stock + p->n_stocks; i++) {
		const struct stock *stock = &g_array_index(s->capacity->stocks, struct stock, i);

		if (stock->class == item->class)
			return item->amount <= s->free[i] && item->amount >= stock->min_unit &&
							item->amount <= stock->max_unit &&
							!(item->amount % stock->step_size)
					? i
					: -1;
	}
	return -1;
}

static gboolean search_item(struct search *s, struct place *place, guint item)
{
	const struct need_item *wanted;

	if (item == s->need->items->len)
		return has_all_traits(s);
	wanted = item_of(s, item);
	for (int i = 0; i < s->host->n_providers; i++) {
		int provider = s->host->first_provider +
				(s->backwards ? s->host->n_providers - 1 - i : i);
		int stock = stock_of(s, provider, wanted);

		if (stock < 0 || !groups_allow(s, item, provider) ||
				!traits_allow(s, provider, wanted->group))
			continue;
		s->provider[item] = provider;
		place->stock[item] = stock;
		place->amount[item] = wanted->amount;
		s->free[stock] -= wanted->amount;
		if (search_item(s, place, item + 1)) {
			s->free[stock] += wanted->amount;
			return TRUE;
		}
		s->free[stock] += wanted->amount;
	}
	return FALSE;
}

gboolean place_find(const struct capacity *capacity, const struct host *host,
		const struct need *need, gboolean backwards, gint64 *free, struct place *place)
{
	struct search s = { .capacity = capacity, .host = host, .need = need,
		.backwards = backwards, .free = free };

	place->n = (int)need->items->len;
	return !host->disabled && search_item(&s, place, 0);
}

int place_times(const struct place *place, const gint64 *free, int wanted)
{
	for (int i = 0; i < place->n; i++) {
		gint64 sum = 0;

		for (int j = 0; j < place->n; j++)
			sum += place->stock[j] == place->stock[i] ? place->amount[j] : 0;
		wanted = (int)MIN(wanted, free[place->stock[i]] / sum);
	}
	return wanted;
}

void place_take(const struct place *place, gint64 *free, int times)
{
	for (int i = 0; i < place->n; i++)
		free[place->stock[i]] -= place->amount[i] * times;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan/fit.h"
#include "plan/place.h"

/* Places taken until a time. */
struct taken {
	gint64 until;
	struct place place;
	int times;
	int host;
};

/* Results about one need, kept for the next demand of it. */
struct known {
	int *order; /* hosts, those first that lose least by it */
	guint8 *full; /* of each host: no place there */
};

/* Demands in the order of their start; what is taken, in a heap by its end. */
struct sweep {
	const struct capacity *capacity;
	gboolean backwards; /* see place_find() */
	gint64 *free; /* of each stock */
	GArray *taken; /* struct taken, a heap: the first ends first */
	GArray *holdings; /* struct holding, by their end */
	guint next_holding;
	GHashTable *needs; /* need -> struct known */
};

static gboolean heap_less(const GArray *heap, guint a, guint b)
{
	return g_array_index(heap, struct taken, a).until <
			g_array_index(heap, struct taken, b).until;
}

static void heap_swap(GArray *heap, guint a, guint b)
{
	struct taken t = g_array_index(heap, struct taken, a);

	g_array_index(heap, struct taken, a) = g_array_index(heap, struct taken, b);
	g_array_index(heap, struct taken, b) = t;
}

static void heap_push(GArray *heap, const struct taken *t)
{
	guint i = heap->len;

	g_array_append_vals(heap, t, 1);
	for (; i && heap_less(heap, i, (i - 1) / 2); i = (i - 1) / 2)
		heap_swap(heap, i, (i - 1) / 2);
}

static void heap_pop(GArray *heap)
{
	guint i = 0;

	heap_swap(heap, 0, heap->len - 1);
	g_array_set_size(heap, heap->len - 1);
	for (;;) {
		guint least = i, child = 2 * i + 1;

		if (child < heap->len && heap_less(heap, child, least))
			least = child;
		if (child + 1 < heap->len && heap_less(heap, child + 1, least))
			least = child + 1;
		if (least == i)
			return;
		heap_swap(heap, i, least);
		i = least;
	}
}

static int by_until(gconstpointer a, gconstpointer b)
{
	const struct holding *x = a, *y = b;

	return (x->until > y->until) - (x->until < y->until);
}

static void known_free(gpointer data)
{
	struct known *known = data;

	g_free(known->order);
	g_free(known->full);
	g_free(known);
}

static void sweep_init(struct sweep *s, const struct capacity *capacity, const GArray *holdings)
{
	const GArray *stocks = capacity->stocks;

	s->capacity = capacity;
	s->free = g_new(gint64, MAX(stocks->len, 1));
	for (guint i = 0; i < stocks->len; i++) {
		const struct stock *stock = &g_array_index(stocks, struct stock, i);

		s->free[i] = stock->size - stock->used;
	}
	s->taken = g_array_new(FALSE, FALSE, sizeof(struct taken));
	s->holdings = g_array_new(FALSE, FALSE, sizeof(struct holding));
	if (holdings)
		g_array_append_vals(s->holdings, holdings->data, holdings->len);
	g_array_sort(s->holdings, by_until);
	s->next_holding = 0;
	s->needs = g_hash_table_new_full(NULL, NULL, NULL, known_free);
}

static void sweep_finish(struct sweep *s)
{
	g_free(s->free);
	g_array_unref(s->taken);
	g_array_unref(s->holdings);
	g_hash_table_unref(s->needs);
}

static gboolean uses_class(const struct need *need, int class)
{
	for (guint i = 0; i < need->items->len; i++)
		if (g_array_index(need->items, struct need_item, i).class == class)
			return TRUE;
	return FALSE;
}

/* How much of a host a need has no use for: a GPU is kept for those that want one. */
static int waste(const struct capacity *c, int host, const struct need *need)
{
	const struct host *h = &g_array_index(c->hosts, struct host, host);
	int n = 0;

	for (int p = h->first_provider; p < h->first_provider + h->n_providers; p++) {
		const struct provider *provider = &g_array_index(c->providers, struct provider, p);

		for (int i = 0; i < provider->n_stocks; i++)
			n += !uses_class(need, g_array_index(c->stocks, struct stock,
							       provider->first_stock + i)
							       .class);
	}
	return n;
}

struct ranked {
	int host, waste;
};

static int by_waste(gconstpointer a, gconstpointer b)
{
	const struct ranked *x = a, *y = b;

	return x->waste != y->waste ? x->waste - y->waste : x->host - y->host;
}

static struct known *known_of(struct sweep *s, const struct need *need)
{
	struct known *k = g_hash_table_lookup(s->needs, need);
	g_autofree struct ranked *ranked = NULL;
	int n = (int)s->capacity->hosts->len;

	if (k)
		return k;
	ranked = g_new(struct ranked, (gsize)n + 1);
	for (int i = 0; i < n; i++)
		ranked[i] = (struct ranked){ i, waste(s->capacity, i, need) };
	qsort(ranked, (gsize)n, sizeof(*ranked), by_waste);
	k = g_new0(struct known, 1);
	k->full = g_new0(guint8, (gsize)n + 1);
	k->order = g_new(int, (gsize)n + 1);
	for (int i = 0; i < n; i++)
		k->order[i] = ranked[i].host;
	g_hash_table_insert(s->needs, (gpointer)need, k);
	return k;
}

/* A host, or all (-1), may have room again. */
static void forget_full(struct sweep *s, int host)
{
	GHashTableIter iter;
	gpointer known;

	g_hash_table_iter_init(&iter, s->needs);
	while (g_hash_table_iter_next(&iter, NULL, &known)) {
		if (host >= 0)
			((struct known *)known)->full[host] = 0;
		else
			memset(((struct known *)known)->full, 0, s->capacity->hosts->len);
	}
}

static void give_back(struct sweep *s, gint64 now)
{
	gboolean any = FALSE;

	while (s->taken->len && g_array_index(s->taken, struct taken, 0).until <= now) {
		const struct taken *t = &g_array_index(s->taken, struct taken, 0);

		place_take(&t->place, s->free, -t->times);
		forget_full(s, t->host);
		heap_pop(s->taken);
	}
	for (; s->next_holding < s->holdings->len; s->next_holding++) {
		const struct holding *h = &g_array_index(s->holdings, struct holding,
				s->next_holding);

		if (h->until > now)
			break;
		s->free[h->stock] += h->amount;
		any = TRUE;
	}
	if (any)
		forget_full(s, -1);
}

/* Places on one host; returns how many. */
static int place_on_host(struct sweep *s, struct demand *d, int host, int wanted)
{
	const struct host *h = &g_array_index(s->capacity->hosts, struct host, host);
	struct taken t = { .until = d->window.end, .host = host };
	int placed = 0;

	while (placed < wanted && place_find(s->capacity, h, d->need, s->backwards, s->free,
					    &t.place)) {
		t.times = place_times(&t.place, s->free, wanted - placed);
		place_take(&t.place, s->free, t.times);
		heap_push(s->taken, &t);
		placed += t.times;
	}
	return placed;
}

static void place_demand(struct sweep *s, struct demand *d)
{
	struct known *known = known_of(s, d->need);
	guint hosts = s->capacity->hosts->len;

	give_back(s, d->window.start);
	d->missing = d->count;
	for (guint i = 0; d->missing && i < hosts; i++) {
		int host = known->order[i];

		if (known->full[host])
			continue;
		d->missing -= place_on_host(s, d, host, d->missing);
		known->full[host] = d->missing > 0;
	}
}

static int by_start(gconstpointer a, gconstpointer b)
{
	const struct demand *x = a, *y = b;

	if (x->window.start != y->window.start)
		return x->window.start < y->window.start ? -1 : 1;
	return (x->window.end < y->window.end) - (x->window.end > y->window.end);
}

static gint64 sweep_once(const struct capacity *capacity, const GArray *holdings,
		GArray *demands, gboolean backwards)
{
	struct sweep s = { .backwards = backwards };
	gint64 missing = 0;

	sweep_init(&s, capacity, holdings);
	for (guint i = 0; i < demands->len; i++) {
		struct demand *d = &g_array_index(demands, struct demand, i);

		place_demand(&s, d);
		missing += d->missing;
	}
	sweep_finish(&s);
	return missing;
}

static gint64 demand_size(const struct demand *d)
{
	gint64 size = 0;

	for (guint i = 0; i < d->need->items->len; i++)
		size += 1000 + g_array_index(d->need->items, struct need_item, i).amount;
	return size + 1000 * (gint64)d->need->traits->len;
}

/* By start; the most demanding of those that start together come first. */
static int by_start_and_size(gconstpointer a, gconstpointer b)
{
	const struct demand *x = a, *y = b;
	gint64 more = demand_size(y) - demand_size(x);

	if (x->window.start != y->window.start)
		return x->window.start < y->window.start ? -1 : 1;
	return (more > 0) - (more < 0);
}

/* Four ways to place them; the last one's result stays when none places all. */
static gint64 sweep_all(const struct capacity *capacity, const GArray *holdings, GArray *demands)
{
	gint64 missing = sweep_once(capacity, holdings, demands, FALSE);

	if (missing)
		missing = sweep_once(capacity, holdings, demands, TRUE);
	if (missing) {
		g_array_sort(demands, by_start_and_size);
		missing = sweep_once(capacity, holdings, demands, TRUE);
	}
	if (missing)
		missing = sweep_once(capacity, holdings, demands, FALSE);
	return missing;
}

gint64 fit_all(struct fit *fit)
{
	g_array_sort(fit->demands, by_start);
	return sweep_all(fit->capacity, fit->holdings, fit->demands);
}

/* Demands that overlap a window, or one that overlaps it, and so on: places of no other
 * depend on what is placed in the window. */
static GArray *neighbours(const GArray *demands, struct window w)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct demand));
	guint begin = 0, i;
	gint64 end = G_MININT64;

	for (i = 0; i < demands->len; i++) {
		const struct demand *d = &g_array_index(demands, struct demand, i);

		if (end <= d->window.start) {
			/* A gap. What lies before it matters if the window reaches there. */
			if (end <= w.start)
				begin = i;
			if (d->window.start >= w.end)
				break;
		}
		end = MAX(end, d->window.end);
	}
	if (begin < i && end > w.start)
		g_array_append_vals(found, &g_array_index(demands, struct demand, begin),
				i - begin);
	return found;
}

static struct window hull(const GArray *demands)
{
	struct window w = { G_MAXINT64, G_MININT64 };

	for (guint i = 0; i < demands->len; i++) {
		const struct demand *d = &g_array_index(demands, struct demand, i);

		w.start = MIN(w.start, d->window.start);
		w.end = MAX(w.end, d->window.end);
	}
	return w;
}

static gint64 missing_of_asked(const GArray *demands)
{
	gint64 missing = 0;

	for (guint i = 0; i < demands->len; i++) {
		const struct demand *d = &g_array_index(demands, struct demand, i);

		missing += d->asked ? d->missing : 0;
	}
	return missing;
}

/* One stretch of time: demands beside each other. What is missing of the new ones, or of
 * all of them together more than before, whichever is worse. */
static gint64 try_beside(const struct fit *fit, GArray *more)
{
	g_autoptr(GArray) there = neighbours(fit->demands, hull(more));
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct demand));
	gint64 missing, of_asked;

	g_array_append_vals(all, there->data, there->len);
	g_array_append_vals(all, more->data, more->len);
	g_array_sort(all, by_start);
	missing = sweep_all(fit->capacity, fit->holdings, all);
	of_asked = missing_of_asked(all);
	if (missing > of_asked)
		missing -= sweep_all(fit->capacity, fit->holdings, there);
	return MAX(missing, of_asked);
}

/* The demands from *i on that overlap each other's stretch of time. */
static GArray *next_stretch(const struct fit *fit, const GArray *more, guint *i)
{
	GArray *stretch = g_array_new(FALSE, FALSE, sizeof(struct demand));
	gint64 end = G_MININT64;

	while (*i < more->len) {
		const struct demand *d = &g_array_index(more, struct demand, *i);

		if (stretch->len && d->window.start >= end)
			break;
		g_array_append_vals(stretch, d, 1);
		{
			g_autoptr(GArray) near = neighbours(fit->demands, hull(stretch));

			end = MAX(end, MAX(hull(near).end, d->window.end));
		}
		(*i)++;
	}
	return stretch;
}

gint64 fit_more(const struct fit *fit, GArray *more)
{
	gint64 missing = 0;
	guint i = 0;

	for (guint j = 0; j < more->len; j++)
		g_array_index(more, struct demand, j).asked = TRUE;
	g_array_sort(more, by_start);
	while (i < more->len) {
		guint first = i;
		g_autoptr(GArray) stretch = next_stretch(fit, more, &i);
		gint64 here = try_beside(fit, stretch);

		for (guint j = first; j < i; j++)
			g_array_index(more, struct demand, j).missing =
					(int)MIN(here, g_array_index(more, struct demand, j).count);
		missing += here;
	}
	return missing;
}

gint64 fit_seats(const struct capacity *capacity, const struct need *need)
{
	struct sweep s;
	struct demand d = { .window = { 0, 1 }, .need = need, .count = G_MAXINT };

	sweep_init(&s, capacity, NULL);
	for (guint i = 0; i < capacity->stocks->len; i++)
		s.free[i] = g_array_index(capacity->stocks, struct stock, i).size;
	place_demand(&s, &d);
	sweep_finish(&s);
	return d.count - d.missing;
}

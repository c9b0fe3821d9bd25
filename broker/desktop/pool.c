/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compute/power.h"
#include "desktop/admission.h"
#include "desktop/limits.h"
#include "desktop/pool-tags.h"
#include "desktop/pool.h"
#include "hooks/caller.h"

#define ROUNDS 12
#define PAUSE_US (100 * 1000)

struct attempt {
	struct cloud *cloud;
	const char *owner;
	gint64 deadline_us;
	gboolean contended; /* a desktop was not taken, but may become free */
	struct admitted who;
	char *refusal; /* why a free desktop is not for this user; or NULL */
};

enum outcome { WON,
	LOST,
	FAILED };

static gboolean put_tag(struct attempt *a, const char *id, const char *tag, long *status,
		GError **error)
{
	g_autoptr(auto_api_reply) reply = nova_tag(a->cloud, id, tag, TRUE, error);

	if (!reply)
		return FALSE;
	*status = reply->status;
	/* The desktop is gone, or in a state that takes no tag: the caller takes another. */
	if (reply->status == 404 || reply->status == 409)
		return TRUE;
	return api_reply_check(reply, error);
}

static void take_back(struct attempt *a, const char *id, const char *tag)
{
	g_autoptr(GError) e = NULL;
	g_autoptr(auto_api_reply) reply = nova_tag(a->cloud, id, tag, FALSE, &e);

	if (!reply || (reply->status != 404 && !api_reply_check(reply, &e)))
		log_warning(cloud_caller(a->cloud),
				"a bid stays on desktop %s (%s); the next assign or release of "
				"this user clears it",
				id, e->message);
}

/* Step 2: is our bid the only owner's? */
static enum outcome check_bid(struct attempt *a, const char *id, const char *bid, GError **error)
{
	g_auto(GStrv) tags = nova_get_tags(a->cloud, id, error);

	if (!tags)
		return FAILED;
	if (g_strv_contains((const char *const *)tags, bid) && !pool_tags_has_other(tags, a->owner))
		return WON;
	a->contended = a->contended || !pool_tags_is_held(tags);
	return LOST;
}

/* Step 3: hold it, and see that the bid stood all the time. */
static enum outcome check_hold(struct attempt *a, const char *id, const char *bid, GError **error)
{
	g_autofree char *hold = pool_tags_hold(a->owner);
	g_auto(GStrv) tags = NULL;
	long status;

	if (!put_tag(a, id, hold, &status, error))
		return FAILED;
	if (status >= 400)
		return LOST;
	tags = nova_get_tags(a->cloud, id, error);
	if (!tags)
		return FAILED;
	if (g_strv_contains((const char *const *)tags, bid) &&
			g_strv_contains((const char *const *)tags, hold) &&
			!pool_tags_has_other_hold(tags, a->owner))
		return WON;
	return LOST;
}

static enum outcome bid_for(struct attempt *a, const char *id, GError **error)
{
	g_autofree char *bid = pool_tags_bid(a->owner, g_random_int());
	enum outcome outcome;
	long status = 0;

	if (!put_tag(a, id, bid, &status, error)) {
		/* The tag may have been written although the request failed. */
		take_back(a, id, bid);
		return FAILED;
	}
	/* 204: that nonce is another's. */
	if (status != 201) {
		a->contended = TRUE;
		return LOST;
	}
	outcome = check_bid(a, id, bid, error);
	if (outcome == WON)
		outcome = check_hold(a, id, bid, error);
	take_back(a, id, bid);
	return outcome;
}

/* Tags are taken in some states only. */
static gboolean make_taggable(struct attempt *a, struct server **s, GError **error)
{
	struct power_params p = { .deadline_us = a->deadline_us };

	if (!server_is(*s, "SHELVED") && !server_is(*s, "SHELVED_OFFLOADED"))
		return TRUE;
	log_info(cloud_caller(a->cloud), "%s is shelved; bringing it back", (*s)->id);
	return power_reach(a->cloud, s, GOAL_UNSHELVED, &p, NULL, error);
}

int pool_preference(const struct server *s)
{
	static const char *const order[] = { "ACTIVE", "PAUSED", "SUSPENDED", "SHUTOFF", "SHELVED",
		"SHELVED_OFFLOADED" };

	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		if (server_is(s, order[i]))
			return (int)i;
	return -1;
}

static int by_preference(gconstpointer x, gconstpointer y, gpointer unused)
{
	return pool_preference(*(const struct server *const *)x) -
			pool_preference(*(const struct server *const *)y);
}

/* In random order, so that brokers that start together part; the sort is stable. The first
 * n of the servers. */
static void shuffle(GPtrArray *servers, guint n)
{
	for (guint i = n; i > 1; i--) {
		guint j = (guint)g_random_int_range(0, (gint32)i);
		gpointer t = servers->pdata[i - 1];

		servers->pdata[i - 1] = servers->pdata[j];
		servers->pdata[j] = t;
	}
	g_qsort_with_data(servers->pdata, (gint)n, sizeof(gpointer), by_preference, NULL);
}

/* The project's servers, those of the pool first: *n of them. */
static GPtrArray *pool_servers(struct attempt *a, const char *pool, guint *n, GError **error)
{
	const struct nova_list all = { 0 };
	g_autoptr(GPtrArray) servers = nova_list_servers(a->cloud, &all, error);
	g_autofree char *shown = text_clean(pool, 80);

	*n = 0;
	for (guint i = 0; servers && i < servers->len; i++) {
		gpointer s = servers->pdata[i];

		if (g_strcmp0(((struct server *)s)->pool, pool))
			continue;
		servers->pdata[i] = servers->pdata[*n];
		servers->pdata[(*n)++] = s;
	}
	if (!servers || *n)
		return g_steal_pointer(&servers);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_FOUND,
			"there is no pool \"%s\" here: no desktop has the metadata osvdi:pool=%s",
			shown, shown);
	return NULL;
}

static struct server *find_held(GPtrArray *servers, guint n, const char *owner)
{
	for (guint i = 0; i < n; i++) {
		struct server *s = servers->pdata[i];
		g_autofree char *holder = pool_tags_holder(s->tags);

		if (!g_strcmp0(holder, owner))
			return g_ptr_array_steal_index(servers, i);
	}
	return NULL;
}

/* A desktop that can be bid for: free, or with a bid of ours left behind. */
static gboolean is_candidate(struct attempt *a, const struct server *s)
{
	if (pool_preference(s) < 0 || !power_task_is_harmless(s->task_state)) {
		a->contended = a->contended ||
				(pool_tags_is_free(s->tags) && !server_is(s, "ERROR"));
		return FALSE;
	}
	if (!pool_tags_has_other(s->tags, a->owner))
		return TRUE;
	a->contended = a->contended || !pool_tags_is_held(s->tags);
	return FALSE;
}

static gboolean is_admitted(struct attempt *a, const struct server *s, gboolean *admitted,
		GError **error)
{
	enum admission answer;

	if (!admission_check(&a->who, s, &answer, error))
		return FALSE;
	*admitted = answer == ADMISSION_YES;
	if (!*admitted) {
		g_free(a->refusal);
		a->refusal = admission_text(answer, s);
	}
	return TRUE;
}

/* Two brokers of one user may take desktops at once: the later look sees both. */
static struct server *keep(struct attempt *a, const char *id, GError **error)
{
	const struct nova_list list = { 0 };
	g_autoptr(auto_server) s = nova_get_server(a->cloud, id, error);
	g_autoptr(GPtrArray) all = NULL;

	if (!s || !s->limits)
		return g_steal_pointer(&s);
	all = nova_list_servers(a->cloud, &list, error);
	if (all && limits_check(&a->who, s, all, error))
		return g_steal_pointer(&s);
	pool_release(a->cloud, s, a->owner, NULL);
	return NULL;
}

/* Take one; FALSE and an error, or *taken NULL: it was not to be had. */
static gboolean try_one(struct attempt *a, struct server **s, const GPtrArray *all,
		struct server **taken, GError **error)
{
	enum outcome outcome;
	gboolean admitted;

	if (!is_candidate(a, *s))
		return TRUE;
	if (!is_admitted(a, *s, &admitted, error))
		return FALSE;
	if (!admitted)
		return TRUE;
	if (!limits_check(&a->who, *s, all, error) || !make_taggable(a, s, error))
		return FALSE;
	outcome = bid_for(a, (*s)->id, error);
	if (outcome == WON)
		*taken = keep(a, (*s)->id, error);
	return outcome == LOST || *taken;
}

/* One pass over the pool; NULL without an error: none was to be had. */
static struct server *one_round(struct attempt *a, const char *pool, GError **error)
{
	guint n;
	g_autoptr(GPtrArray) servers = pool_servers(a, pool, &n, error);
	struct server *taken = servers ? find_held(servers, n, a->owner) : NULL;

	if (!servers || taken)
		return taken;
	shuffle(servers, n);
	for (guint i = 0; i < n && !taken; i++)
		if (!try_one(a, (struct server **)&servers->pdata[i], servers, &taken, error))
			return NULL;
	return taken;
}

static struct server *none_is_free(const struct attempt *a, const char *shown, GError **error)
{
	if (a->refusal)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
				"no desktop of pool \"%s\" is to be had: %s", shown, a->refusal);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_FOUND,
				"no desktop of pool \"%s\" is free", shown);
	return NULL;
}

static struct server *assign(struct attempt *a, const char *pool, GError **error)
{
	const struct clock *clock = cloud_clock(a->cloud);
	g_autofree char *remedy = NULL;
	g_autofree char *shown = text_clean(pool, 80);

	for (int i = 1; i <= ROUNDS && clock_now_us(clock) < a->deadline_us; i++) {
		g_autoptr(GError) e = NULL;
		struct server *s;

		a->contended = FALSE;
		s = one_round(a, pool, &e);
		if (s)
			return s;
		if (e) {
			g_propagate_error(error, g_steal_pointer(&e));
			return NULL;
		}
		if (!a->contended)
			return none_is_free(a, shown, error);
		if (!caller_sleep_us(cloud_caller(a->cloud), clock,
				    PAUSE_US + g_random_int_range(0, PAUSE_US * i), error))
			return NULL;
	}
	remedy = caller_remedy(cloud_caller(a->cloud), OSVDI_BROKER_REASON_CONTENDED, NULL);
	broker_set_error(error, BROKER_ERROR_NOT_READY, OSVDI_BROKER_REASON_CONTENDED,
			"others are taking the desktops of pool \"%s\", or left one half "
			"taken%s; try again",
			shown, remedy);
	return NULL;
}

struct server *pool_assign(struct cloud *cloud, const char *pool, const char *owner,
		gint64 deadline_us, GError **error)
{
	struct attempt a = { cloud, owner, deadline_us, .who = { cloud, owner, NULL } };
	struct server *s = assign(&a, pool, error);

	admitted_clear(&a.who);
	g_free(a.refusal);
	return s;
}

gboolean pool_release(struct cloud *cloud, const struct server *s, const char *owner,
		GError **error)
{
	g_auto(GStrv) tags = nova_get_tags(cloud, s->id, error);

	/* Bids first: while the hold stands no one else can win. */
	for (int hold = 0; tags && hold <= 1; hold++) {
		for (char **t = tags; *t; t++) {
			g_autofree char *who = pool_tag_owner(*t);
			g_autoptr(auto_api_reply) reply = NULL;

			if (!who || pool_tag_is_hold(*t) != hold || (owner && strcmp(who, owner)))
				continue;
			reply = nova_tag(cloud, s->id, *t, FALSE, error);
			if (!reply || (reply->status != 404 && !api_reply_check(reply, error)))
				return FALSE;
		}
	}
	return tags != NULL;
}

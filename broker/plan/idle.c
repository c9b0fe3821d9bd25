/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/rest-tags.h"
#include "plan/idle.h"

/* So many at once: each upload of a shelved disk is work for one. */
#define MAX_RESTS 10
/* An announcement that no run has followed so long is of another time: its desktop was at
 * rest meanwhile, or no run was. It is announced anew. */
#define STALE_S 600

void idle_rule_free(struct idle_rule *rule)
{
	if (!rule)
		return;
	g_free(rule->id);
	g_free(rule->place);
	g_free(rule->pool);
	g_free(rule);
}

/* The metadata of a desktop itself counts before its pool. */
const struct idle_rule *idle_rule_of(const GPtrArray *rules, const struct seen *s)
{
	const struct idle_rule *found = NULL;

	for (guint i = 0; rules && !s->class_id && i < rules->len; i++) {
		const struct idle_rule *rule = rules->pdata[i];

		if (s->idle_id ? !strcmp(rule->id, s->idle_id)
			       : rule->pool && !g_strcmp0(rule->pool, s->pool))
			found = rule;
	}
	/* A pool's free desktops wait for users. */
	return s->pool && !seen_is_claimed(s) ? NULL : found;
}

static gboolean says_busy(const struct seen *s)
{
	return s->busy || s->locked || (s->tags && g_strv_contains(
				(const char *const *)s->tags, REST_TAG_BUSY));
}

/* A desktop that is shut down has no viewer and no work, but keeps its GPU. */
static enum idle_state state_of_off(const struct idle_rule *rule, const struct seen *s)
{
	return rule->rest == REST_SHELVE && s->shut_down ? IDLE_FREE : IDLE_AT_REST;
}

enum idle_state idle_state_of(const struct idle_rule *rule, const struct seen *s, gint64 now)
{
	if (s->status == SEEN_SHELVED)
		return IDLE_AT_REST;
	if (says_busy(s) || (s->status != SEEN_ACTIVE && s->status != SEEN_OFF))
		return IDLE_USED;
	if (s->status == SEEN_OFF)
		return state_of_off(rule, s);
	if (s->viewer != VIEWER_NONE || s->last_input < 0)
		return IDLE_USED;
	/* Without any input since the guest began: the announcement is as much longer. */
	if (s->last_input && now - s->last_input < rule->after_s)
		return IDLE_UNUSED;
	return IDLE_FREE;
}

static void act(GArray *actions, enum idle_kind kind, const struct idle_rule *rule,
		const struct seen *s, const char *tag, gint64 at)
{
	const struct idle_action action = { kind, rule, s, tag, at };

	g_array_append_val(actions, action);
}

static gboolean is_old_mark(const char *tag, gint64 now)
{
	return (rest_is_mark(tag, REST_TAG_OPEN) && rest_mark_is_old(tag, REST_TAG_OPEN, now)) ||
			(rest_is_mark(tag, REST_TAG_RESTING) &&
					rest_mark_is_old(tag, REST_TAG_RESTING, now));
}

/* Tags that must go: marks of the dead, and announcements that do not hold. Nova takes no
 * change of tags of what is shelved or at work. */
static void cancel(GArray *actions, const struct seen *s, gboolean announced, gint64 now)
{
	if (s->status != SEEN_ACTIVE && s->status != SEEN_OFF)
		return;
	for (char **tag = s->tags; tag && *tag; tag++)
		if (is_old_mark(*tag, now) ||
				(!announced && g_str_has_prefix(*tag, REST_TAG)))
			act(actions, IDLE_CANCEL, NULL, s, *tag, 0);
}

static void decide_one(GArray *actions, const struct idle_rule *rule, const struct seen *s,
		gint64 now)
{
	gint64 told = rest_tags_time(s->tags), at = now - told > STALE_S ? 0 : told;
	gboolean is_free = rule && idle_state_of(rule, s, now) == IDLE_FREE;

	cancel(actions, s, is_free && at, now);
	if (!is_free)
		return;
	if (!at)
		act(actions, IDLE_ANNOUNCE, rule, s, NULL, now + rule->grace_s +
				(s->last_input && s->status == SEEN_ACTIVE ? 0 : rule->after_s));
	else if (at <= now)
		act(actions, IDLE_REST, rule, s, NULL, at);
}

static int by_kind(gconstpointer a, gconstpointer b)
{
	const struct idle_action *x = a, *y = b;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return x->at == y->at ? strcmp(x->seen->id, y->seen->id) : x->at < y->at ? -1 : 1;
}

static void keep_few_rests(GArray *actions)
{
	int rests = 0;

	for (guint i = 0; i < actions->len; i++) {
		rests += g_array_index(actions, struct idle_action, i).kind == IDLE_REST;
		if (rests > MAX_RESTS) {
			g_array_set_size(actions, i);
			return;
		}
	}
}

GArray *idle_decide(const GPtrArray *rules, const GPtrArray *seen, gint64 now)
{
	GArray *actions = g_array_new(FALSE, FALSE, sizeof(struct idle_action));

	for (guint i = 0; i < seen->len; i++) {
		const struct seen *s = seen->pdata[i];

		if (!s->class_id)
			decide_one(actions, idle_rule_of(rules, s), s, now);
	}
	g_array_sort(actions, by_kind);
	keep_few_rests(actions);
	return actions;
}

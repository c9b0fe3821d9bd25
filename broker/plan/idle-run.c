/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/rest-tags.h"
#include "base/text.h"
#include "plan/idle.h"

/* A run that was slower between its mark and its verb does not send the verb: a request
 * takes a minute at most, and a broker must not take the mark for one of the dead before. */
#define RESTING_S (REST_MARK_S / 4)

struct idling {
	const struct run *run;
	const struct plan_ops *ops;
	void *data;
	struct run_report *report;
};

static gboolean cancel(struct idling *x, const struct idle_action *a, GError **error)
{
	gboolean done;

	if (!x->ops->tag(x->data, a->seen->id, a->tag, FALSE, &done, error))
		return FALSE;
	if (done && rest_tag_time(a->tag)) {
		x->report->rest_cancelled++;
		x->ops->tell(x->data, a->seen->id, "not put to rest", "it is used");
	}
	return TRUE;
}

static gboolean announce(struct idling *x, const struct idle_action *a, GError **error)
{
	g_autofree char *tag = rest_tag(a->at);
	g_autofree char *time = text_format_time(a->at);
	gboolean done;

	if (!x->ops->tag(x->data, a->seen->id, tag, TRUE, &done, error))
		return FALSE;
	x->report->rest_announced += done;
	if (done)
		x->ops->tell(x->data, a->seen->id, "nobody uses it; put to rest at", time);
	return TRUE;
}

/* Whether nothing has changed since the list that the run decided by. */
static gboolean may_still_rest(const struct idling *x, const struct idle_action *a,
		const struct seen *s)
{
	gint64 now = x->ops->now(x->data);

	return s && s->status == a->seen->status && !s->busy && !s->locked &&
			idle_rule_of(x->run->idle, s) == a->rule &&
			rest_tags_time(s->tags) == a->at &&
			!rest_tags_have_mark(s->tags, REST_TAG_OPEN, now);
}

/* Whether this run is the one that has taken the announcement away. */
static gboolean take_announcement(struct idling *x, const struct seen *s, gint64 at,
		gboolean *taken, GError **error)
{
	for (char **tag = s->tags; tag && *tag; tag++) {
		gboolean done;

		if (!rest_tag_time(*tag))
			continue;
		if (!x->ops->tag(x->data, s->id, *tag, FALSE, &done, error))
			return FALSE;
		*taken |= done && rest_tag_time(*tag) == at;
	}
	return TRUE;
}

static gboolean look_and_take(struct idling *x, const struct idle_action *a, gboolean *taken,
		GError **error)
{
	g_autoptr(GError) e = NULL;
	struct seen *s = x->ops->look(x->data, a->seen->id, &e);
	gboolean ok = !e && (!may_still_rest(x, a, s) ||
					    take_announcement(x, s, a->at, taken, &e));

	seen_free(s);
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	return ok;
}

static gboolean put_to_rest(struct idling *x, const struct idle_action *a, gint64 began,
		gboolean taken, GError **error)
{
	if (!taken || x->ops->now(x->data) - began > RESTING_S)
		return TRUE;
	if (!x->ops->rest(x->data, a->seen->id, a->rule->rest, error))
		return FALSE;
	x->report->rested++;
	x->ops->tell(x->data, a->seen->id, "put to rest", "nobody uses it");
	return TRUE;
}

/* See base/rest-tags.h. The verb is sent once for one announcement, whatever comes of it:
 * a desktop that runs after the verb may be in use. */
static gboolean rest(struct idling *x, const struct idle_action *a, GError **error)
{
	gint64 began = x->ops->now(x->data);
	g_autofree char *mark = rest_mark(REST_TAG_RESTING, began, x->ops->nonce(x->data));
	gboolean done, taken = FALSE, ok;
	int rested = x->report->rested;

	if (!x->ops->tag(x->data, a->seen->id, mark, TRUE, &done, error) || !done)
		return !*error;
	ok = look_and_take(x, a, &taken, error) && put_to_rest(x, a, began, taken, error);
	/* Nova takes no tag from what is being shelved; the next run does. */
	if (x->report->rested == rested)
		x->ops->tag(x->data, a->seen->id, mark, FALSE, &done, NULL);
	return ok;
}

static gboolean do_one(struct idling *x, const struct idle_action *a, GError **error)
{
	switch (a->kind) {
	case IDLE_CANCEL:
		return cancel(x, a, error);
	case IDLE_ANNOUNCE:
		return announce(x, a, error);
	case IDLE_REST:
		return rest(x, a, error);
	}
	return TRUE;
}

gboolean idle_run(const struct run *run, const GPtrArray *seen, struct run_report *report,
		GError **error)
{
	struct idling x = { run, run->ops, run->data, report };
	g_autoptr(GArray) actions = idle_decide(run->idle, seen, run->ops->now(run->data));

	for (guint i = 0; i < actions->len; i++) {
		const struct idle_action *a = &g_array_index(actions, struct idle_action, i);
		GError *e = NULL;

		if (do_one(&x, a, &e))
			continue;
		if (broker_error_is_final(e)) {
			g_propagate_error(error, e);
			return FALSE;
		}
		report->failed++;
		run->ops->tell(run->data, a->seen->id, "failed", e->message);
		g_error_free(e);
	}
	return TRUE;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "plan/decide.h"
#include "plan/idle.h"
#include "plan/lock.h"
#include "plan/run.h"

/* Desktops to ask whether any screen can be asked. */
#define MAX_OTHERS 6

struct running {
	const struct run *run;
	const struct plan_ops *ops;
	void *data;
	struct run_report *report;
	gint64 began; /* when the lock was taken */
	GArray *unknown; /* struct action: looks that got no answer */
	gboolean answered; /* some look got one */
	gboolean refused; /* a desktop could not be made: no more of them in this run */
};

/* A refusal is told; what makes further requests pointless goes up. */
static gboolean refused(struct running *r, const struct action *a, GError *e, GError **error)
{
	if (broker_error_is_final(e)) {
		g_propagate_error(error, e);
		return FALSE;
	}
	r->report->failed++;
	r->ops->tell(r->data, a->seen ? a->seen->id : NULL, "failed", e->message);
	g_error_free(e);
	return TRUE;
}

static gboolean do_retire(struct running *r, const struct action *a, GError **error)
{
	gboolean deleted;

	if (!retire(r->ops, r->data, a->seen->id, &deleted, error))
		return FALSE;
	r->report->retired += deleted;
	r->ops->tell(r->data, a->seen->id, deleted ? "deleted" : "kept, a user has it now",
			a->reason);
	return TRUE;
}

static gboolean set_ready(struct running *r, const struct action *a, gboolean ready,
		GError **error)
{
	gboolean done;

	if (seen_is_ready(a->seen) == ready)
		return TRUE;
	if (!r->ops->tag(r->data, a->seen->id, TAG_READY, ready, &done, error))
		return FALSE;
	r->report->became_ready += ready;
	r->report->lost_picture += !ready;
	r->ops->tell(r->data, a->seen->id, ready ? "ready" : "no more ready",
			ready ? "its picture was seen" : "it shows no picture");
	return TRUE;
}

static gboolean judge(struct running *r, const struct action *a, gboolean picture,
		GError **error)
{
	if (!picture && a->kind == ACTION_PROBE_LAST)
		return do_retire(r, a, error);
	return set_ready(r, a, picture, error);
}

static gboolean judge_missing(struct running *r, const struct action *a, GError **error)
{
	return judge(r, a, FALSE, error);
}

static gboolean do_probe(struct running *r, const struct action *a, GError **error)
{
	enum picture picture = PICTURE_UNKNOWN;

	if (!r->ops->probe(r->data, a->session, a->seen->id, &picture, error))
		return FALSE;
	r->report->probed++;
	if (picture == PICTURE_UNKNOWN) {
		g_array_append_val(r->unknown, *a);
		return TRUE;
	}
	r->answered = TRUE;
	return judge(r, a, picture == PICTURE_YES, error);
}

static gboolean do_save(struct running *r, const struct action *a, GError **error)
{
	if (!r->ops->rest(r->data, a->seen->id, REST_SHELVE, error))
		return FALSE;
	r->report->saved++;
	r->ops->tell(r->data, a->seen->id, "saved", a->reason);
	return TRUE;
}

static gboolean do_delete_held(struct running *r, const struct action *a, GError **error)
{
	if (!r->ops->remove(r->data, a->seen->id, error))
		return FALSE;
	r->report->deleted_held++;
	r->ops->tell(r->data, a->seen->id, "deleted", a->reason);
	return TRUE;
}

static gboolean do_action(struct running *r, const struct action *a, GError **error)
{
	switch (a->kind) {
	case ACTION_RETIRE:
		return do_retire(r, a, error);
	case ACTION_PROBE:
	case ACTION_PROBE_LAST:
		return do_probe(r, a, error);
	case ACTION_SAVE:
		return do_save(r, a, error);
	case ACTION_DELETE_HELD:
		return do_delete_held(r, a, error);
	case ACTION_CREATE:
		break;
	}
	return TRUE;
}

/* A cloud that had too much to do gets a second chance: the next run may be too late for
 * what this one has found. */
static gboolean try_action(struct running *r, const struct action *a,
		gboolean (*function)(struct running *r, const struct action *a, GError **error),
		GError **error)
{
	GError *e = NULL;

	if (function(r, a, &e))
		return TRUE;
	if (!broker_error_is_final(e)) {
		g_clear_error(&e);
		r->ops->pause(r->data);
		if (function(r, a, &e))
			return TRUE;
	}
	return refused(r, a, e, error);
}

static int count_of_classes(const GPtrArray *seen)
{
	int n = 0;

	for (guint i = 0; i < seen->len; i++)
		n += ((struct seen *)seen->pdata[i])->class_id != NULL;
	return n;
}

static GPtrArray *look(struct running *r, GError **error)
{
	gboolean incomplete = FALSE;
	GPtrArray *seen = r->ops->list(r->data, &incomplete, error);

	for (guint i = 0; seen && i < seen->len; i++)
		incomplete |= ((struct seen *)seen->pdata[i])->status == SEEN_UNREACHED;
	r->report->incomplete |= incomplete;
	r->report->seen = seen ? count_of_classes(seen) : 0;
	return seen;
}

static GArray *decide_now(struct running *r, const GPtrArray *seen)
{
	const struct decide d = { r->ops->now(r->data), r->run->sessions, seen,
		r->report->incomplete, r->run->max_building ? r->run->max_building : 20 };

	return decide(&d);
}

static const struct session *session_of(const struct running *r, const struct seen *s)
{
	for (guint i = 0; i < r->run->sessions->len; i++) {
		const struct session *session =
				&g_array_index(r->run->sessions, struct session, i);

		if (seen_is_of(s, session))
			return session;
	}
	return NULL;
}

/* Look at some ready desktops, far from each other in the list, for an answer. */
static gboolean ask_others(struct running *r, const GPtrArray *seen, GError **error)
{
	guint stride = MAX(seen->len / MAX_OTHERS, 1);

	for (guint i = 0, asked = 0; i < seen->len && asked < MAX_OTHERS; i += stride) {
		const struct seen *s = seen->pdata[i];
		const struct session *session = session_of(r, s);
		enum picture picture = PICTURE_UNKNOWN;

		if (!session || s->status != SEEN_ACTIVE || !seen_is_ready(s) ||
				seen_is_claimed(s))
			continue;
		if (!r->ops->probe(r->data, session, s->id, &picture, error))
			return FALSE;
		asked++;
		r->report->probed++;
		r->answered |= picture != PICTURE_UNKNOWN;
		if (r->answered)
			break;
	}
	return TRUE;
}

/* One desktop that cannot be asked has no picture; when none can be asked, the fault is
 * on the way to them, and all stay as they are. */
static gboolean judge_unknown(struct running *r, const GPtrArray *seen, GError **error)
{
	if (r->unknown->len && !r->answered && !ask_others(r, seen, error))
		return FALSE;
	for (guint i = 0; i < r->unknown->len; i++) {
		const struct action *a = &g_array_index(r->unknown, struct action, i);

		if (!r->answered)
			r->ops->tell(r->data, a->seen->id, "not seen", "no screen can be asked");
		else if (!try_action(r, a, judge_missing, error))
			return FALSE;
	}
	r->report->unknown = r->answered ? 0 : (int)r->unknown->len;
	return TRUE;
}

/* All but new desktops. *lacking: some are to be made. */
static gboolean tend_all(struct running *r, gboolean *lacking, GError **error)
{
	g_autoptr(GPtrArray) seen = look(r, error);
	g_autoptr(GArray) actions = seen ? decide_now(r, seen) : NULL;

	*lacking = FALSE;
	for (guint i = 0; actions && i < actions->len; i++) {
		const struct action *a = &g_array_index(actions, struct action, i);

		*lacking |= a->kind == ACTION_CREATE || a->kind == ACTION_RETIRE;
		if (!try_action(r, a, do_action, error))
			return FALSE;
	}
	return seen && judge_unknown(r, seen, error) &&
			idle_run(r->run, seen, r->report, error);
}

static gboolean create_one(struct running *r, const struct action *a, const char *key,
		GError **error)
{
	GError *e = NULL;

	if (r->ops->create(r->data, a->session, key, &e)) {
		r->report->created++;
		return TRUE;
	}
	r->refused = TRUE;
	return refused(r, a, e, error);
}

/* With the lock: look again, for what other runs made. */
static gboolean create_all(struct running *r, const char *key, GError **error)
{
	g_autoptr(GPtrArray) seen = look(r, error);
	g_autoptr(GArray) actions = seen ? decide_now(r, seen) : NULL;
	int budget_s = r->run->budget_s ? r->run->budget_s : 40;

	for (guint i = 0; actions && i < actions->len && !r->refused; i++) {
		const struct action *a = &g_array_index(actions, struct action, i);

		if (a->kind != ACTION_CREATE)
			continue;
		if (r->ops->now(r->data) - r->began > budget_s)
			break;
		if (!create_one(r, a, key, error))
			return FALSE;
	}
	return seen != NULL;
}

static gboolean create_locked(struct running *r, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *key = NULL;

	r->began = r->ops->now(r->data);
	key = lock_take(r->ops, r->data, &e);
	if (!key) {
		r->report->locked_out = !e;
		if (e)
			g_propagate_error(error, g_steal_pointer(&e));
		return r->report->locked_out;
	}
	if (!create_all(r, key, &e)) {
		lock_release(r->ops, r->data, key, NULL);
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	return lock_release(r->ops, r->data, key, error);
}

gboolean run_once(const struct run *run, struct run_report *report, GError **error)
{
	g_autoptr(GArray) unknown = g_array_new(FALSE, FALSE, sizeof(struct action));
	struct running r = { run, run->ops, run->data, report, .unknown = unknown };
	gboolean lacking;

	memset(report, 0, sizeof(*report));
	if (!tend_all(&r, &lacking, error))
		return FALSE;
	return !lacking || report->incomplete || create_locked(&r, error);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/run.h"
#include "plan/simulate.h"

#define RUN_EVERY_S 60
/* Users close their viewers before the end of a class. */
#define LEAVE_EARLY_S 120

/* The record of a session while it goes on. */
struct notes {
	gboolean begun;
	int ready_at_start, used;
	gint64 all_ready; /* since when; 0: not now */
};

struct simulating {
	const struct simulation *s;
	GArray *sessions;
	struct notes *notes;
	struct world *world;
	int runs;
};

static const struct need *need_of(void *data, const struct session *session)
{
	const struct plan_class *class = session->class_data;

	return snapshot_need(data, class->flavor, NULL);
}

static void hand_out(struct world *w, const struct session *session, struct notes *notes)
{
	notes->begun = TRUE;
	notes->ready_at_start = world_count_ready(w, session);
	for (guint i = 0; i < w->servers->len && notes->used < session->count; i++) {
		struct world_server *s = w->servers->pdata[i];

		if (s->session != session || !world_server_is_ready(s))
			continue;
		s->used = TRUE;
		s->viewer = VIEWER_THERE;
		g_ptr_array_add(s->tags, g_strdup_printf("osvdi-user:user%d", notes->used++));
	}
}

static void leave(struct world *w, const struct session *session)
{
	for (guint i = 0; i < w->servers->len; i++) {
		struct world_server *s = w->servers->pdata[i];

		if (s->session == session)
			s->viewer = VIEWER_NONE;
	}
}

static void note(struct simulating *x, guint i)
{
	const struct session *session = &g_array_index(x->sessions, struct session, i);
	struct notes *notes = &x->notes[i];
	struct world *w = x->world;

	if (w->now < session->window.start - session->prepare_s ||
			w->now > session->window.end + session->grace_s)
		return;
	if (!notes->begun && world_count_ready(w, session) < session->count)
		notes->all_ready = 0;
	else if (!notes->begun && !notes->all_ready)
		notes->all_ready = w->now;
	if (!notes->begun && w->now >= session->window.start)
		hand_out(w, session, notes);
	if (w->now >= session->window.end - LEAVE_EARLY_S)
		leave(w, session);
}

static void run_minute(struct simulating *x)
{
	struct world_actor actor = { .world = x->world };
	const struct run run = { &world_ops, &actor, x->sessions, 0, 0, NULL };
	g_autoptr(GError) e = NULL;
	struct run_report report;

	if (x->s->lost_at && x->world->now >= x->s->lost_at &&
			x->world->now < x->s->lost_at + RUN_EVERY_S)
		world_lose_host(x->world, x->s->lost_host);
	x->runs++;
	/* A run that fails is a fault like others: the next one goes on. */
	run_once(&run, &report, &e);
}

/* Whether anything goes on at a time; else *next is when something does. */
static gboolean is_busy(const struct simulating *x, gint64 *next)
{
	*next = x->s->to;
	for (guint i = 0; i < x->sessions->len; i++) {
		const struct session *s = &g_array_index(x->sessions, struct session, i);
		gint64 begin = s->window.start - s->prepare_s;

		if (begin <= x->world->now &&
				x->world->now <= s->window.end + s->grace_s + 10 * RUN_EVERY_S)
			return TRUE;
		if (begin > x->world->now)
			*next = MIN(*next, begin);
	}
	return FALSE;
}

static gboolean run_all(struct simulating *x, GError **error)
{
	gint64 next;

	for (x->world->now = x->s->from; x->world->now < x->s->to && !x->world->violation;) {
		if (!is_busy(x, &next)) {
			x->world->now = next;
			continue;
		}
		run_minute(x);
		for (guint i = 0; i < x->sessions->len; i++)
			note(x, i);
		x->world->now += RUN_EVERY_S;
	}
	if (x->world->violation)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
				"the plan did what it must never do, which is a mistake in this "
				"program: %s",
				x->world->violation);
	return !x->world->violation;
}

/* ------------------------------------------------------------- report */

static void add_failures(struct simulating *x, const struct session *session, JsonBuilder *b)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	gpointer why, n;

	for (guint i = 0; i < x->world->servers->len; i++) {
		const struct world_server *s = x->world->servers->pdata[i];

		if (s->session == session && s->why)
			g_hash_table_insert(counts, (gpointer)s->why,
					(char *)g_hash_table_lookup(counts, s->why) + 1);
	}
	js_begin_obj(b, "failures");
	g_hash_table_iter_init(&iter, counts);
	while (g_hash_table_iter_next(&iter, &why, &n))
		js_add_int(b, why, GPOINTER_TO_INT(n));
	json_builder_end_object(b);
}

static void add_session(struct simulating *x, guint i, JsonBuilder *b)
{
	const struct session *s = &g_array_index(x->sessions, struct session, i);
	const struct notes *notes = &x->notes[i];
	g_autofree char *start = text_format_time(s->window.start);
	g_autofree char *end = text_format_time(s->window.end);

	json_builder_begin_object(b);
	js_add_str(b, "class", s->class_id);
	js_add_str(b, "start", start);
	js_add_str(b, "end", end);
	js_add_int(b, "planned", s->count);
	js_add_int(b, "spares", s->spares);
	js_add_int(b, "ready", notes->ready_at_start);
	if (notes->all_ready)
		js_add_int(b, "ready_early_s", s->window.start - notes->all_ready);
	else
		js_add_null(b, "ready_early_s");
	js_add_int(b, "used", notes->used);
	js_add_int(b, "idle", notes->ready_at_start - notes->used);
	add_failures(x, s, b);
	json_builder_end_object(b);
}

static JsonNode *report(struct simulating *x)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	js_begin_arr(b, "sessions");
	for (guint i = 0; i < x->sessions->len; i++)
		add_session(x, i, b);
	json_builder_end_array(b);
	js_add_int(b, "runs", x->runs);
	js_add_int(b, "requests", x->world->requests);
	js_add_int(b, "created", x->world->creates);
	js_add_int(b, "deleted", x->world->removes);
	js_add_int(b, "saved", x->world->shelves);
	js_add_int(b, "left", world_count(x->world, NULL));
	json_builder_end_object(b);
	return js_finish(b);
}

static gboolean check_flavors(const struct simulating *x, GError **error)
{
	g_autoptr(GArray) demands = snapshot_demands(x->s->snapshot, x->sessions, error);

	return demands != NULL;
}

JsonNode *simulate(const struct simulation *s, GError **error)
{
	g_autoptr(GArray) sessions = plan_expand(s->plan, s->from, s->to, error);
	g_autoptr(auto_world) world = world_new(s->seed, 0, 0);
	struct simulating x = { s, sessions, NULL, world, 0 };
	JsonNode *node = NULL;

	if (!sessions || !check_flavors(&x, error))
		return NULL;
	world_set_capacity(world, s->snapshot->capacity, need_of, (gpointer)s->snapshot);
	world->faults = s->faults;
	world->boot_min_s = s->boot_min_s ? s->boot_min_s : world->boot_min_s;
	world->boot_max_s = s->boot_max_s ? s->boot_max_s : world->boot_max_s;
	x.notes = g_new0(struct notes, sessions->len + 1);
	if (run_all(&x, error))
		node = report(&x);
	g_free(x.notes);
	return node;
}

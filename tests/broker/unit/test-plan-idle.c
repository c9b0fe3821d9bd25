/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Desktops that nobody uses are put to rest, and no other. */
#include <string.h>

#include "base/rest-tags.h"
#include "plan-people.h"
#include "plan-play.h"
#include "plan-runs.h"
#include "plan/idle.h"

#define HOUR 3600
#define LAG_S 90

static struct idle_rule rules_given[] = {
	{ .id = (char *)"desks", .pool = (char *)"desks", .after_s = 2 * HOUR, .grace_s = 900,
			.rest = REST_SHELVE },
	{ .id = (char *)"own", .after_s = HOUR, .grace_s = IDLE_LEAST_GRACE_S,
			.rest = REST_SUSPEND },
};

static GPtrArray *rules(void)
{
	GPtrArray *all = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(rules_given); i++)
		g_ptr_array_add(all, &rules_given[i]);
	return all;
}

/* ------------------------------------------- decisions */

#define OLD (T0 - 3 * HOUR)
#define HELD "osvdi-user:ann"
#define DUE "osvdi-rest:2026-12-01T10:19:00Z" /* a minute before T0 */
#define LATER "osvdi-rest:2026-12-01T10:30:00Z"
#define STALE "osvdi-rest:2026-11-30T10:30:00Z"
#define ALONE { NULL }
#define POOL .pool = (char *)"desks"
#define OWN .idle_id = (char *)"own"
#define QUIET .status = SEEN_ACTIVE, .viewer = VIEWER_NONE, .last_input = OLD

static const struct {
	const char *what;
	struct seen seen;
	const char *tags[4];
	int actions;
	enum idle_kind kind; /* of the last */
} cases[] = {
	{ "unused", { POOL, QUIET }, { HELD }, 1, IDLE_ANNOUNCE },
	{ "announced", { POOL, QUIET }, { HELD, LATER }, 0, 0 },
	{ "due", { POOL, QUIET }, { HELD, DUE }, 1, IDLE_REST },
	{ "due of old", { POOL, QUIET }, { HELD, STALE }, 2, IDLE_ANNOUNCE },
	{ "two times", { POOL, QUIET }, { HELD, DUE, LATER }, 0, 0 },
	{ "nobody has it", { POOL, QUIET }, { NULL }, 0, 0 },
	{ "nobody has it any more", { POOL, QUIET }, { DUE }, 1, IDLE_CANCEL },
	{ "foreign", { QUIET }, { DUE }, 1, IDLE_CANCEL },
	{ "of another pool", { .pool = (char *)"other", QUIET }, { HELD }, 0, 0 },
	{ "of a class", { .class_id = (char *)"desks", POOL, QUIET }, { HELD, DUE }, 0, 0 },
	{ "its own word", { .idle_id = (char *)"never", POOL, QUIET }, { HELD }, 0, 0 },
	{ "a user's own", { OWN, QUIET }, { NULL }, 1, IDLE_ANNOUNCE },
	{ "of a rule that is gone", { .idle_id = (char *)"gone", QUIET }, { LATER }, 1,
			IDLE_CANCEL },
	{ "a viewer", { OWN, .status = SEEN_ACTIVE, .viewer = VIEWER_THERE, .last_input = OLD },
			{ DUE }, 1, IDLE_CANCEL },
	{ "viewers not known", { OWN, .status = SEEN_ACTIVE, .last_input = OLD }, { DUE }, 1,
			IDLE_CANCEL },
	{ "input not known", { OWN, .status = SEEN_ACTIVE, .viewer = VIEWER_NONE,
			.last_input = -1 }, { DUE }, 1, IDLE_CANCEL },
	{ "input of late", { OWN, .status = SEEN_ACTIVE, .viewer = VIEWER_NONE,
			.last_input = T0 - 600 }, { DUE }, 1, IDLE_CANCEL },
	{ "no input ever", { OWN, .status = SEEN_ACTIVE, .viewer = VIEWER_NONE }, { NULL }, 1,
			IDLE_ANNOUNCE },
	{ "busy", { OWN, QUIET, .busy = TRUE }, { DUE }, 1, IDLE_CANCEL },
	{ "busy by its tag", { OWN, QUIET }, { REST_TAG_BUSY }, 0, 0 },
	{ "locked", { OWN, QUIET, .locked = TRUE }, { DUE }, 1, IDLE_CANCEL },
	{ "at work", { OWN, .status = SEEN_BUSY, .viewer = VIEWER_NONE, .last_input = OLD },
			{ DUE }, 0, 0 },
	{ "not reached", { OWN, .status = SEEN_UNREACHED }, { DUE }, 0, 0 },
	{ "shelved", { OWN, .status = SEEN_SHELVED }, { DUE }, 0, 0 },
	{ "suspended", { POOL, .status = SEEN_OFF }, { HELD }, 0, 0 },
	{ "shut down", { POOL, .status = SEEN_OFF, .shut_down = TRUE }, { HELD }, 1,
			IDLE_ANNOUNCE },
	{ "shut down, to be suspended", { OWN, .status = SEEN_OFF, .shut_down = TRUE },
			{ NULL }, 0, 0 },
	{ "a mark of the dead", { OWN, .status = SEEN_ACTIVE, .viewer = VIEWER_THERE },
			{ REST_TAG_OPEN "1796110000-00000001" }, 1, IDLE_CANCEL },
	{ "a mark", { OWN, .status = SEEN_ACTIVE, .viewer = VIEWER_THERE },
			{ REST_TAG_OPEN "1796120390-00000001" }, 0, 0 },
};

static void test_decide(void)
{
	g_autoptr(GPtrArray) all = rules();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct seen seen = cases[i].seen;
		g_autoptr(GPtrArray) list = g_ptr_array_new();
		g_autoptr(GArray) actions = NULL;

		seen.id = (char *)"a";
		seen.tags = (char **)cases[i].tags;
		g_ptr_array_add(list, &seen);
		actions = idle_decide(all, list, T0);
		if ((int)actions->len != cases[i].actions)
			g_error("%s: %u actions", cases[i].what, actions->len);
		if (actions->len && g_array_index(actions, struct idle_action,
				actions->len - 1).kind != cases[i].kind)
			g_error("%s: another action", cases[i].what);
	}
}

/* The announcement is longer where it is not known since when nobody has used it. */
static void test_grace(void)
{
	g_autoptr(GPtrArray) all = rules();
	struct seen seen = { .id = (char *)"a", OWN, .status = SEEN_ACTIVE,
		.viewer = VIEWER_NONE };
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	g_ptr_array_add(list, &seen);
	for (int i = 0; i < 2; i++) {
		g_autoptr(GArray) actions = NULL;

		seen.last_input = i ? OLD : 0;
		actions = idle_decide(all, list, T0);
		g_assert_cmpint(g_array_index(actions, struct idle_action, 0).at - T0, ==,
				IDLE_LEAST_GRACE_S + (i ? 0 : HOUR));
	}
}

/* ------------------------------------------- runs */

static gboolean run_idle(struct world_actor *a, const GPtrArray *all)
{
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(struct session));
	const struct run r = { &world_ops, a, none, 0, 0, all };
	g_autoptr(GError) error = NULL;
	struct run_report report;

	return run_once(&r, &report, &error);
}

static struct world_server *desk(struct world *w, gint64 last_input)
{
	struct world_server *s = world_add_own(w, "desks", NULL);

	s->state = WORLD_RUNNING;
	s->last_input = last_input;
	g_ptr_array_add(s->tags, g_strdup_printf("osvdi-user:u%u", w->servers->len));
	return s;
}

/* Each kind of desktop; only the first is unused. */
static struct world *some_world(guint32 seed)
{
	struct world *w = world_new(seed, 2, 20);

	w->now = T0;
	w->idle_s = HOUR;
	w->viewer_lag_s = LAG_S;
	desk(w, OLD);
	desk(w, OLD)->busy = TRUE;
	desk(w, OLD)->locked = TRUE;
	desk(w, T0 - 60);
	world_add(w, NULL)->state = WORLD_RUNNING;
	people_open(&(struct world_actor){ .world = w }, desk(w, OLD));
	people_come(w, w->servers->pdata[5]);
	return w;
}

static int count(const struct world *w, enum world_state state)
{
	int n = 0;

	for (guint i = 0; i < w->servers->len; i++)
		n += ((struct world_server *)w->servers->pdata[i])->state == state;
	return n;
}

static void test_killed(void)
{
	g_autoptr(GPtrArray) all = rules();
	int n = 1;

	for (gboolean died = TRUE; died; n++) {
		died = FALSE;
		for (int after = 0; after < 2; after++) {
			g_autoptr(auto_world) w = some_world((guint32)n);
			int before = w->requests;
			gboolean dead = FALSE;

			for (int minute = 0; minute < 60; minute++, w->now += 60) {
				struct world_actor a = { .world = w, .dies_after = after,
					.dies_at = dead ? 0 : before + n - w->requests };

				run_idle(&a, all);
				dead |= a.dead;
				check(w, "killed", n);
			}
			died |= dead;
			g_assert_cmpint(w->shelves, ==, 1);
			g_assert_cmpint(count(w, WORLD_SHELVED), ==, 1);
		}
	}
	g_test_message("killed at each of %d requests", n - 2);
	g_assert_cmpint(n, >, 30);
}

/* A verb that was sent is not sent again, whatever came of it: whoever has woken the desktop
 * since may use it. */
static void test_once(void)
{
	g_autoptr(GPtrArray) all = rules();
	g_autoptr(auto_world) w = some_world(1);
	struct world_server *s = w->servers->pdata[0];
	struct world_actor a = { .world = w };

	for (; s->state == WORLD_RUNNING; w->now += 60) {
		g_assert_cmpint(w->now, <, T0 + HOUR);
		run_idle(&a, all);
	}
	s->state = WORLD_RUNNING;
	s->last_input = 0;
	for (gint64 end = w->now + 2 * HOUR; w->now < end; w->now += 60)
		run_idle(&a, all);
	g_assert_cmpint(s->state, ==, WORLD_RUNNING);
	for (gint64 end = w->now + HOUR; w->now < end; w->now += 60)
		run_idle(&a, all);
	g_assert_cmpint(s->state, ==, WORLD_SHELVED);
	check(w, "once", 0);
}

/* ------------------------------------------- interleaved */

#define ORDERS 10000

struct party {
	const GPtrArray *all;
	struct world *world;
	int opened, rested;
};

static void play_run(struct world_actor *a, void *data)
{
	run_idle(a, ((struct party *)data)->all);
}

static void play_user(struct world_actor *a, void *data)
{
	struct party *party = data;
	struct world_server *s = a->world->servers->pdata[0];

	if (!people_open(a, s))
		return;
	/* From now on nobody may put the desktop to rest. */
	party->opened++;
	world_ops.list_keys(a, NULL);
	people_come(a->world, s);
}

static void test_orders(void)
{
	g_autoptr(GRand) r = g_rand_new_with_seed(15);
	g_autoptr(GPtrArray) all = rules();
	struct party party = { .all = all };

	for (int order = 0; order < ORDERS; order++) {
		g_autoptr(auto_world) w = some_world((guint32)order);
		struct world_server *s = w->servers->pdata[0];
		struct play play = { .world = w, .rand = r, .data = &party, .step_s = 10 };
		int users = g_rand_int_range(r, 0, 3);

		/* Announced or not, due or not. */
		if (g_rand_int_range(r, 0, 4))
			g_ptr_array_add(s->tags, rest_tag(w->now +
					g_rand_int_range(r, -300, 60)));
		for (int i = g_rand_int_range(r, 1, 4); i > 0; i--)
			play_add(&play, play_run, g_rand_int_range(r, 0, 4) == 0);
		for (int i = 0; i < users; i++)
			play_add(&play, play_user, FALSE);
		play_all(&play);
		check(w, "order", order);
		party.rested += w->shelves;
	}
	g_test_message("%d orders: opened %d times, put to rest %d times", ORDERS, party.opened,
			party.rested);
	g_assert_cmpint(party.opened, >, ORDERS / 2);
	g_assert_cmpint(party.rested, >, ORDERS / 4);
	play_end();
}

/* ------------------------------------------- weeks */

struct week {
	struct world *w;
	GRand *r;
	gint64 idle_since[20]; /* by desktop; 0: used or at rest */
	gint64 worst;
};

/* Somebody comes or goes, or the hosts do not tell for a while. */
static void live(struct week *week, guint i)
{
	struct world_server *s = week->w->servers->pdata[i];

	if (s->viewer == VIEWER_UNKNOWN && !g_rand_int_range(week->r, 0, 10))
		s->viewer = VIEWER_NONE;
	else if (s->viewer == VIEWER_NONE && !g_rand_int_range(week->r, 0, 3000))
		s->viewer = VIEWER_UNKNOWN;
	else if (s->opening)
		people_come(week->w, s);
	else if (s->viewer == VIEWER_THERE && !g_rand_int_range(week->r, 0, 90))
		people_leave(week->w, s);
	else if (s->viewer == VIEWER_NONE && !g_rand_int_range(week->r, 0, 400))
		people_open(&(struct world_actor){ .world = week->w }, s);
	if (!g_rand_int_range(week->r, 0, 2000))
		s->busy = !s->busy;
}

static void note(struct week *week, guint i)
{
	const struct world_server *s = week->w->servers->pdata[i];
	gint64 *since = &week->idle_since[i];

	if (s->state != WORLD_RUNNING || s->viewer != VIEWER_NONE || s->opening || s->busy)
		*since = 0;
	else if (!*since)
		*since = week->w->now;
	else
		week->worst = MAX(week->worst, week->w->now - *since);
}

static void test_weeks(void)
{
	g_autoptr(GRand) r = g_rand_new_with_seed(8);
	g_autoptr(GPtrArray) all = rules();
	struct week week = { .r = r };
	int rests = 0;

	for (int i = 0; i < 100; i++) {
		g_autoptr(auto_world) w = world_new((guint32)i, 2, 20);

		week.w = w;
		memset(week.idle_since, 0, sizeof(week.idle_since));
		w->now = T0;
		w->idle_s = HOUR;
		w->viewer_lag_s = LAG_S;
		w->faults.request = 5;
		for (int k = 0; k < 10; k++)
			desk(w, T0);
		for (; w->now < T0 + 7 * 24 * HOUR; w->now += 60) {
			struct world_actor a = { .world = w };

			run_idle(&a, all);
			check(w, "week", i);
			for (guint k = 0; k < w->servers->len; k++) {
				live(&week, k);
				note(&week, k);
			}
		}
		rests += w->shelves;
	}
	g_test_message("100 weeks of 10 desktops: put to rest %d times, unused for %d minutes at "
			"most", rests, (int)(week.worst / 60));
	g_assert_cmpint(rests, >, 1000);
	/* The rule's time and the grace, and once more where a request has failed. */
	g_assert_cmpint(week.worst, <, 5 * HOUR);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/idle/decide", test_decide);
	g_test_add_func("/idle/grace", test_grace);
	g_test_add_func("/idle/killed", test_killed);
	g_test_add_func("/idle/once", test_once);
	g_test_add_func("/idle/orders", test_orders);
	g_test_add_func("/idle/weeks", test_weeks);
	return g_test_run();
}

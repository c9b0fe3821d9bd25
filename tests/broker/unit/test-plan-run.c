/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <ucontext.h>

#include "base/error.h"
#include "plan/decide.h"
#include "plan/lock.h"
#include "plan/run.h"
#include "plan/world.h"

#define T0 G_GINT64_CONSTANT(1796120400) /* 2026-12-01 10:20 UTC */

static const struct session small_session = {
	.class_id = "lab", .window = { T0, T0 + 7200 }, .count = 3, .spares = 1,
	.prepare_s = 2700, .boot_limit_s = 420, .grace_s = 900,
};

static GArray *sessions_of(const struct session *session)
{
	GArray *sessions = g_array_new(FALSE, FALSE, sizeof(*session));

	g_array_append_vals(sessions, session, 1);
	return sessions;
}

/* The world counts by pointer: the session in the array. */
static const struct session *first(GArray *sessions)
{
	return &g_array_index(sessions, struct session, 0);
}

static void check(const struct world *w, const char *when, int number)
{
	if (w->violation)
		g_error("%s, %d: %s", when, number, w->violation);
}

static gboolean run(struct world_actor *a, GArray *sessions)
{
	const struct run r = { &world_ops, a, sessions, 0, 0 };
	g_autoptr(GError) error = NULL;
	struct run_report report;

	return run_once(&r, &report, &error);
}

/* Whether a further run would change nothing but look. */
static gboolean is_settled(struct world *w, GArray *sessions)
{
	int creates = w->creates, removes = w->removes, shelves = w->shelves;
	struct world_actor a = { .world = w };
	gboolean ok = run(&a, sessions);

	return ok && w->creates == creates && w->removes == removes && w->shelves == shelves &&
			!w->keys->len;
}

/* ------------------------------------------- killed at each request */

/* A desktop of each kind beside what the session needs. */
static struct world *odd_world(guint32 seed, GArray *sessions)
{
	struct world *w = world_new(seed, 2, 20);
	struct world_server *s;

	w->now = T0 - 2000;
	w->boot_min_s = w->boot_max_s = 30;
	world_add(w, NULL)->used = TRUE; /* foreign */
	world_add(w, first(sessions))->state = WORLD_ERROR;
	s = world_add(w, first(sessions));
	s->state = WORLD_BROKEN;
	s = world_add(w, first(sessions));
	s->state = WORLD_BROKEN;
	s->used = TRUE;
	g_ptr_array_add(s->tags, g_strdup("osvdi-user:ann"));
	w->now = T0 - 1000;
	return w;
}

static int runs_to_settle(struct world *w, GArray *sessions)
{
	for (int runs = 0; runs < 20; runs++) {
		if (is_settled(w, sessions) && world_count(w, first(sessions)) == 4)
			return runs;
		w->now += 60;
	}
	return 20;
}

static void test_killed(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	int worst = 0, n;

	for (n = 1;; n++) {
		gboolean died = FALSE;

		for (int after = 0; after < 2; after++) {
			g_autoptr(auto_world) w = odd_world((guint32)n, sessions);
			struct world_actor a = { .world = w, .dies_at = n, .dies_after = after };
			int runs;

			run(&a, sessions);
			check(w, "killed", n);
			died |= a.dead;
			w->now += 60;
			runs = runs_to_settle(w, sessions);
			check(w, "after it was killed", n);
			worst = MAX(worst, runs);
		}
		if (!died)
			break;
	}
	g_test_message("killed at each of %d requests; %d runs to settle at most", n - 1, worst);
	g_assert_cmpint(n, >, 10);
	g_assert_cmpint(worst, <=, 3);
}

/* The whole life of a class of 30, in which the request of a number kills its run.
 * Returns whether there was such a request. */
static gboolean live_and_die(int number, gboolean after, GArray *sessions)
{
	g_autoptr(auto_world) w = world_new(5, 4, 16);
	gboolean died = FALSE;

	for (w->now = T0 - 2700; w->now < T0 + 1800 + 180; w->now += 60) {
		struct world_actor a = { .world = w, .dies_at = died ? 0 : number - w->requests,
			.dies_after = after };

		run(&a, sessions);
		died |= a.dead;
		check(w, "killed in a whole life", number);
		if (w->now == T0 - 300)
			g_assert_cmpint(world_count_ready(w, first(sessions)), ==, 32);
	}
	g_assert_cmpint(world_count(w, NULL), ==, 0);
	/* The lock of a run that died; the next that makes desktops takes it away. */
	g_assert_cmpint(w->keys->len, <=, 1);
	return died;
}

static void test_killed_in_life(void)
{
	g_autoptr(GArray) sessions = sessions_of(&(struct session){ .class_id = "cad",
			.window = { T0, T0 + 1800 }, .count = 30, .spares = 2,
			.prepare_s = 2700, .boot_limit_s = 420, .grace_s = 900 });
	int n = 1;

	while (live_and_die(n, FALSE, sessions) && live_and_die(n, TRUE, sessions))
		n++;
	g_test_message("killed at each of %d requests of a class of 30", n - 1);
	g_assert_cmpint(n, >, 300);
}

/* Killed at a request of the whole life of a session, again and again. */
static void test_killed_often(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(GRand) r = g_rand_new_with_seed(7);

	for (int i = 0; i < 300; i++) {
		g_autoptr(auto_world) w = world_new((guint32)i, 2, 20);

		w->faults.boot_error = 100;
		w->faults.request = 30;
		for (w->now = T0 - 2700; w->now < T0 + 7200 + 1800; w->now += 60) {
			struct world_actor a = { .world = w,
				.dies_at = g_rand_int_range(r, 0, 20),
				.dies_after = g_rand_boolean(r) };

			run(&a, sessions);
			check(w, "killed often", i);
		}
		for (int j = 0; j < 4; j++, w->now += 60) {
			struct world_actor a = { .world = w };

			w->faults.request = 0;
			run(&a, sessions);
		}
		g_assert_cmpint(world_count(w, NULL), ==, 0);
		g_assert_cmpint(w->keys->len, <=, 4);
	}
}

/* ------------------------------------------- interleaved */

#define PLAYERS 4
#define STACK (256 * 1024)
#define ORDERS 10000

struct player {
	struct world_actor actor;
	GArray *sessions;
	gboolean is_user, done;
	ucontext_t context;
	char *stack;
};

static struct player players[PLAYERS];
static ucontext_t scheduler;
static int playing;

static void player_turn(void *data)
{
	struct player *p = data;

	swapcontext(&p->context, &scheduler);
}

/* A user's broker takes one desktop, as pool.h says. */
static gboolean user_tries(struct player *p, const char *id)
{
	g_autofree char *hold = g_strdup_printf("osvdi-user:u%d", (int)(p - players));
	g_autofree char *bid = g_strdup_printf("%s:%08x", hold, g_rand_int(p->actor.world->rand));
	gboolean done, won = TRUE;

	if (!world_ops.tag(&p->actor, id, bid, TRUE, &done, NULL) || !done)
		return FALSE;
	for (int step = 0; step < 2 && won; step++) {
		g_auto(GStrv) tags = NULL;

		if (step && (!world_ops.tag(&p->actor, id, hold, TRUE, &done, NULL) || !done))
			return FALSE;
		tags = world_ops.tags(&p->actor, id, NULL);
		won = tags && g_strv_contains((const char *const *)tags, bid);
		for (char **t = tags; won && *t; t++)
			if (g_str_has_prefix(*t, "osvdi-user:") && !g_str_has_prefix(*t, hold) &&
					(!step || !strchr(*t + strlen("osvdi-user:"), ':')))
				won = FALSE;
	}
	if (won)
		for (guint i = 0; i < p->actor.world->servers->len; i++) {
			struct world_server *s = p->actor.world->servers->pdata[i];

			if (!strcmp(s->id, id)) {
				/* Also to have it when it is gone would be a loss. */
				s->used = TRUE;
				if (s->state == WORLD_GONE && !p->actor.world->violation)
					p->actor.world->violation = g_strdup("a user got one "
									     "that is gone");
			}
		}
	world_ops.tag(&p->actor, id, bid, FALSE, &done, NULL);
	return won;
}

static void play_user(struct player *p)
{
	gboolean incomplete;
	g_autoptr(GPtrArray) list = world_ops.list(&p->actor, &incomplete, NULL);

	for (guint i = 0; list && i < list->len; i++) {
		const struct seen *s = list->pdata[i];

		if (s->status == SEEN_ACTIVE && !seen_is_claimed(s) && !seen_is_retiring(s) &&
				user_tries(p, s->id))
			return;
	}
}

static void play(void)
{
	struct player *p = &players[playing];

	if (p->is_user)
		play_user(p);
	else
		run(&p->actor, p->sessions);
	p->done = TRUE;
}

static void start_player(int i, struct world *w, GArray *sessions, GRand *r, int users)
{
	struct player *p = &players[i];
	char *stack = p->stack ? p->stack : g_malloc(STACK);

	*p = (struct player){ .sessions = sessions, .is_user = i < users, .stack = stack };
	p->actor = (struct world_actor){ .world = w, .turn = player_turn, .turn_data = p };
	if (!p->is_user && !g_rand_int_range(r, 0, 4)) {
		p->actor.dies_at = g_rand_int_range(r, 1, 25);
		p->actor.dies_after = g_rand_boolean(r);
	}
	if (!p->is_user && !g_rand_int_range(r, 0, 3))
		p->actor.clock_error_s = g_rand_int_range(r, -200, 200);
	getcontext(&p->context);
	p->context.uc_stack.ss_sp = p->stack;
	p->context.uc_stack.ss_size = STACK;
	p->context.uc_link = &scheduler;
	makecontext(&p->context, play, 0);
}

/* Let them all play to their ends, one request at a time, in an order that is drawn. */
static void play_all(struct world *w, GRand *r, int n)
{
	int left = n;

	while (left) {
		int i = g_rand_int_range(r, 0, n);

		if (players[i].done)
			continue;
		/* Sometimes time passes, and a slow run is taken for a dead one. */
		w->now += g_rand_int_range(r, 0, 30) ? 0 : 30;
		playing = i;
		swapcontext(&scheduler, &players[i].context);
		left -= players[i].done;
	}
}

static void test_interleaved(void)
{
	g_autoptr(GRand) r = g_rand_new_with_seed(20261128);
	int made = 0, removed = 0, used = 0;

	for (int order = 0; order < ORDERS; order++) {
		g_autoptr(GArray) sessions = sessions_of(&small_session);
		g_autoptr(auto_world) w = odd_world((guint32)order, sessions);
		int n = g_rand_int_range(r, 2, PLAYERS + 1), users = g_rand_int_range(r, 0, 2);
		struct world_server *s = world_add(w, first(sessions));

		g_ptr_array_add(s->tags, g_strdup(TAG_READY));
		s->boots = w->now;
		if (g_rand_boolean(r)) /* fewer are wanted now */
			g_array_index(sessions, struct session, 0).count = 2;
		for (int i = 0; i < n; i++)
			start_player(i, w, sessions, r, users);
		play_all(w, r, n);
		check(w, "order", order);
		made += w->creates;
		removed += w->removes;
		for (guint i = 0; i < w->servers->len; i++)
			used += ((struct world_server *)w->servers->pdata[i])->used;
	}
	g_test_message("%d orders: %d desktops made, %d deleted, %d in use", ORDERS, made, removed,
			used);
	/* Something went on. */
	g_assert_cmpint(made, >, ORDERS / 2);
	g_assert_cmpint(removed, >, ORDERS / 2);
	g_assert_cmpint(used, >, ORDERS * 2);
	for (int i = 0; i < PLAYERS; i++)
		g_clear_pointer(&players[i].stack, g_free);
}

/* ------------------------------------------- weeks */

static const struct session class_of_30 = {
	.class_id = "cad", .window = { T0, T0 + 7200 }, .count = 30, .spares = 2,
	.prepare_s = 2700, .boot_limit_s = 420, .grace_s = 900,
};

static void take_desktops(struct world *w, const struct session *session)
{
	int n = session->count;

	for (guint i = 0; i < w->servers->len && n; i++) {
		struct world_server *s = w->servers->pdata[i];

		if (s->session != session || s->state != WORLD_RUNNING)
			continue;
		s->used = TRUE;
		s->viewer = VIEWER_THERE;
		g_ptr_array_add(s->tags, g_strdup_printf("osvdi-user:u%d", n--));
	}
}

static void close_viewers(struct world *w)
{
	for (guint i = 0; i < w->servers->len; i++)
		((struct world_server *)w->servers->pdata[i])->viewer = VIEWER_NONE;
}

/* Returns how many seconds before the start all were ready. */
static gint64 play_week(struct world *w, GArray *sessions, GRand *r, int *requests)
{
	const struct session *s = first(sessions);
	gint64 lost = T0 - g_rand_int_range(r, 960, 2700), ready = 0;

	for (w->now = T0 - 2760; w->now < T0 + 7200 + 1200; w->now += 60) {
		struct world_actor a = { .world = w };

		if (lost && w->now >= lost) {
			world_lose_host(w, g_rand_int_range(r, 0, 4));
			lost = 0;
		}
		if (w->now - T0 >= 0 && w->now - T0 < 60)
			take_desktops(w, s);
		if (w->now - T0 >= 7100 && w->now - T0 < 7200)
			close_viewers(w);
		run(&a, sessions);
		if (!ready && world_count_ready(w, s) >= s->count) {
			ready = T0 - w->now;
			*requests += w->requests;
		}
		if (ready && world_count_ready(w, s) < s->count && w->now < T0)
			ready = 0;
	}
	return ready;
}

static void test_weeks(void)
{
	g_autoptr(GRand) r = g_rand_new_with_seed(3);
	gint64 worst = G_MAXINT64;
	int requests = 0, desktops = 0;

	for (int week = 0; week < 100; week++) {
		g_autoptr(GArray) sessions = sessions_of(&class_of_30);
		g_autoptr(auto_world) w = world_new((guint32)week, 4, 16);
		gint64 early;

		w->faults = (struct world_faults){ 50, 50, 5 };
		early = play_week(w, sessions, r, &requests);
		check(w, "week", week);
		worst = MIN(worst, early);
		desktops += w->creates;
		if (early < 300)
			g_error("week %d: 30 of 30 only %d s before the start", week, (int)early);
		g_assert_cmpint(w->shelves, >=, 25);
		g_assert_cmpint(world_count(w, NULL), ==, w->shelves);
	}
	g_test_message("100 weeks: ready %d s early at the latest; %.1f requests a desktop",
			(int)worst, requests / (double)desktops);
}

/* The wish: four requests a desktop from nothing to ready, when nothing goes wrong. */
static void test_requests(void)
{
	g_autoptr(GArray) sessions = sessions_of(&class_of_30);
	g_autoptr(auto_world) w = world_new(1, 4, 16);

	w->boot_min_s = 40;
	w->boot_max_s = 110;
	for (w->now = T0 - 2700; world_count_ready(w, first(sessions)) < 32; w->now += 60) {
		struct world_actor a = { .world = w };

		g_assert_cmpint(w->now, <, T0);
		run(&a, sessions);
	}
	g_test_message("%.2f requests a desktop", w->requests / 32.);
	g_assert_cmpint(w->requests, <=, 4 * 32);
}

/* ------------------------------------------- decisions */

/* A cloud that answers half: nothing is made, nothing is deleted. */
static void test_incomplete(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(auto_world) w = odd_world(1, sessions);

	w->incomplete = TRUE;
	for (; w->now < T0 + 9000; w->now += 60) {
		struct world_actor a = { .world = w };

		run(&a, sessions);
	}
	g_assert_cmpint(w->creates, ==, 0);
	g_assert_cmpint(w->removes, ==, 0);
	check(w, "incomplete", 0);
}

/* A plan that has lost its class ends nothing before its time. */
static void test_lost_class(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(struct session));
	g_autoptr(auto_world) w = odd_world(1, sessions);
	struct world_actor a = { .world = w };

	w->now = T0 + 3600;
	run(&a, none);
	g_assert_cmpint(w->removes, ==, 0);
	w->now = T0 + 7200;
	run(&a, none);
	g_assert_cmpint(w->removes, ==, 2);
	check(w, "lost class", 0);
}

/* At the end: saved or deleted, but not under a viewer before the grace is over. */
static void test_end(void)
{
	g_autoptr(GArray) sessions = sessions_of(&small_session);
	g_autoptr(auto_world) w = world_new(1, 1, 9);
	struct world_server *s[3];

	w->now = T0;
	w->boot_min_s = w->boot_max_s = 1;
	g_array_index(sessions, struct session, 0).after = AFTER_DELETE;
	for (int i = 0; i < 3; i++) {
		s[i] = world_add(w, first(sessions));
		s[i]->used = TRUE;
		g_ptr_array_add(s[i]->tags, g_strdup_printf("osvdi-user:u%d", i));
	}
	s[1]->viewer = VIEWER_THERE;
	s[2]->viewer = VIEWER_UNKNOWN;
	for (w->now = T0 + 7200; w->now < T0 + 7200 + 900; w->now += 60) {
		struct world_actor a = { .world = w };

		run(&a, sessions);
		g_assert_cmpint(w->removes, ==, 1);
		g_assert_cmpint(w->shelves, ==, 0);
	}
	g_assert_true(is_settled(w, sessions) == FALSE);
	g_assert_cmpint(w->shelves, ==, 2);
	g_assert_true(is_settled(w, sessions));
	check(w, "end", 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/run/killed", test_killed);
	g_test_add_func("/run/killed-in-life", test_killed_in_life);
	g_test_add_func("/run/killed-often", test_killed_often);
	g_test_add_func("/run/interleaved", test_interleaved);
	g_test_add_func("/run/weeks", test_weeks);
	g_test_add_func("/run/requests", test_requests);
	g_test_add_func("/run/incomplete", test_incomplete);
	g_test_add_func("/run/lost-class", test_lost_class);
	g_test_add_func("/run/end", test_end);
	return g_test_run();
}

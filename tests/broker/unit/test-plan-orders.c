/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs and users at once, one request at a time. */
#include <string.h>

#include "plan-play.h"
#include "plan-runs.h"

#define PLAYERS 4
#define ORDERS 10000

/* A user's broker takes one desktop, as pool.h says. */
static gboolean user_tries(struct world_actor *a, const char *id)
{
	g_autofree char *hold = g_strdup_printf("osvdi-user:u%d", play_number(a));
	g_autofree char *bid = g_strdup_printf("%s:%08x", hold, g_rand_int(a->world->rand));
	gboolean done, won = TRUE;

	if (!world_ops.tag(a, id, bid, TRUE, &done, NULL) || !done)
		return FALSE;
	for (int step = 0; step < 2 && won; step++) {
		g_auto(GStrv) tags = NULL;

		if (step && (!world_ops.tag(a, id, hold, TRUE, &done, NULL) || !done))
			return FALSE;
		tags = world_ops.tags(a, id, NULL);
		won = tags && g_strv_contains((const char *const *)tags, bid);
		for (char **t = tags; won && *t; t++)
			if (g_str_has_prefix(*t, "osvdi-user:") && !g_str_has_prefix(*t, hold) &&
					(!step || !strchr(*t + strlen("osvdi-user:"), ':')))
				won = FALSE;
	}
	if (won)
		for (guint i = 0; i < a->world->servers->len; i++) {
			struct world_server *s = a->world->servers->pdata[i];

			if (!strcmp(s->id, id)) {
				/* Also to have it when it is gone would be a loss. */
				s->used = TRUE;
				if (s->state == WORLD_GONE && !a->world->violation)
					a->world->violation = g_strdup("a user got one "
									     "that is gone");
			}
		}
	world_ops.tag(a, id, bid, FALSE, &done, NULL);
	return won;
}

static void play_user(struct world_actor *a, void *data)
{
	gboolean incomplete;
	g_autoptr(GPtrArray) list = world_ops.list(a, &incomplete, NULL);

	for (guint i = 0; list && i < list->len; i++) {
		const struct seen *s = list->pdata[i];

		if (s->status == SEEN_ACTIVE && !seen_is_claimed(s) && !seen_is_retiring(s) &&
				user_tries(a, s->id))
			return;
	}
}

static void play_run(struct world_actor *a, void *sessions)
{
	run_plan(a, sessions);
}

static void add_run(struct play *play)
{
	struct world_actor *a = play_add(play, play_run, !g_rand_int_range(play->rand, 0, 4));

	if (!g_rand_int_range(play->rand, 0, 3))
		a->clock_error_s = g_rand_int_range(play->rand, -200, 200);
}

static void test_interleaved(void)
{
	g_autoptr(GRand) r = g_rand_new_with_seed(20261128);
	int made = 0, removed = 0, used = 0;

	for (int order = 0; order < ORDERS; order++) {
		g_autoptr(GArray) sessions = sessions_of(&small_session);
		g_autoptr(auto_world) w = odd_world((guint32)order, sessions);
		int n = g_rand_int_range(r, 2, PLAYERS + 1), users = g_rand_int_range(r, 0, 2);
		struct play play = { .world = w, .rand = r, .data = sessions, .step_s = 30 };
		struct world_server *s = world_add(w, first(sessions));

		g_ptr_array_add(s->tags, g_strdup(TAG_READY));
		s->boots = w->now;
		if (g_rand_boolean(r)) /* fewer are wanted now */
			g_array_index(sessions, struct session, 0).count = 2;
		for (int i = 0; i < n; i++)
			if (i < users)
				play_add(&play, play_user, FALSE);
			else
				add_run(&play);
		play_all(&play);
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
	play_end();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/orders/interleaved", test_interleaved);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan-play.h"

#include <ucontext.h>

#define STACK (256 * 1024)

struct player {
	struct world_actor actor;
	play_func *function;
	void *data;
	gboolean done;
	ucontext_t context;
	char *stack;
};

static struct player players[PLAY_MOST];
static ucontext_t scheduler;
static int playing;

static void turn(void *data)
{
	struct player *p = data;

	swapcontext(&p->context, &scheduler);
}

static void begin(void)
{
	struct player *p = &players[playing];

	p->function(&p->actor, p->data);
	p->done = TRUE;
}

struct world_actor *play_add(struct play *play, play_func *function, gboolean mortal)
{
	struct player *p = &players[play->n];
	char *stack = p->stack ? p->stack : g_malloc(STACK);

	g_assert_cmpint(play->n++, <, PLAY_MOST);
	*p = (struct player){ .function = function, .data = play->data, .stack = stack };
	p->actor = (struct world_actor){ .world = play->world, .turn = turn, .turn_data = p };
	if (mortal) {
		p->actor.dies_at = g_rand_int_range(play->rand, 1, 25);
		p->actor.dies_after = g_rand_boolean(play->rand);
	}
	getcontext(&p->context);
	p->context.uc_stack.ss_sp = p->stack;
	p->context.uc_stack.ss_size = STACK;
	p->context.uc_link = &scheduler;
	makecontext(&p->context, begin, 0);
	return &p->actor;
}

int play_number(const struct world_actor *actor)
{
	int i = 0;

	while (&players[i].actor != actor)
		i++;
	return i;
}

void play_all(struct play *play)
{
	int left = play->n;

	while (left) {
		int i = g_rand_int_range(play->rand, 0, play->n);

		if (players[i].done)
			continue;
		/* Sometimes time passes, and a slow run is taken for a dead one. */
		play->world->now += g_rand_int_range(play->rand, 0, 30) ? 0 : play->step_s;
		playing = i;
		swapcontext(&scheduler, &players[i].context);
		left -= players[i].done;
	}
}

void play_end(void)
{
	for (int i = 0; i < PLAY_MOST; i++)
		g_clear_pointer(&players[i].stack, g_free);
}

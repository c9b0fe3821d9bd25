/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BROKER_PLAN_PLAY_H
#define TESTS_BROKER_PLAN_PLAY_H

#include "plan/world.h"

/* Programs that talk to a world at the same time, one request at a time, in an order that is
 * drawn. Each has a stack of its own. */
#define PLAY_MOST 6

struct play {
	struct world *world;
	GRand *rand;
	void *data; /* of all */
	int step_s; /* the time that passes now and then */
	int n; /* players so far */
};

typedef void play_func(struct world_actor *actor, void *data);

/** A further player. mortal: it dies at one of its requests, which is drawn. */
struct world_actor *play_add(struct play *play, play_func *function, gboolean mortal);
/** The number of a player, from 0. */
int play_number(const struct world_actor *actor);
/** Let them all play to their ends. */
void play_all(struct play *play);
/** Free the stacks. */
void play_end(void);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_WORLD_H
#define OSVDI_BROKER_PLAN_WORLD_H

#include "plan/ops.h"
#include "plan/place.h"

/*
 * A cloud in memory, with a clock that is set: what "plan simulate" and the tests run
 * the plan's own code against. Each request is atomic, as Nova's are for their rows.
 */

enum world_state {
	WORLD_BOOTING,
	WORLD_RUNNING,
	WORLD_BROKEN, /* ACTIVE, but never shows a picture */
	WORLD_ERROR,
	WORLD_SHELVED,
	WORLD_SUSPENDED,
	WORLD_SHUT_DOWN,
	WORLD_GONE,
};

struct world_server {
	char *id;
	const struct session *session; /* NULL: of no class */
	char *class_id, *pool, *idle_id; /* all NULL: foreign */
	struct window window;
	gint64 created, boots; /* when it runs */
	enum world_state state;
	gboolean host_lost; /* nobody can ask for its screen */
	gboolean breaks; /* it will be WORLD_BROKEN */
	gboolean used; /* a user has won it */
	enum seen_viewer viewer;
	gint64 viewer_since;
	gboolean opening; /* a user's broker has found that it may be opened */
	gint64 last_input; /* as of struct seen */
	gboolean locked, busy;
	int host; /* -1: none */
	struct place place; /* on the host, where there is a capacity */
	gboolean placed; /* the place is taken */
	const char *why; /* it failed */
	GPtrArray *tags; /* char * */
};

/* How often things go wrong, of 1000. */
struct world_faults {
	int boot_error; /* Nova's ERROR */
	int boot_broken; /* no picture, ever */
	int request; /* a request is refused: 429 */
};

struct world {
	gint64 now;
	GRand *rand;
	struct world_faults faults;
	int boot_min_s, boot_max_s;
	GArray *seats; /* int: of each host; those of a lost host are 0 */
	/* Instead of seats: what each host has, and what a session's desktops need. */
	const struct capacity *capacity; /* NULL: seats */
	gint64 *free; /* of each stock */
	const struct need *(*need_of)(void *need_data, const struct session *session);
	void *need_data;
	int viewer_lag_s; /* the hosts tell of a viewer so much later */
	int idle_s; /* a desktop may be put to rest without input for so long */
	GPtrArray *servers; /* struct world_server, the gone ones too */
	GPtrArray *keys; /* char * */
	gboolean incomplete; /* lists are not whole */

	/* Counted: */
	int requests, creates, removes, shelves; /* shelves: put to rest, in whatever way */
	/* An event that must never happen, in words; NULL: none did. */
	char *violation;
};
typedef struct world auto_world;

struct world *world_new(guint32 seed, int hosts, int seats);

/** The hosts of a capacity, borrowed, instead of seats. */
void world_set_capacity(struct world *world, const struct capacity *capacity,
		const struct need *(*need_of)(void *need_data, const struct session *session),
		void *need_data);

void world_free(struct world *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_world, world_free)

/** Servers that are not gone. session NULL: of all sessions. */
int world_count(const struct world *world, const struct session *session);
int world_count_ready(const struct world *world, const struct session *session);

/** Whether a desktop runs, and was tagged as ready. */
gboolean world_server_is_ready(const struct world_server *server);

struct world_server *world_add(struct world *world, const struct session *session);
/** A desktop of no class. pool, idle_id: its metadata, or NULL. */
struct world_server *world_add_own(struct world *world, const char *pool, const char *idle_id);
void world_lose_host(struct world *world, int host);

/* One program that talks to the world; the `data` of world_ops. */
struct world_actor {
	struct world *world;
	int requests; /* so far */
	int dies_at; /* the number of a request; 0: lives */
	gboolean dies_after; /* that request is done, its answer is not heard */
	gboolean dead;
	gint64 clock_error_s; /* of its own clock */
	/* Called before each request; others may act there. */
	void (*turn)(void *turn_data);
	void *turn_data;
	/* Told what is done; or NULL. */
	void (*told)(void *told_data, const char *id, const char *what, const char *why);
	void *told_data;
};

extern const struct plan_ops world_ops;

#endif

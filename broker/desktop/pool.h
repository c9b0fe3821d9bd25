/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_POOL_H
#define OSVDI_BROKER_POOL_H

#include "compute/nova.h"

/*
 * Pools: servers with the metadata osvdi:pool=NAME, each held by one user at most.
 * (docs/developer/glossary.md: pool, claim, bid, hold, owner.)
 *
 * Nova has no compare-and-set. Metadata cannot serve: Nova writes back all keys it
 * read, so of two writers one is lost. Tags can: each is a row of its own, added
 * and removed by itself. So every attempt of every broker
 *   1. adds a bid, a tag with a nonce that no one else uses;
 *   2. reads all tags. It goes on only when its bid is there and no other owner has
 *      a claim of any kind; else it takes its own bid back and looks elsewhere;
 *   3. adds its owner's hold and reads again. It has the desktop only when bid and
 *      hold are there and no one else has a hold; then it takes its bid back.
 *
 * Why two owners never get one desktop: let both pass step 2. Each bid was written
 * before its reader's read. Take the one whose bid came later: at its read the
 * earlier bid was there, unless it had been taken away. Its own broker takes it
 * away only after step 3, when the hold stands, which that read would have shown;
 * "release" may take it, but then step 3 of the first does not find it and gives
 * up. Both may give up; each then waits a random time and tries again.
 * A broker that dies leaves a bid or a hold: the desktop stays its owner's, who
 * gets it at the next try, or gives it back by "release". Nothing is ever taken
 * over because time has passed.
 *
 * Wanted of the cloud: that what one API call wrote the next one reads (one
 * database writer, or causal reads in a Galera cluster).
 */

/**
 * A desktop of the pool for the owner (see claim.h): the one it holds already, or
 * a free one. A shelved one is unshelved on the way, for only then it can be
 * tagged.
 *
 * Errors: BROKER_ERROR_NOT_FOUND: no such pool, or all are taken;
 *         BROKER_ERROR_NOT_READY: others want the same few ones all the time.
 * Owner:  server_free().
 */
struct server *pool_assign(struct cloud *cloud, const char *pool, const char *owner,
		gint64 deadline_us, GError **error);

struct pool_summary {
	char *name;
	guint total, free; /* desktops, and those that anyone could take now */
	gboolean held; /* the owner has one of them */
};

/** The project's pools, of struct pool_summary, sorted by name. owner: or NULL. */
GPtrArray *pool_list(struct cloud *cloud, const char *owner, GError **error);

/** Take away every claim of the owner on it; owner NULL: of anyone. */
gboolean pool_release(struct cloud *cloud, const struct server *s, const char *owner,
		GError **error);

/** How soon a server of this state could serve: 0 is best; -1: not at all. */
int pool_preference(const struct server *s);

#endif

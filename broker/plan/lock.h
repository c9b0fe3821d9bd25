/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_LOCK_H
#define OSVDI_BROKER_PLAN_LOCK_H

#include "plan/ops.h"

/*
 * One run at a time makes desktops, so that there are never too many. Nova has no
 * lock and no request that says "unless there is one already"; a key pair serves as
 * both, for its name is unique to its user, and Nova refuses a new server whose key
 * pair does not exist.
 *
 * A run adds a key pair "osvdi-plan-TIME-NONCE" and then lists all of that kind. Is
 * another one there, the run takes its own away and gives up, or, if the other is
 * older than LOCK_STALE_S, takes the other away first. A run that is alone lists the
 * desktops, decides, and makes each new desktop with its own key pair.
 *
 * Why two runs never both make desktops: let both have found themselves alone. Of the
 * two key pairs one was added later. The later run listed after that, and did not see
 * the earlier pair: so that pair had been taken away, by the run itself, which is
 * done then, or by another, and then Nova refuses what the run still asks for. What
 * it made before is in the list of desktops that the later run reads after its look
 * at the pairs. A clock that is wrong makes runs give up or take turns too soon, but
 * never makes a desktop too many.
 *
 * Wanted of the cloud: as for pools (desktop/pool.h). All runs are of one user.
 */
#define LOCK_PREFIX "osvdi-plan-"
#define LOCK_STALE_S 50

/**
 * Take the lock. Returns the key pair's name, to be freed with g_free(); NULL without
 * an error: another run has it.
 */
char *lock_take(const struct plan_ops *ops, void *data, GError **error);
gboolean lock_release(const struct plan_ops *ops, void *data, const char *key, GError **error);

/** When a lock was taken, from its name; 0: it is none. */
gint64 lock_time(const char *key);

#endif

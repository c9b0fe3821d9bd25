/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_SNAPSHOT_H
#define OSVDI_BROKER_PLAN_SNAPSHOT_H

#include "plan/fit.h"
#include "plan/plan.h"

/*
 * A cloud as it was at one time, in JSON (docs/user/broker.md):
 *   provider_summaries   as Placement tells them, see capacity_load()
 *   flavors              as Nova tells them, with id, name and extra_specs
 *   desktops             of plans, that exist: until (text), allocations (as Placement
 *                        tells them: provider -> resources); may be missing
 */
struct snapshot {
	struct capacity *capacity;
	GHashTable *needs; /* flavor's name and id -> struct need */
	GPtrArray *needs_owned;
	GArray *holdings; /* struct holding */
};
typedef struct snapshot auto_snapshot;

/** Errors: BROKER_ERROR_SERVICE: it is not whole. Owner: snapshot_free(). */
struct snapshot *snapshot_load(const char *data, gsize length, GError **error);
void snapshot_free(struct snapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_snapshot, snapshot_free)

/** Errors: BROKER_ERROR_NOT_FOUND; USAGE: the flavor cannot be planned. */
const struct need *snapshot_need(const struct snapshot *snapshot, const char *flavor,
		GError **error);

/** The demands of a plan's sessions, spares and the time to prepare and to end included.
 * Owner: g_array_unref(); of struct demand. */
GArray *snapshot_demands(const struct snapshot *snapshot, const GArray *sessions,
		GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_SIMULATE_H
#define OSVDI_BROKER_PLAN_SIMULATE_H

#include "plan/snapshot.h"
#include "plan/world.h"

/* The plan's own code, minute by minute, against a snapshot of a cloud. */
struct simulation {
	const struct plan *plan;
	const struct snapshot *snapshot;
	gint64 from, to;
	guint32 seed;
	struct world_faults faults;
	gint64 lost_at; /* a host is lost then; 0: none is */
	int lost_host;
	int boot_min_s, boot_max_s; /* 0: 60 and 240 */
};

/**
 * The outcome, as JSON: for each session what was planned, ready and used, how many
 * seconds before the start all were ready, and why desktops failed.
 *
 * Errors: those of plan_expand(), snapshot_need(); FAILED: a rule was broken that must
 *         hold always, which is a mistake in this program.
 * Owner:  json_node_unref().
 */
JsonNode *simulate(const struct simulation *simulation, GError **error);

#endif

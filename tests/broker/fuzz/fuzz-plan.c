/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "plan/plan.h"
#include "plan/snapshot.h"

/* A year of a plan, YAML or calendar; or a snapshot, and whether its flavors fit. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan *plan = plan_load("fuzz", (const char *)data, size, NULL);
	struct snapshot *snapshot = snapshot_load((const char *)data, size, NULL);

	if (plan) {
		GArray *sessions = plan_expand(plan, 1767225600, 1767225600 + 366 * 86400, NULL);

		g_clear_pointer(&sessions, g_array_unref);
	}
	for (guint i = 0; snapshot && i < snapshot->needs_owned->len; i++)
		fit_seats(snapshot->capacity, snapshot->needs_owned->pdata[i]);
	plan_free(plan);
	snapshot_free(snapshot);
	return 0;
}

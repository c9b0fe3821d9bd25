/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_REPORT_H
#define OSVDI_BROKER_PLAN_REPORT_H

#include <json-glib/json-glib.h>

#include "plan/run.h"

struct plan_report {
	const GArray *sessions; /* struct session */
	const GPtrArray *seen; /* struct seen, as the cloud shows them now */
	gboolean incomplete; /* some may be missing */
	const GPtrArray *idle; /* struct idle_rule; or NULL */
	gint64 now;
};

/**
 * The state of each session's desktops as JSON: "sessions", an array of objects with
 * "class", "start", "end", "planned", "spares", "ready", "used", "idle" (ready and not
 * used), "starting", "saved", "failed" and "reasons"; "idle", an array of objects with
 * "rule", "pool", "desktops", "used" (or not known), "unused", "announced" (of these, and
 * "next", when the first is put to rest) and "at_rest"; and "incomplete".
 *
 * Owner: json_node_unref().
 */
JsonNode *plan_report(const struct plan_report *report);

/** The things that a run has done. Owner: json_node_unref(). */
JsonNode *plan_run_json(const struct run_report *report);

#endif

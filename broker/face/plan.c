/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "face/face.h"
#include "plan/idle.h"
#include "plan/plan.h"
#include "plan/report.h"
#include "plan/run.h"
#include "planner/look.h"
#include "planner/screens.h"

#define DAY_S G_GINT64_CONSTANT(86400)
/* Desktops of sessions that ended longer ago are ended by their own metadata. */
#define PAST_S (31 * DAY_S)

/* A plan and the cloud that it is for. */
struct applying {
	struct plan *plan;
	GArray *sessions; /* of the plan, around now */
	struct screens screens;
	struct nova_plan *nova;
};

static gboolean load(const struct osvdi_broker_plan *plan, gint64 past_s, struct applying *a,
		GError **error)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	struct osvdi_broker_plan given;

	face_take_params(&given, sizeof(given), plan, plan->size);
	a->plan = plan_load(given.name, given.text,
			given.length ? given.length : strlen(given.text), error);
	if (a->plan)
		a->sessions = plan_expand(a->plan, now - past_s, now + DAY_S, error);
	return a->sessions != NULL;
}

/* A rule that could never know whether a desktop is used would never do anything. */
static gboolean check_viewers(const struct osvdi_broker *b, const struct plan *plan, GError **error)
{
	const struct idle_rule *rule = plan->idle->len ? plan->idle->pdata[0] : NULL;

	if (!rule || b->config.plan_viewers)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s: nobody tells which desktops are used, so no rule can put one to rest: "
			"name who does in broker.yaml (plan: viewers:)", rule->place);
	return FALSE;
}

/* All that this machine can tell comes before the first request. */
static gboolean begin(struct osvdi_broker *b, const struct osvdi_broker_plan *plan, gint64 past_s,
		struct applying *a, GError **error)
{
	if (!load(plan, past_s, a, error) || !check_viewers(b, a->plan, error) ||
			!face_read_spice_ca(b, error) || !face_begin(b, 0, error))
		return FALSE;
	a->screens = (struct screens){ b->cloud, &b->config, b->spice_ca };
	a->nova = nova_plan_new(b->cloud, screens_probe, &a->screens);
	nova_plan_set_viewers(a->nova, b->config.plan_viewers);
	nova_plan_set_idle(a->nova, a->plan->idle);
	nova_plan_set_limits(a->nova, a->plan->limits);
	return TRUE;
}

static void clear(struct applying *a)
{
	nova_plan_free(a->nova);
	g_clear_pointer(&a->sessions, g_array_unref);
	plan_free(a->plan);
}

char *osvdi_broker_plan_apply(struct osvdi_broker *b, const struct osvdi_broker_plan *plan,
		struct osvdi_broker_error **error)
{
	struct applying a = { 0 };
	struct run_report report;
	g_autoptr(JsonNode) node = NULL;
	GError *e = NULL;

	if (begin(b, plan, PAST_S, &a, &e)) {
		const struct run run = { &nova_plan_ops, a.nova, a.sessions, 0, 0, a.plan->idle };

		if (run_once(&run, &report, &e))
			node = plan_run_json(&report);
	}
	clear(&a);
	return node ? js_dump(node, FALSE) : face_fail(b, e, error);
}

char *osvdi_broker_plan_report(struct osvdi_broker *b, const struct osvdi_broker_plan *plan,
		struct osvdi_broker_error **error)
{
	struct applying a = { 0 };
	gboolean incomplete = FALSE;
	g_autoptr(GPtrArray) seen = NULL;
	g_autoptr(JsonNode) node = NULL;
	GError *e = NULL;

	if (begin(b, plan, DAY_S, &a, &e))
		seen = nova_plan_ops.list(a.nova, &incomplete, &e);
	if (seen) {
		const struct plan_report r = { a.sessions, seen, incomplete, a.plan->idle,
			clock_unix_s(cloud_clock(b->cloud)) };

		node = plan_report(&r);
	}
	clear(&a);
	return node ? js_dump(node, FALSE) : face_fail(b, e, error);
}

char *osvdi_broker_plan_snapshot(struct osvdi_broker *b, struct osvdi_broker_error **error)
{
	GError *e = NULL;
	g_autoptr(JsonNode) node = face_begin(b, 0, &e) ? look_snapshot(b->cloud, &e) : NULL;

	return node ? js_dump(node, TRUE) : face_fail(b, e, error);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_IDLE_H
#define OSVDI_BROKER_PLAN_IDLE_H

#include "plan/run.h"

/*
 * Desktops that nobody uses are put to rest, so that others get their GPUs. A rule is for
 * the held desktops of a pool, and for desktops with the metadata osvdi:idle=ID; no other
 * desktop is ever touched, and none of a class. What is not known counts as use.
 * base/rest-tags.h says how a desktop that is being opened is left alone.
 */
struct idle_rule {
	char *id; /* [a-z0-9-], unique in the plan */
	char *place; /* "plan.yaml:12", for messages */
	char *pool; /* or NULL */
	int after_s; /* without a viewer and without input */
	int grace_s; /* from the announcement on */
	enum rest rest;
};

/* A viewer is seen so long after its user's broker has looked at the desktop, at most. */
#define IDLE_LEAST_GRACE_S 300

void idle_rule_free(struct idle_rule *rule);

/** The rule for a desktop, or NULL. rules: struct idle_rule. */
const struct idle_rule *idle_rule_of(const GPtrArray *rules, const struct seen *seen);

enum idle_state {
	IDLE_AT_REST, /* shelved, or as the rule has it */
	IDLE_USED, /* or not known */
	IDLE_UNUSED, /* not yet for long enough */
	IDLE_FREE, /* may be put to rest once that was announced */
};
enum idle_state idle_state_of(const struct idle_rule *rule, const struct seen *seen, gint64 now);

enum idle_kind {
	IDLE_CANCEL, /* take an announcement, or a mark of the dead, away */
	IDLE_ANNOUNCE,
	IDLE_REST,
};

struct idle_action {
	enum idle_kind kind;
	const struct idle_rule *rule; /* NULL: IDLE_CANCEL, as no rule has it any more */
	const struct seen *seen;
	const char *tag; /* IDLE_CANCEL: of seen */
	gint64 at; /* IDLE_ANNOUNCE, IDLE_REST: the time that is announced */
};

/** The actions of now, without asking or keeping anything. Owner: g_array_unref(). */
GArray *idle_decide(const GPtrArray *rules, const GPtrArray *seen, gint64 now);

/** Do it. seen: what the cloud has shown. Errors: as run_once(). */
gboolean idle_run(const struct run *run, const GPtrArray *seen, struct run_report *report,
		GError **error);

#endif

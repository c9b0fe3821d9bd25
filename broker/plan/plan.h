/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_PLAN_H
#define OSVDI_BROKER_PLAN_PLAN_H

#include "plan/session.h"

/* A class of the plan: the same desktops at one time or many. */
struct plan_class {
	char *id; /* [a-z0-9-], unique in the plan */
	char *place; /* "plan.yaml:12", for messages */
	char *flavor, *image; /* names or ids */
	char **networks; /* NULL: Nova's choice */
	char **users; /* to whom its desktops are open: names or ids; NULL: everyone */
	char *group; /* the same, of Keystone; or NULL */
	int count, spares;
	int prepare_s, boot_limit_s, open_s, grace_s;
	enum after after;
	enum ready ready;
	struct when when;
	struct zone *zone;
};

struct plan {
	GPtrArray *classes; /* struct plan_class */
	GPtrArray *idle; /* struct idle_rule */
	GPtrArray *limits; /* struct limit (base/limit-note.h) */
	GPtrArray *remarks; /* char *: what is odd, and taken all the same */
	void *calendar; /* libical's, which describes zones; or NULL */
	GDestroyNotify calendar_free;
};
typedef struct plan auto_plan;

struct plan *plan_new(void);
void plan_free(struct plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_plan, plan_free)

/** A class with the defaults, not yet of a plan. Owner: plan_class_free(). */
struct plan_class *plan_class_new(const char *place);
void plan_class_free(struct plan_class *class);

/**
 * Set what a plan file or a calendar says: "count" = "30". Several values only for
 * networks, users.
 * Errors: BROKER_ERROR_USAGE, with the place; also for unknown keys.
 */
gboolean plan_class_set(struct plan_class *class, const char *key, char **values, GError **error);

/** Whether a text is one of a-z, 0-9 and -, at most 40 of them. */
gboolean plan_is_id(const char *text);

/** Whether plan_class_set() knows the key. */
gboolean plan_class_knows(const char *key);

/**
 * Check a class that is whole, and take it over into the plan, also on failure.
 * Errors: BROKER_ERROR_USAGE: something is missing or contradicts itself.
 */
gboolean plan_add(struct plan *plan, struct plan_class *class, GError **error);

/** Read a plan from YAML (docs/user/broker.md) or, by its first line, iCalendar. */
struct plan *plan_load(const char *name, const char *data, gsize length, GError **error);
struct plan *plan_load_yaml(const char *name, const char *data, gsize length, GError **error);
struct plan *plan_load_calendar(const char *name, const char *data, gsize length,
		GError **error);

/**
 * The sessions whose windows overlap a stretch of time, by start. Each one's
 * class_data is its struct plan_class.
 * Errors: BROKER_ERROR_USAGE: the plan has more than PLAN_MAX_SESSIONS in it.
 * Owner:  g_array_unref(); of struct session, which borrow from the plan.
 */
GArray *plan_expand(const struct plan *plan, gint64 from, gint64 to, GError **error);

#define PLAN_MAX_SESSIONS 100000
#define PLAN_MAX_COUNT 2000 /* desktops of a class, and as many spares */
#define PLAN_MAX_WEEKS 520
#define PLAN_MAX_BYTES (1024 * 1024)
/* A class is planned at most so long ahead. */
#define PLAN_HORIZON_S (10 * 366 * G_GINT64_CONSTANT(86400))

#endif

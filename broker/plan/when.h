/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_WHEN_H
#define OSVDI_BROKER_PLAN_WHEN_H

#include "plan/zone.h"

/* A time from start on, up to but without end. Seconds since 1970. */
struct window {
	gint64 start, end;
};

/* No time table has more. */
#define WHEN_MAX 10000
/* A window of more than a month is a mistake. */
#define WHEN_MAX_DURATION_S (31 * 86400)

/* When something takes place, once or again and again. Zeroed but for `first` and
 * `duration_s`: once. */
struct when {
	gint64 first; /* civil */
	gint64 duration_s;
	gboolean exact; /* the duration is one of seconds; else of the clock on the wall */
	char *rule; /* RFC 5545's RRULE without its name; or NULL */
	GArray *more; /* gint64, civil: RDATE; or NULL */
	GArray *except; /* gint64, civil: EXDATE; or NULL */
};

void when_clear(struct when *when);

/**
 * Parse "Tue 10:00-12:00", "Tue,Thu 10:00-12:00" (each week, unless `weeks` is 1) or
 * "2026-12-01 10:00-12:00". An end not after the start is on the next day.
 *
 * now:    civil; a day of the week is the first that has not begun then.
 * weeks:  how many weeks; 0: it was not said: once.
 * Errors: BROKER_ERROR_USAGE.
 */
gboolean when_parse(struct when *when, const char *text, gint64 now, int weeks, GError **error);

/** Refuse a rule that is none, or repeats within a day. NULL is fine. */
gboolean when_check_rule(const char *rule, GError **error);

/**
 * All windows that end after `from` and start before `to`, by start, each once.
 * Errors: BROKER_ERROR_USAGE: a bad rule; more than WHEN_MAX windows.
 * Owner:  g_array_unref(); of struct window.
 */
GArray *when_expand(const struct when *when, const struct zone *zone, gint64 from, gint64 to,
		GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_ZONE_H
#define OSVDI_BROKER_PLAN_ZONE_H

#include <glib.h>

/*
 * Time zones. A "civil" time is what a clock on the wall of the zone shows, in
 * seconds, counted as if the wall were in UTC: 1970-01-01 00:00:00 is 0.
 */
struct zone;
typedef struct zone auto_zone;

/**
 * The zone of an IANA name ("Europe/Berlin", "UTC"); NULL: this machine's.
 * Errors: BROKER_ERROR_USAGE: there is no such zone.
 * Owner:  zone_free().
 */
struct zone *zone_new(const char *name, GError **error);

/** A zone that a function describes: seconds east of UTC at a time of UTC. */
struct zone *zone_new_custom(int (*offset_s)(void *data, gint64 utc), void *data,
		GDestroyNotify release);

void zone_free(struct zone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_zone, zone_free)

gint64 zone_to_civil(const struct zone *zone, gint64 utc);

/**
 * Seconds since 1970 of a civil time. One that the clock shows twice is the first of
 * the two; one that the clock leaps over is read with the offset before the leap
 * (RFC 5545, 3.3.5: DATE-TIME, form 3).
 */
gint64 zone_to_utc(const struct zone *zone, gint64 civil);

/** A civil time of a date of the calendar; FALSE when there is no such date or time. */
gboolean civil_of(int year, int month, int day, int hour, int minute, int second, gint64 *civil);

/** "2026-12-01" of a civil time, and its day of the week, 1: Monday. */
char *civil_date(gint64 civil);
int civil_weekday(gint64 civil);

#endif

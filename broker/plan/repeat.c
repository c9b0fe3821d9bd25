/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/ical.h"
#include "plan/when.h"

#define DAY_S 86400

/* Civil times of a rule, one after the other. UNTIL is ours: a rule's UTC time must be
 * compared in UTC, and libical's iterator knows no zone here. */
struct series {
	struct icalrecurrencetype rule;
	struct icaltimetype until;
	icalrecur_iterator *iterator;
};

static gboolean refuse(const char *rule, const char *why, GError **error)
{
	g_autofree char *shown = text_clean(rule, 120);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"the rule of repetition \"%s\" %s (RFC 5545, RRULE)", shown, why);
	return FALSE;
}

static gboolean parse_rule(const char *text, struct icalrecurrencetype *rule, GError **error)
{
	if (strlen(text) > 500)
		return refuse(text, "is too long", error);
	if (!ical_load(error))
		return FALSE;
	ical.error_clear_errno();
	*rule = ical.recurrencetype_from_string(text);
	g_clear_pointer(&rule->rscale, free);
	if (rule->freq == ICAL_NO_RECURRENCE)
		return refuse(text, "is not understood", error);
	if (rule->freq == ICAL_SECONDLY_RECURRENCE || rule->freq == ICAL_MINUTELY_RECURRENCE ||
			rule->freq == ICAL_HOURLY_RECURRENCE ||
			rule->by_second[0] != ICAL_RECURRENCE_ARRAY_MAX ||
			rule->by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX ||
			rule->by_hour[0] != ICAL_RECURRENCE_ARRAY_MAX)
		return refuse(text, "repeats within a day; make an entry for each hour", error);
	if (rule->interval < 1)
		return refuse(text, "has an interval that is none", error);
	return TRUE;
}

gboolean when_check_rule(const char *rule, GError **error)
{
	struct icalrecurrencetype parsed;

	return !rule || parse_rule(rule, &parsed, error);
}

static struct icaltimetype civil_to_ical(gint64 civil)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(civil);
	struct icaltimetype time = ical.time_null_time();

	if (!t)
		return time;
	time.year = g_date_time_get_year(t);
	time.month = g_date_time_get_month(t);
	time.day = g_date_time_get_day_of_month(t);
	time.hour = g_date_time_get_hour(t);
	time.minute = g_date_time_get_minute(t);
	time.second = g_date_time_get_second(t);
	return time;
}

static gboolean ical_to_civil(struct icaltimetype t, gint64 *civil)
{
	return civil_of(t.year, t.month, t.day, t.hour, t.minute, t.second, civil);
}

static gboolean series_init(struct series *s, const struct when *when, GError **error)
{
	if (!parse_rule(when->rule, &s->rule, error))
		return FALSE;
	s->until = s->rule.until;
	s->rule.until = ical.time_null_time();
	s->iterator = ical.recur_iterator_new(s->rule, civil_to_ical(when->first));
	return s->iterator || refuse(when->rule, "is not supported", error);
}

static gboolean is_after_until(const struct series *s, const struct zone *zone, gint64 civil)
{
	gint64 until;

	if (ical.time_is_null_time(s->until))
		return FALSE;
	if (!ical_to_civil(s->until, &until))
		return TRUE;
	if (ical.time_is_date(s->until))
		return civil >= until + DAY_S;
	if (ical.time_is_utc(s->until))
		return zone_to_utc(zone, civil) > until;
	return civil > until;
}

/* The next civil time; FALSE: there is none any more. */
static gboolean series_next(struct series *s, const struct zone *zone, gint64 *civil)
{
	struct icaltimetype next = ical.recur_iterator_next(s->iterator);

	return !ical.time_is_null_time(next) && ical_to_civil(next, civil) &&
			!is_after_until(s, zone, *civil);
}

static gboolean contains(const GArray *times, gint64 civil)
{
	for (guint i = 0; times && i < times->len; i++)
		if (g_array_index(times, gint64, i) == civil)
			return TRUE;
	return FALSE;
}

struct expansion {
	const struct when *when;
	const struct zone *zone;
	gint64 from, to;
	GArray *windows;
};

/* FALSE: this one and all later ones are outside. */
static gboolean add(struct expansion *x, gint64 civil)
{
	struct window w = { .start = zone_to_utc(x->zone, civil) };

	w.end = x->when->exact ? w.start + x->when->duration_s
			       : zone_to_utc(x->zone, civil + x->when->duration_s);
	if (w.start >= x->to)
		return FALSE;
	/* A night of which the clock skips all is none. */
	if (w.end > x->from && w.end > w.start && !contains(x->when->except, civil))
		g_array_append_val(x->windows, w);
	return TRUE;
}

static int by_start(gconstpointer a, gconstpointer b)
{
	const struct window *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void sort_unique(GArray *windows)
{
	guint kept = 0;

	g_array_sort(windows, by_start);
	for (guint i = 0; i < windows->len; i++) {
		struct window w = g_array_index(windows, struct window, i);

		if (!kept || g_array_index(windows, struct window, kept - 1).start != w.start)
			g_array_index(windows, struct window, kept++) = w;
	}
	g_array_set_size(windows, kept);
}

static gboolean add_series(struct expansion *x, GError **error)
{
	struct series s = { 0 };
	gint64 civil;
	int steps = 0;

	if (!series_init(&s, x->when, error))
		return FALSE;
	while (series_next(&s, x->zone, &civil) && add(x, civil))
		if (++steps > WHEN_MAX)
			break;
	ical.recur_iterator_free(s.iterator);
	return steps <= WHEN_MAX || refuse(x->when->rule, "gives more than 10000 times", error);
}

GArray *when_expand(const struct when *when, const struct zone *zone, gint64 from, gint64 to,
		GError **error)
{
	g_autoptr(GArray) windows = g_array_new(FALSE, FALSE, sizeof(struct window));
	struct expansion x = { when, zone, from, to, windows };

	/* RFC 5545, 3.8.5.3: the first one counts, whether or not the rule gives it. */
	add(&x, when->first);
	if (when->rule && !add_series(&x, error))
		return NULL;
	for (guint i = 0; when->more && i < when->more->len; i++)
		add(&x, g_array_index(when->more, gint64, i));
	sort_unique(windows);
	return g_steal_pointer(&windows);
}

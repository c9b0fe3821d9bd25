/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/when.h"

#define DAY_S 86400

void when_clear(struct when *when)
{
	g_clear_pointer(&when->rule, g_free);
	g_clear_pointer(&when->more, g_array_unref);
	g_clear_pointer(&when->except, g_array_unref);
}

static gboolean refuse(const char *text, const char *why, GError **error)
{
	g_autofree char *shown = text_clean(text, 80);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"\"%s\" is no time of a class: %s; give \"Tue 10:00-12:00\" or "
			"\"2026-12-01 10:00-12:00\"",
			shown, why);
	return FALSE;
}

/* "9:30" or "10:00"; "24:00" is the day's end. */
static gboolean parse_clock(const char *text, int *seconds)
{
	int hour, minute, used = 0;

	if (!g_ascii_isdigit(*text) ||
			sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] ||
			!g_ascii_isdigit(text[used - 1]) || !g_ascii_isdigit(text[used - 2]))
		return FALSE;
	if (minute < 0 || minute > 59 || hour < 0 || hour > 24 || (hour == 24 && minute))
		return FALSE;
	*seconds = (hour * 60 + minute) * 60;
	return TRUE;
}

static gboolean parse_hours(const char *text, int *from, gint64 *duration)
{
	g_auto(GStrv) ends = g_strsplit(text, "-", 3);
	int to;

	if (g_strv_length(ends) != 2 || !parse_clock(g_strstrip(ends[0]), from) ||
			!parse_clock(g_strstrip(ends[1]), &to))
		return FALSE;
	if (*from == DAY_S || *from == to)
		return FALSE;
	*duration = to - *from + (to < *from ? DAY_S : 0);
	return TRUE;
}

static int parse_weekday(const char *name)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday" };
	gsize n = strlen(name);

	for (int i = 0; i < 7; i++)
		if ((n == 2 || n == 3 || n == strlen(days[i])) &&
				!g_ascii_strncasecmp(name, days[i], n))
			return i + 1;
	return 0;
}

/* Days as a set of bits, 1: Monday. 0: text is none. */
static guint parse_weekdays(const char *text)
{
	g_auto(GStrv) names = g_strsplit(text, ",", 8);
	guint days = 0;

	for (char **name = names; *name; name++) {
		int day = parse_weekday(*name);

		if (!day || days & 1u << day)
			return 0;
		days |= 1u << day;
	}
	return days;
}

static gboolean parse_date(const char *text, gint64 *civil)
{
	int year, month, day, used = 0;

	return strlen(text) == 10 &&
			sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 &&
			used == 10 && civil_of(year, month, day, 0, 0, 0, civil);
}

/* The first of these days whose window has not begun. */
static gint64 next_day(guint days, int from, gint64 now)
{
	gint64 today = now - (now % DAY_S + DAY_S) % DAY_S;

	for (int i = 0; i <= 7; i++) {
		gint64 day = today + i * (gint64)DAY_S;

		if (days & 1u << civil_weekday(day) && day + from >= now)
			return day;
	}
	g_assert_not_reached();
}

/* Repeat a set of days for some weeks: as many times as there are days in them. */
static char *weekly_rule(guint days, int weeks)
{
	static const char *const names[] = { "", "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
	GString *rule = g_string_new("FREQ=WEEKLY;BYDAY=");
	int n = 0;

	for (int i = 1; i <= 7; i++)
		if (days & 1u << i)
			g_string_append_printf(rule, "%s%s", n++ ? "," : "", names[i]);
	g_string_append_printf(rule, ";COUNT=%d", n * weeks);
	return g_string_free(rule, FALSE);
}

gboolean when_parse(struct when *when, const char *text, gint64 now, int weeks, GError **error)
{
	g_autofree char *line = g_strstrip(g_strdup(text));
	char *space = strchr(line, ' ');
	guint days;
	gint64 day;
	int from;

	memset(when, 0, sizeof(*when));
	if (!space)
		return refuse(text, "it has no day and hours", error);
	*space++ = '\0';
	if (!parse_hours(space, &from, &when->duration_s))
		return refuse(text, "hours are such as 10:00-12:00", error);
	days = parse_weekdays(line);
	if (days)
		day = next_day(days, from, now);
	else if (!parse_date(line, &day))
		return refuse(text, "the day is none", error);
	when->first = day + from;
	if (!days && weeks > 1)
		days = 1u << civil_weekday(day);
	if (days && (weeks > 1 || (days & (days - 1))))
		when->rule = weekly_rule(days, MAX(weeks, 1));
	return TRUE;
}

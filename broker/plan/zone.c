/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/text.h"
#include "plan/zone.h"

#define DAY_S 86400

struct zone {
	GTimeZone *tz; /* or: */
	int (*offset_s)(void *data, gint64 utc);
	void *data;
	GDestroyNotify release;
};

struct zone *zone_new(const char *name, GError **error)
{
	GTimeZone *tz = name ? g_time_zone_new_identifier(name) : g_time_zone_new_local();
	g_autofree char *shown = text_clean(name, 60);
	struct zone *zone;

	if (!tz) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"there is no time zone \"%s\"; give a name such as Europe/Berlin "
				"(timedatectl list-timezones shows them all)",
				shown);
		return NULL;
	}
	zone = g_new0(struct zone, 1);
	zone->tz = tz;
	return zone;
}

struct zone *zone_new_custom(int (*offset_s)(void *data, gint64 utc), void *data,
		GDestroyNotify release)
{
	struct zone *zone = g_new0(struct zone, 1);

	zone->offset_s = offset_s;
	zone->data = data;
	zone->release = release;
	return zone;
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	g_clear_pointer(&zone->tz, g_time_zone_unref);
	if (zone->release)
		zone->release(zone->data);
	g_free(zone);
}

static int offset_at(const struct zone *zone, gint64 utc)
{
	if (zone->offset_s)
		return zone->offset_s(zone->data, utc);
	return g_time_zone_get_offset(zone->tz,
			g_time_zone_find_interval(zone->tz, G_TIME_TYPE_UNIVERSAL, utc));
}

gint64 zone_to_civil(const struct zone *zone, gint64 utc)
{
	return utc + offset_at(zone, utc);
}

gint64 zone_to_utc(const struct zone *zone, gint64 civil)
{
	/* No zone changes its offset twice within a day, nor is it a day off UTC. */
	int before = offset_at(zone, civil - offset_at(zone, civil) - DAY_S);
	int after = offset_at(zone, civil - offset_at(zone, civil) + DAY_S);

	if (zone_to_civil(zone, civil - before) == civil)
		return civil - before;
	if (zone_to_civil(zone, civil - after) == civil)
		return civil - after;
	return civil - before;
}

gboolean civil_of(int year, int month, int day, int hour, int minute, int second, gint64 *civil)
{
	g_autoptr(GDateTime) t = NULL;

	/* Zones are not known for longer, and libical counts up to there. */
	if (year < 1970 || year > 2199 || hour < 0 || minute < 0 || second < 0)
		return FALSE;
	t = g_date_time_new_utc(year, month, day, hour, minute, second);
	if (t)
		*civil = g_date_time_to_unix(t);
	return t != NULL;
}

char *civil_date(gint64 civil)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(civil);

	return t ? g_date_time_format(t, "%Y-%m-%d") : g_strdup("?");
}

int civil_weekday(gint64 civil)
{
	/* 1970-01-01 was a Thursday. */
	gint64 day = civil / DAY_S - (civil % DAY_S < 0);

	return (int)(((day + 3) % 7 + 7) % 7) + 1;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/ical.h"
#include "plan/plan.h"

/*
 * A calendar's events become classes by lines "osvdi-KEY: VALUE" in their description,
 * or by properties X-OSVDI-KEY; KEY is one of plan_class_set()'s. Events without any
 * are somebody's lunch.
 */
#define LINE_KEY "osvdi-"
#define PROPERTY_KEY "X-OSVDI-"

struct reading {
	const char *name;
	icalcomponent *calendar;
	struct plan *plan;
	GHashTable *moved; /* UID -> GArray of gint64, civil: sessions that have an event of
			    * their own */
	int ignored;
};

static char *place_of(const struct reading *r, icalcomponent *event)
{
	g_autofree char *summary = text_clean(ical.component_get_summary(event), 60);

	return g_strdup_printf("%s, event \"%s\"", r->name, summary);
}

static gboolean refuse(const char *place, const char *what, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", place, what);
	return FALSE;
}

/* ------------------------------------------------------------------ keys */

static gboolean set_one(struct plan_class *class, const char *key, const char *value,
		GError **error)
{
	g_autofree char *low = g_ascii_strdown(key, -1);
	gboolean many = !strcmp(low, "networks") || !strcmp(low, "users");
	g_auto(GStrv) values = g_strsplit(value, many ? "," : "\n", many ? 0 : 1);

	for (char **v = values; *v; v++)
		g_strstrip(*v);
	return plan_class_set(class, low, values, error);
}

static gboolean set_by_lines(struct plan_class *class, const char *description, int *n,
		GError **error)
{
	g_auto(GStrv) lines = g_strsplit(description ? description : "", "\n", 200);

	for (char **line = lines; *line; line++) {
		char *text = g_strstrip(*line), *colon = strchr(text, ':');

		if (g_ascii_strncasecmp(text, LINE_KEY, strlen(LINE_KEY)) || !colon)
			continue;
		*colon = '\0';
		(*n)++;
		if (!set_one(class, text + strlen(LINE_KEY), g_strstrip(colon + 1), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean set_by_properties(struct plan_class *class, icalcomponent *event, int *n,
		GError **error)
{
	for (icalproperty *p = ical.component_get_first_property(event, ICAL_X_PROPERTY); p;
			p = ical.component_get_next_property(event, ICAL_X_PROPERTY)) {
		const char *name = ical.property_get_x_name(p);
		const char *value = ical.property_get_x(p);

		if (!name || g_ascii_strncasecmp(name, PROPERTY_KEY, strlen(PROPERTY_KEY)))
			continue;
		(*n)++;
		if (!set_one(class, name + strlen(PROPERTY_KEY), value ? value : "", error))
			return FALSE;
	}
	return TRUE;
}

/* ------------------------------------------------------------------ times */

static int offset_of(void *data, gint64 utc)
{
	icaltimetype t = ical.time_from_timet_with_zone((time_t)utc, 0,
			ical.timezone_get_utc_timezone());
	int daylight;

	return ical.timezone_get_utc_offset_of_utc_time(data, &t, &daylight);
}

/* The zone of a time: by its name where that is one of IANA's, else as the calendar
 * describes it. */
static struct zone *zone_of(const struct reading *r, const char *place, icalproperty *p,
		GError **error)
{
	icalparameter *parameter = ical.property_get_first_parameter(p, ICAL_TZID_PARAMETER);
	const char *tzid = parameter ? ical.parameter_get_tzid(parameter) : NULL;
	icaltimezone *described;
	struct zone *zone;

	if (!tzid) {
		/* In UTC, or floating: that is a time of no place. */
		if (ical.time_is_utc(ical.value_get_datetime(ical.property_get_value(p))))
			return zone_new("UTC", error);
		refuse(place, "its time is of no time zone", error);
		return NULL;
	}
	zone = zone_new(tzid, NULL);
	described = zone ? NULL : ical.component_get_timezone(r->calendar, tzid);
	if (described)
		zone = zone_new_custom(offset_of, described, NULL);
	if (!zone)
		refuse(place, "its time zone is neither one of IANA's nor described in the "
			      "calendar (VTIMEZONE)", error);
	return zone;
}

static gboolean civil_of_time(icaltimetype t, gint64 *civil)
{
	return !ical.time_is_null_time(t) && !ical.time_is_date(t) &&
			civil_of(t.year, t.month, t.day, t.hour, t.minute, t.second, civil);
}

/* A time in the zone of the event: one in UTC is turned into it. */
static gboolean civil_in(const struct plan_class *class, icaltimetype t, gint64 *civil)
{
	if (!civil_of_time(t, civil))
		return FALSE;
	if (ical.time_is_utc(t))
		*civil = zone_to_civil(class->zone, *civil);
	return TRUE;
}

static gboolean read_end(struct plan_class *class, icalcomponent *event, gint64 start,
		GError **error)
{
	icalproperty *end = ical.component_get_first_property(event, ICAL_DTEND_PROPERTY);
	icalproperty *duration = ical.component_get_first_property(event, ICAL_DURATION_PROPERTY);
	gint64 civil;

	if (end && duration)
		return refuse(class->place, "it has an end and a duration", error);
	if (end) {
		if (!civil_in(class, ical.property_get_dtend(end), &civil))
			return refuse(class->place, "its end has no time of day", error);
		class->when.duration_s = zone_to_utc(class->zone, civil) -
				zone_to_utc(class->zone, start);
		class->when.exact = TRUE; /* RFC 5545, 3.8.5.3 */
	} else if (duration) {
		class->when.duration_s =
				ical.durationtype_as_int(ical.property_get_duration(duration));
	}
	return class->when.duration_s > 0 ||
			refuse(class->place, "it does not end after its start", error);
}

static void add_time(GArray **times, gint64 civil)
{
	if (!*times)
		*times = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_array_append_val(*times, civil);
}

static gboolean read_times(struct plan_class *class, icalcomponent *event, GError **error)
{
	gint64 civil;

	for (icalproperty *p = ical.component_get_first_property(event, ICAL_EXDATE_PROPERTY); p;
			p = ical.component_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
		if (!civil_in(class, ical.property_get_exdate(p), &civil))
			return refuse(class->place, "an exception (EXDATE) has no time of day",
					error);
		add_time(&class->when.except, civil);
	}
	for (icalproperty *p = ical.component_get_first_property(event, ICAL_RDATE_PROPERTY); p;
			p = ical.component_get_next_property(event, ICAL_RDATE_PROPERTY)) {
		if (!civil_in(class, ical.property_get_rdate(p).time, &civil))
			return refuse(class->place, "a further date (RDATE) has no time of day",
					error);
		add_time(&class->when.more, civil);
	}
	return TRUE;
}

static gboolean read_rule(struct plan_class *class, icalcomponent *event, GError **error)
{
	icalproperty *p = ical.component_get_first_property(event, ICAL_RRULE_PROPERTY);

	if (p && ical.component_get_next_property(event, ICAL_RRULE_PROPERTY))
		return refuse(class->place, "it has two rules (RRULE)", error);
	if (!p)
		return TRUE;
	class->when.rule = g_strdup(ical.property_get_value_as_string(p));
	if (when_check_rule(class->when.rule, error))
		return TRUE;
	g_prefix_error(error, "%s: ", class->place);
	return FALSE;
}

static gboolean read_when(const struct reading *r, struct plan_class *class, icalcomponent *event,
		GError **error)
{
	icalproperty *start = ical.component_get_first_property(event, ICAL_DTSTART_PROPERTY);

	if (!start || !civil_of_time(ical.property_get_dtstart(start), &class->when.first))
		return refuse(class->place, "its start has no time of day", error);
	class->zone = zone_of(r, class->place, start, error);
	return class->zone && read_end(class, event, class->when.first, error) &&
			read_rule(class, event, error) && read_times(class, event, error);
}

/* ------------------------------------------------------------------ events */

static char *id_of(icalcomponent *event, gboolean moved, gint64 start)
{
	const char *uid = ical.component_get_uid(event);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, uid ? uid : "",
			-1);

	if (moved)
		return g_strdup_printf("cal-%.12s-%" G_GINT64_FORMAT, digest, start / 60);
	return g_strdup_printf("cal-%.12s", digest);
}

/* The sessions with an event of their own are taken out of the series. */
static void take_out_moved(struct reading *r, struct plan_class *class, icalcomponent *event)
{
	const char *uid = ical.component_get_uid(event);
	GArray *moved = uid ? g_hash_table_lookup(r->moved, uid) : NULL;

	for (guint i = 0; moved && i < moved->len; i++)
		add_time(&class->when.except, zone_to_civil(class->zone,
							      g_array_index(moved, gint64, i)));
}

static gboolean is_moved(icalcomponent *event)
{
	return ical.component_get_first_property(event, ICAL_RECURRENCEID_PROPERTY) != NULL;
}

static gboolean is_cancelled(icalcomponent *event)
{
	return ical.component_get_status(event) == ICAL_STATUS_CANCELLED;
}

/* A session that was moved out of a series has an id of its own. */
static void add_start(struct plan_class *class)
{
	char *id = g_strdup_printf("%s-%" G_GINT64_FORMAT, class->id, class->when.first / 60);

	g_free(class->id);
	class->id = id;
}

/* FALSE without an error: it is no class. */
static gboolean fill_class(struct reading *r, struct plan_class *class, icalcomponent *event,
		GError **error)
{
	int n = 0;

	if (!set_by_lines(class, ical.component_get_description(event), &n, error) ||
			!set_by_properties(class, event, &n, error) || !n)
		return FALSE;
	if (!ical.component_get_uid(event))
		return refuse(class->place, "it has no UID", error);
	if (!read_when(r, class, event, error))
		return FALSE;
	if (!class->id)
		class->id = id_of(event, is_moved(event), class->when.first);
	else if (is_moved(event))
		add_start(class);
	if (!is_moved(event))
		take_out_moved(r, class, event);
	return TRUE;
}

static gboolean read_event(struct reading *r, icalcomponent *event, GError **error)
{
	g_autofree char *place = place_of(r, event);
	struct plan_class *class;
	g_autoptr(GError) e = NULL;

	if (is_cancelled(event))
		return TRUE;
	class = plan_class_new(place);
	if (fill_class(r, class, event, &e))
		return plan_add(r->plan, class, error);
	plan_class_free(class);
	r->ignored += !e;
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	return !*error;
}

/* Which sessions of a series have an event of their own, or are cancelled by one. */
static gboolean find_moved(struct reading *r, icalcomponent *event, GError **error)
{
	g_autofree char *place = place_of(r, event);
	icalproperty *p = ical.component_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
	const char *uid = ical.component_get_uid(event);
	g_autoptr(auto_zone) zone = NULL;
	GArray *moved;
	gint64 civil;

	if (!p)
		return TRUE;
	if (!uid || !civil_of_time(ical.property_get_recurrenceid(p), &civil) ||
			ical.property_get_first_parameter(p, ICAL_RANGE_PARAMETER))
		return refuse(place, "it changes a series in a way that is not understood "
				     "(RECURRENCE-ID)", error);
	zone = zone_of(r, place, p, error);
	if (!zone)
		return FALSE;
	civil = zone_to_utc(zone, civil);
	moved = g_hash_table_lookup(r->moved, uid);
	if (!moved) {
		moved = g_array_new(FALSE, FALSE, sizeof(gint64));
		g_hash_table_insert(r->moved, g_strdup(uid), moved);
	}
	g_array_append_val(moved, civil);
	return TRUE;
}

static gboolean each_event(struct reading *r,
		gboolean (*function)(struct reading *r, icalcomponent *event, GError **error),
		GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new();

	for (icalcomponent *c = ical.component_get_first_component(r->calendar,
			     ICAL_VEVENT_COMPONENT);
			c; c = ical.component_get_next_component(r->calendar,
					ICAL_VEVENT_COMPONENT))
		g_ptr_array_add(events, c);
	for (guint i = 0; i < events->len; i++)
		if (!function(r, events->pdata[i], error))
			return FALSE;
	return TRUE;
}

/* libical reads on after what it does not understand, and leaves a note there. */
static gboolean is_whole(icalcomponent *c, const char **note)
{
	icalproperty *p = ical.component_get_first_property(c, ICAL_XLICERROR_PROPERTY);

	if (p) {
		*note = ical.property_get_xlicerror(p);
		return FALSE;
	}
	for (icalcomponent *i = ical.component_get_first_component(c, ICAL_ANY_COMPONENT); i;
			i = ical.component_get_next_component(c, ICAL_ANY_COMPONENT))
		if (!is_whole(i, note))
			return FALSE;
	return TRUE;
}

/* libical follows the rules of a zone up to the time asked for: a rule of seconds would
 * keep it busy for ever. */
static gboolean is_zone_yearly(icalcomponent *zone)
{
	for (icalcomponent *i = ical.component_get_first_component(zone, ICAL_ANY_COMPONENT); i;
			i = ical.component_get_next_component(zone, ICAL_ANY_COMPONENT))
		for (icalproperty *p = ical.component_get_first_property(i, ICAL_RRULE_PROPERTY); p;
				p = ical.component_get_next_property(i, ICAL_RRULE_PROPERTY))
			if (ical.property_get_rrule(p).freq != ICAL_YEARLY_RECURRENCE)
				return FALSE;
	return TRUE;
}

static gboolean check_zones(const char *name, icalcomponent *calendar, GError **error)
{
	for (icalcomponent *i = ical.component_get_first_component(calendar,
			     ICAL_VTIMEZONE_COMPONENT);
			i; i = ical.component_get_next_component(calendar,
					ICAL_VTIMEZONE_COMPONENT))
		if (!is_zone_yearly(i))
			return refuse(name, "a time zone (VTIMEZONE) has a rule that is not of "
					    "years", error);
	return TRUE;
}

static gboolean check_calendar(const char *name, icalcomponent *calendar, GError **error)
{
	g_autofree char *shown = NULL;
	const char *note = NULL;

	if (!calendar || ical.component_isa(calendar) != ICAL_VCALENDAR_COMPONENT)
		return refuse(name, "this is no calendar (one VCALENDAR of RFC 5545), or not all "
				    "of one", error);
	if (is_whole(calendar, &note))
		return check_zones(name, calendar, error);
	shown = text_clean(note, 120);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s: a part of the calendar is not understood: %s", name, shown);
	return FALSE;
}

/* Whether each part that begins ends: libical prints its own complaint about others. */
static gboolean is_nested(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GPtrArray) open = g_ptr_array_new();

	for (char **line = lines; *line; line++) {
		g_strchomp(*line);
		if (!g_ascii_strncasecmp(*line, "BEGIN:", 6)) {
			g_ptr_array_add(open, *line + 6);
		} else if (!g_ascii_strncasecmp(*line, "END:", 4)) {
			if (!open->len || g_ascii_strcasecmp(open->pdata[open->len - 1], *line + 4))
				return FALSE;
			g_ptr_array_set_size(open, (int)open->len - 1);
		}
	}
	return !open->len;
}

static struct plan *read_calendar(const char *name, icalcomponent *calendar, GError **error)
{
	g_autoptr(auto_plan) plan = plan_new();
	g_autoptr(GHashTable) moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
			(GDestroyNotify)g_array_unref);
	struct reading r = { name, calendar, plan, moved, 0 };
	g_autoptr(GError) e = NULL;

	if (!each_event(&r, find_moved, &e) || !each_event(&r, read_event, &e)) {
		g_propagate_error(error, g_steal_pointer(&e));
		return NULL;
	}
	if (r.ignored)
		g_ptr_array_add(plan->remarks, g_strdup_printf("%d events without osvdi- lines "
							       "are no classes", r.ignored));
	return g_steal_pointer(&plan);
}

static void free_calendar(void *calendar)
{
	ical.component_free(calendar);
}

struct plan *plan_load_calendar(const char *name, const char *data, gsize length, GError **error)
{
	g_autofree char *text = NULL;
	icalcomponent *calendar;
	struct plan *plan = NULL;

	if (length > PLAN_MAX_BYTES || memchr(data, '\0', length) ||
			!g_utf8_validate(data, (gssize)length, NULL)) {
		refuse(name, "this is no text in UTF-8, or is too long", error);
		return NULL;
	}
	if (!ical_load(error))
		return NULL;
	ical.error_set_errors_are_fatal(false);
	text = g_strndup(data, length);
	calendar = is_nested(text) ? ical.parser_parse_string(text) : NULL;
	if (check_calendar(name, calendar, error))
		plan = read_calendar(name, calendar, error);
	/* The zones of a calendar's own description live as long as the calendar. */
	if (plan) {
		plan->calendar = calendar;
		plan->calendar_free = free_calendar;
	} else if (calendar) {
		ical.component_free(calendar);
	}
	return plan;
}

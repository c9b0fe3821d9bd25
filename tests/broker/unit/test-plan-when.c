/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/when.h"

#define LONG_AGO G_GINT64_CONSTANT(0)
#define NEVER G_GINT64_CONSTANT(32503680000)

static gint64 civil(const char *text)
{
	/* "2026-03-29 02:30" */
	int y, m, d, h, min;
	gint64 c;

	g_assert_cmpint(sscanf(text, "%d-%d-%d %d:%d", &y, &m, &d, &h, &min), ==, 5);
	g_assert_true(civil_of(y, m, d, h, min, 0, &c));
	return c;
}

static struct zone *zone(const char *name)
{
	g_autoptr(GError) error = NULL;
	struct zone *z = zone_new(name, &error);

	g_assert_no_error(error);
	return z;
}

/* "START/END START/END ..." of the windows, in UTC. */
static char *windows_text(GArray *windows)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < windows->len; i++) {
		const struct window *w = &g_array_index(windows, struct window, i);
		g_autofree char *start = text_format_time(w->start);
		g_autofree char *end = text_format_time(w->end);

		g_string_append_printf(s, "%s%.16s/%.16s", i ? " " : "", start, end);
	}
	return g_string_free(s, FALSE);
}

/* A rule, its first time, a zone, and what comes out. */
static const struct {
	const char *name, *zone, *first;
	int minutes;
	const char *rule, *expected;
} rules[] = {
	{ "once", "Europe/Berlin", "2026-12-01 10:00", 120, NULL,
			"2026-12-01T09:00/2026-12-01T11:00" },
	{ "weekly over both changes of the clock", "Europe/Berlin", "2026-03-24 10:00", 120,
			"FREQ=WEEKLY;COUNT=2",
			"2026-03-24T09:00/2026-03-24T11:00 2026-03-31T08:00/2026-03-31T10:00" },
	{ "autumn", "Europe/Berlin", "2026-10-20 10:00", 60, "FREQ=WEEKLY;COUNT=2",
			"2026-10-20T08:00/2026-10-20T09:00 2026-10-27T09:00/2026-10-27T10:00" },
	{ "nothing but what the clock leaps over", "Europe/Berlin", "2026-03-29 02:30", 60, NULL,
			"" },
	{ "a time that comes twice", "Europe/Berlin", "2026-10-25 02:30", 15, NULL,
			"2026-10-25T00:30/2026-10-25T00:45" },
	{ "a night of a leap", "Europe/Berlin", "2026-03-28 22:00", 480, NULL,
			"2026-03-28T21:00/2026-03-29T04:00" },
	{ "leap day", "UTC", "2024-02-29 08:00", 60, "FREQ=YEARLY;COUNT=2",
			"2024-02-29T08:00/2024-02-29T09:00 2028-02-29T08:00/2028-02-29T09:00" },
	{ "no such day", "UTC", "2026-01-30 08:00", 60,
			"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
			"2026-01-30T08:00/2026-01-30T09:00" },
	{ "until in UTC includes its second", "America/New_York", "2026-06-01 20:00", 60,
			"FREQ=DAILY;UNTIL=20260603T000000Z",
			"2026-06-02T00:00/2026-06-02T01:00 2026-06-03T00:00/2026-06-03T01:00" },
	{ "until a date includes the day", "America/New_York", "2026-06-01 20:00", 60,
			"FREQ=DAILY;UNTIL=20260602",
			"2026-06-02T00:00/2026-06-02T01:00 2026-06-03T00:00/2026-06-03T01:00" },
	{ "two days a week, every other week", "UTC", "2026-12-01 10:00", 60,
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=4",
			"2026-12-01T10:00/2026-12-01T11:00 2026-12-03T10:00/2026-12-03T11:00 "
			"2026-12-15T10:00/2026-12-15T11:00 2026-12-17T10:00/2026-12-17T11:00" },
	{ "last Friday", "UTC", "2026-01-30 10:00", 60, "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2",
			"2026-01-30T10:00/2026-01-30T11:00 2026-02-27T10:00/2026-02-27T11:00" },
	{ "half an hour of change", "Australia/Lord_Howe", "2026-10-04 01:45", 15, NULL,
			"2026-10-03T15:15/2026-10-03T15:30" },
	{ "a day that a zone left out", "Pacific/Apia", "2011-12-29 10:00", 60, NULL,
			"2011-12-29T20:00/2011-12-29T21:00" },
};

static void test_rules(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		g_autoptr(auto_zone) z = zone(rules[i].zone);
		g_autoptr(GError) error = NULL;
		struct when when = { .first = civil(rules[i].first),
			.duration_s = rules[i].minutes * 60,
			.rule = g_strdup(rules[i].rule) };
		g_autoptr(GArray) windows = when_expand(&when, z, LONG_AGO, NEVER, &error);
		g_autofree char *text = NULL;

		g_assert_no_error(error);
		text = windows_text(windows);
		if (strcmp(text, rules[i].expected))
			g_error("%s: %s, not %s", rules[i].name, text, rules[i].expected);
		when_clear(&when);
	}
}

static void test_exceptions(void)
{
	g_autoptr(auto_zone) z = zone("Europe/Berlin");
	g_autoptr(GArray) windows = NULL;
	g_autofree char *text = NULL;
	struct when when = { .first = civil("2026-12-01 10:00"),
		.duration_s = 3600,
		.rule = g_strdup("FREQ=WEEKLY;COUNT=3"),
		.more = g_array_new(FALSE, FALSE, sizeof(gint64)),
		.except = g_array_new(FALSE, FALSE, sizeof(gint64)) };
	gint64 t = civil("2026-12-08 10:00");

	g_array_append_val(when.except, t);
	t = civil("2026-12-09 10:00");
	g_array_append_val(when.more, t);
	g_array_append_val(when.more, t);
	windows = when_expand(&when, z, LONG_AGO, NEVER, NULL);
	text = windows_text(windows);
	g_assert_cmpstr(text, ==,
			"2026-12-01T09:00/2026-12-01T10:00 2026-12-09T09:00/2026-12-09T10:00 "
			"2026-12-15T09:00/2026-12-15T10:00");
	when_clear(&when);
}

static void test_bad_rules(void)
{
	static const char *const bad[] = { "", "FREQ=", "FREQ=WEEKLY;FREQ", "weekly",
		"FREQ=HOURLY", "FREQ=MINUTELY;COUNT=2", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2",
		"FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=XX" };

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		if (when_check_rule(bad[i], &error))
			g_error("%s was taken", bad[i]);
		g_assert_true(broker_error_is(error, BROKER_ERROR_USAGE));
	}
	g_assert_true(when_check_rule("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270301T000000Z", NULL));
}

static void test_endless(void)
{
	g_autoptr(auto_zone) z = zone("UTC");
	g_autoptr(GError) error = NULL;
	struct when when = { .first = civil("2026-12-01 10:00"), .duration_s = 3600,
		.rule = g_strdup("FREQ=DAILY") };

	g_assert_null(when_expand(&when, z, LONG_AGO, NEVER, &error));
	g_assert_true(broker_error_is(error, BROKER_ERROR_USAGE));
	when_clear(&when);
}

/* Wednesday, 2026-12-02, 11:00. */
static const struct {
	const char *text;
	int weeks;
	const char *expected; /* NULL: refused */
} texts[] = {
	{ "Tue 10:00-12:00", 0, "2026-12-08T10:00/2026-12-08T12:00" },
	{ "wed 10:00-12:00", 0, "2026-12-09T10:00/2026-12-09T12:00" },
	{ "Wednesday 11:00-12:00", 0, "2026-12-02T11:00/2026-12-02T12:00" },
	{ "Tue 10:00-12:00", 2,
			"2026-12-08T10:00/2026-12-08T12:00 2026-12-15T10:00/2026-12-15T12:00" },
	{ "Tue,Thu 9:30 - 10:00", 0,
			"2026-12-03T09:30/2026-12-03T10:00 2026-12-08T09:30/2026-12-08T10:00" },
	{ "2026-12-31 22:00-02:00", 0, "2026-12-31T22:00/2027-01-01T02:00" },
	{ "2028-02-29 10:00-24:00", 0, "2028-02-29T10:00/2028-03-01T00:00" },
	{ "2026-12-31 10:00-12:00", 2,
			"2026-12-31T10:00/2026-12-31T12:00 2027-01-07T10:00/2027-01-07T12:00" },
	{ "2027-02-29 10:00-12:00", 0, NULL }, { "Tue", 0, NULL }, { "", 0, NULL },
	{ "Tue 10:00-10:00", 0, NULL }, { "Tue 10-12", 0, NULL }, { "Tue 10:60-12:00", 0, NULL },
	{ "Tue,Tue 10:00-12:00", 0, NULL }, { "Tux 10:00-12:00", 0, NULL },
	{ "Tue 24:00-25:00", 0, NULL }, { "Tue 10:00-12:00-13:00", 0, NULL },
	{ "Tue -1:00-12:00", 0, NULL }, { "2026-12-1 10:00-12:00", 0, NULL },
	{ "Tue 10:0-12:00", 0, NULL },
};

static void test_texts(void)
{
	g_autoptr(auto_zone) z = zone("UTC");

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		struct when when;
		gboolean ok = when_parse(&when, texts[i].text, civil("2026-12-02 11:00"),
				texts[i].weeks, &error);
		g_autoptr(GArray) windows = NULL;
		g_autofree char *text = NULL;

		if (ok != (texts[i].expected != NULL))
			g_error("\"%s\": %s", texts[i].text, ok ? "taken" : error->message);
		if (!ok)
			continue;
		windows = when_expand(&when, z, LONG_AGO, NEVER, NULL);
		text = windows_text(windows);
		g_assert_cmpstr(text, ==, texts[i].expected);
		when_clear(&when);
	}
}

static void test_zones(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(zone_new("Europe/Nowhere", &error));
	g_assert_true(broker_error_is(error, BROKER_ERROR_USAGE));
}

/* Every quarter of an hour of years: there and back again, unless it comes twice. */
static void test_round_trip(void)
{
	static const char *const names[] = { "Europe/Berlin", "America/St_Johns", "UTC",
		"Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(auto_zone) z = zone(names[i]);
		gint64 start = civil("2024-01-01 00:00");

		for (gint64 t = start; t < start + 4 * 366 * G_GINT64_CONSTANT(86400); t += 900) {
			gint64 back = zone_to_utc(z, zone_to_civil(z, t));

			g_assert_cmpint(back, <=, t);
			g_assert_cmpint(back, >=, t - 3600);
			g_assert_cmpint(zone_to_civil(z, back), ==, zone_to_civil(z, t));
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/when/rules", test_rules);
	g_test_add_func("/when/exceptions", test_exceptions);
	g_test_add_func("/when/bad-rules", test_bad_rules);
	g_test_add_func("/when/endless", test_endless);
	g_test_add_func("/when/texts", test_texts);
	g_test_add_func("/zone/names", test_zones);
	g_test_add_func("/zone/round-trip", test_round_trip);
	return g_test_run();
}

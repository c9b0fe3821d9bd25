/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/plan.h"

#define CLASS "zone: Europe/Berlin\nclasses:\n- id: cad\n  flavor: gpu\n  image: cad\n"
#define TIME "  when: Tue 10:00-12:00\n  from: 2026-10-13\n  weeks: 3\n"

static struct plan *load(const char *text, GError **error)
{
	return plan_load("plan", text, strlen(text), error);
}

/* "ID START/END ..." of all sessions. */
static char *sessions_text(const struct plan *plan)
{
	g_autoptr(GArray) sessions = plan_expand(plan, 0, G_GINT64_CONSTANT(4102444800), NULL);
	GString *s = g_string_new(NULL);

	for (guint i = 0; sessions && i < sessions->len; i++) {
		const struct session *x = &g_array_index(sessions, struct session, i);
		g_autofree char *start = text_format_time(x->window.start);
		g_autofree char *end = text_format_time(x->window.end);

		g_string_append_printf(s, "%s%s %.16s/%.16s", i ? " " : "",
				g_str_has_prefix(x->class_id, "cal-") ? "cal" : x->class_id, start,
				end);
	}
	return g_string_free(s, FALSE);
}

static void test_yaml(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(auto_plan) plan = load("zone: Europe/Berlin\n"
					 "defaults: {image: cad, after: delete, count: 40}\n"
					 "classes:\n"
					 "- id: cad\n  flavor: gpu\n  count: 30\n"
					 "  users: [ann, bob]\n" TIME "  except: [2026-10-20]\n"
					 "- id: exam\n  flavor: gpu\n  spares: 7\n  zone: UTC\n"
					 "  when: 2026-12-24 08:00-10:00\n",
			&error);
	g_autofree char *text = NULL;
	const struct plan_class *c;

	g_assert_no_error(error);
	text = sessions_text(plan);
	g_assert_cmpstr(text, ==,
			"cad 2026-10-13T08:00/2026-10-13T10:00 "
			"cad 2026-10-27T09:00/2026-10-27T11:00 "
			"exam 2026-12-24T08:00/2026-12-24T10:00");
	c = plan->classes->pdata[0];
	g_assert_cmpint(c->count, ==, 30);
	g_assert_cmpint(c->spares, ==, 2);
	g_assert_cmpint(c->after, ==, AFTER_DELETE);
	g_assert_cmpstr(c->users[1], ==, "bob");
	c = plan->classes->pdata[1];
	g_assert_cmpint(c->count, ==, 40);
	g_assert_cmpint(c->spares, ==, 7);
}

/* Plans that are refused, each with a word of the message. */
static const struct {
	const char *text, *word;
} bad[] = {
	{ "", "classes" }, { "[]", "classes" }, { "classes: 5\n", "classes" }, { "a: [", "plan" },
	{ "classes: [5]\n", "no mapping" }, { "clases: []\n", "not known" },
	{ CLASS TIME, "count" },
	{ CLASS "  count: 0\n" TIME, "count" },
	{ CLASS "  count: 30\n", "when" },
	{ CLASS "  count: 30\n  when: Tue 10:00-12:00\n", "first date" },
	{ CLASS "  count: 30\n" TIME "  rule: FREQ=DAILY\n", "contradict" },
	{ CLASS "  count: 30\n  when: 2026-10-13 10:00-12:00\n  from: 2026-10-13\n", "contradict" },
	{ CLASS "  count: 30\n" TIME "  except: [2026-10-21]\n", "does not take place" },
	{ CLASS "  count: 30\n" TIME "  colour: red\n", "colour" },
	{ CLASS "  count: 30\n" TIME "  zone: Europe/Nowhere\n", "time zone" },
	{ CLASS "  count: 30\n" TIME "  after: burn\n", "neither save nor delete" },
	{ CLASS "  count: 30\n" TIME "  prepare: 5m\n", "boot" },
	{ CLASS "  count: [1, 2]\n" TIME, "several" },
	{ CLASS "  count: 30\n  when: 2026-10-13 10:00-09:00\n  rule: FREQ=DAILY;INTERVAL=0\n",
			"not understood" },
	{ CLASS "  count: 30\n" TIME "- id: cad\n  flavor: gpu\n  image: x\n  count: 3\n" TIME,
			"has the id" },
	{ "classes:\n- id: Cad\n  flavor: a\n  image: b\n  count: 1\n  zone: UTC\n" TIME, "id" },
	{ "classes:\n- id: cad\n  flavor: a\n  image: b\n  count: 1\n" TIME, "time zone" },
	{ "BEGIN:VCALENDAR", "plan" },
	{ "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "calendar" },
};

static void test_bad(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(auto_plan) plan = load(bad[i].text, &error);

		if (plan)
			g_error("taken: %s", bad[i].text);
		g_assert_true(broker_error_is(error, BROKER_ERROR_USAGE));
		if (!strstr(error->message, bad[i].word))
			g_error("%s\nsays: %s", bad[i].text, error->message);
	}
}

#define CAL(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" events \
		    "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:a@b\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:CAD\r\n" \
		"DESCRIPTION:Bring a pen.\\nosvdi-flavor: gpu\\nosvdi-image: cad\\n" \
		"osvdi-count: 30\r\n" \
		lines "END:VEVENT\r\n"
#define ZONE "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\n" \
		"DTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n" \
		"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n" \
		"DTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" \
		"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
#define BERLIN "DTSTART;TZID=Europe/Berlin:20261020T100000\r\n" \
	       "DTEND;TZID=Europe/Berlin:20261020T120000\r\n"

static const struct {
	const char *name, *text;
	const char *expected; /* NULL: refused, with: */
	const char *word;
} calendars[] = {
	{ "once", CAL(EVENT("DTSTART:20261020T080000Z\r\nDURATION:PT2H\r\n")),
			"cal 2026-10-20T08:00/2026-10-20T10:00" },
	{ "weekly", CAL(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\n")),
			"cal 2026-10-20T08:00/2026-10-20T10:00 "
			"cal 2026-10-27T09:00/2026-10-27T11:00" },
	{ "a zone that the calendar describes",
			CAL(ZONE EVENT("DTSTART;TZID=W. Europe Standard Time:20261020T100000\r\n"
				       "DURATION:PT2H\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n")),
			"cal 2026-10-20T08:00/2026-10-20T10:00 "
			"cal 2026-10-27T09:00/2026-10-27T11:00" },
	{ "an exception", CAL(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\n"
					   "EXDATE;TZID=Europe/Berlin:20261020T100000\r\n")),
			"cal 2026-10-27T09:00/2026-10-27T11:00" },
	{ "an exception in UTC", CAL(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\n"
						  "EXDATE:20261027T090000Z\r\n")),
			"cal 2026-10-20T08:00/2026-10-20T10:00" },
	{ "a session that was moved",
			CAL(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\n")
					EVENT("RECURRENCE-ID;TZID=Europe/Berlin:20261027T100000\r\n"
					      "DTSTART:20261028T090000Z\r\nDURATION:PT1H\r\n")),
			"cal 2026-10-20T08:00/2026-10-20T10:00 "
			"cal 2026-10-28T09:00/2026-10-28T10:00" },
	{ "a session that was cancelled",
			CAL(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\n")
					EVENT("RECURRENCE-ID;TZID=Europe/Berlin:20261027T100000\r\n"
					      "DTSTART:20261027T090000Z\r\nSTATUS:CANCELLED\r\n")),
			"cal 2026-10-20T08:00/2026-10-20T10:00" },
	{ "lunch", CAL("BEGIN:VEVENT\r\nUID:l\r\nDTSTAMP:20260101T000000Z\r\n"
		       "DTSTART:20261020T100000\r\nEND:VEVENT\r\n"), "" },
	{ "by properties", CAL("BEGIN:VEVENT\r\nUID:l\r\nDTSTAMP:20260101T000000Z\r\n"
			       "X-OSVDI-ID:lab\r\nX-OSVDI-COUNT:3\r\nX-OSVDI-FLAVOR:a\r\n"
			       "X-OSVDI-IMAGE:b\r\nDTSTART:20261020T100000Z\r\n"
			       "DTEND:20261020T110000Z\r\nEND:VEVENT\r\n"),
			"lab 2026-10-20T10:00/2026-10-20T11:00" },
	{ "floating", CAL(EVENT("DTSTART:20261020T100000\r\nDURATION:PT2H\r\n")), NULL,
			"no time zone" },
	{ "a whole day", CAL(EVENT("DTSTART;VALUE=DATE:20261020\r\n")), NULL, "time of day" },
	{ "an unknown zone",
			CAL(EVENT("DTSTART;TZID=Nowhere:20261020T100000\r\n"
				  "DURATION:PT2H\r\n")),
			NULL, "time zone" },
	{ "no end", CAL(EVENT("DTSTART:20261020T100000Z\r\n")), NULL, "end" },
	{ "the end before the start",
			CAL(EVENT("DTSTART:20261020T100000Z\r\nDTEND:20261020T090000Z\r\n")), NULL,
			"end" },
	{ "over itself", CAL(EVENT("DTSTART:20261020T100000Z\r\nDURATION:P2D\r\n"
				    "RRULE:FREQ=DAILY;COUNT=3\r\n")), NULL, "begins again" },
	{ "the year 3028", CAL(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\n"
					    "EXDATE;TZID=Europe/Berlin:30280520T010000\r\n")),
			NULL, "exception" },
	{ "a zone of seconds",
			CAL("BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\n"
			    "DTSTART:20250101T000000\r\n"
			    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\n"
			    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
					EVENT("DTSTART;TZID=X:20261020T100000\r\n"
					      "DURATION:PT2H\r\n")),
			NULL, "VTIMEZONE" },
	{ "an end before its begin", CAL("END:VEVENT\r\n"), NULL, "no calendar" },
	{ "each hour", CAL(EVENT(BERLIN "RRULE:FREQ=HOURLY;COUNT=3\r\n")), NULL, "within a day" },
	{ "a bad rule", CAL(EVENT(BERLIN "RRULE:FREQ=SOMETIMES\r\n")), NULL, "not understood" },
	{ "a bad count", CAL(EVENT(BERLIN "X-OSVDI-COUNT:many\r\n")), NULL, "count" },
	{ "a key that is unknown", CAL(EVENT(BERLIN "X-OSVDI-COLOUR:red\r\n")), NULL, "colour" },
};

static void test_calendars(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(calendars); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(auto_plan) plan = load(calendars[i].text, &error);
		g_autofree char *text = NULL;

		if (!plan != !calendars[i].expected)
			g_error("%s: %s", calendars[i].name, error ? error->message : "taken");
		if (!plan) {
			g_assert_true(broker_error_is(error, BROKER_ERROR_USAGE));
			if (!strstr(error->message, calendars[i].word))
				g_error("%s: %s", calendars[i].name, error->message);
			continue;
		}
		text = sessions_text(plan);
		if (strcmp(text, calendars[i].expected))
			g_error("%s: %s, not %s", calendars[i].name, text, calendars[i].expected);
	}
}

/* Every beginning of a good calendar: never a crash, and never a plan of a half. */
static void test_cut(void)
{
	const char *whole = calendars[2].text;

	for (gsize n = 0; n < strlen(whole) - 2; n++) {
		g_autoptr(auto_plan) plan = plan_load("plan", whole, n, NULL);

		/* Without its last words the calendar is not closed. */
		if (plan && n < strlen(whole) - strlen("END:VCALENDAR\r\n"))
			g_error("%d bytes were taken", (int)n);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/file/yaml", test_yaml);
	g_test_add_func("/file/bad", test_bad);
	g_test_add_func("/file/calendars", test_calendars);
	g_test_add_func("/file/cut", test_cut);
	return g_test_run();
}

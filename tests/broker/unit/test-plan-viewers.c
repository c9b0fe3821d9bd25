/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "planner/metrics.h"
#include "planner/viewers.h"

#define NOW 1800000000
#define GUEST "{guest=\"a\"}"
#define AT(host) "{guest=\"a\",instance=\"" host "\"}"
#define VIEWERS(n) "osvdi_guest_viewers" GUEST " " n "\n"
#define AGE(n) "osvdi_guest_status_age_seconds" GUEST " " n "\n"
#define WRITTEN(n) "node_textfile_mtime_seconds{file=\"/var/lib/x/osvdi.prom\"} " n "\n"
#define HOST(host, viewers, age, time) \
	"osvdi_guest_viewers" AT(host) " " viewers "\n" \
	"osvdi_guest_status_age_seconds" AT(host) " " age "\n" \
	"node_textfile_mtime_seconds{instance=\"" host "\",file=\"/a/osvdi.prom\"} " time "\n"

static const struct {
	const char *what, *text;
	enum seen_viewer answer;
} cases[] = {
	{ "none", VIEWERS("0") AGE("4") WRITTEN("1799999990"), VIEWER_NONE },
	{ "one", VIEWERS("1") AGE("4") WRITTEN("1799999990"), VIEWER_THERE },
	{ "one, of old", VIEWERS("1") AGE("4000") WRITTEN("1799999990"), VIEWER_THERE },
	{ "nothing", "", VIEWER_UNKNOWN },
	{ "of another guest", "osvdi_guest_viewers{guest=\"b\"} 0\n" AGE("4")
			WRITTEN("1799999990"), VIEWER_UNKNOWN },
	{ "no age", VIEWERS("0") WRITTEN("1799999990"), VIEWER_UNKNOWN },
	{ "no number of viewers", AGE("4") WRITTEN("1799999990"), VIEWER_UNKNOWN },
	{ "no time of the file", VIEWERS("0") AGE("4"), VIEWER_UNKNOWN },
	{ "an old status", VIEWERS("0") AGE("85") WRITTEN("1799999990"), VIEWER_UNKNOWN },
	{ "an old file", VIEWERS("0") AGE("4") WRITTEN("1799999900"), VIEWER_UNKNOWN },
	{ "just young enough", VIEWERS("0") AGE("80") WRITTEN("1799999990"), VIEWER_NONE },
	{ "a file of the future", VIEWERS("0") AGE("4") WRITTEN("1800000100"), VIEWER_UNKNOWN },
	{ "a clock that is ahead", VIEWERS("0") AGE("4") WRITTEN("1800000060"), VIEWER_NONE },
	{ "another file", VIEWERS("0") AGE("4")
			"node_textfile_mtime_seconds{file=\"/x/raid.prom\"} 1799999990\n",
			VIEWER_UNKNOWN },
	{ "no number", VIEWERS("NaN") AGE("4") WRITTEN("1799999990"), VIEWER_THERE },
	{ "less than none", VIEWERS("-1") AGE("4") WRITTEN("1799999990"), VIEWER_THERE },
	{ "no age in numbers", VIEWERS("0") AGE("NaN") WRITTEN("1799999990"), VIEWER_UNKNOWN },
	{ "no viewers in words", VIEWERS("none") AGE("4") WRITTEN("1799999990"),
			VIEWER_UNKNOWN },
	{ "twice", VIEWERS("0") VIEWERS("2") VIEWERS("0") AGE("4") WRITTEN("1799999990"),
			VIEWER_THERE },
	{ "of a host", HOST("h1", "0", "4", "1799999990"), VIEWER_NONE },
	{ "the file of another host", "osvdi_guest_viewers" AT("h1") " 0\n"
			"osvdi_guest_status_age_seconds" AT("h1") " 4\n" WRITTEN("1799999990"),
			VIEWER_UNKNOWN },
	{ "two hosts", HOST("h1", "0", "4", "1799999990") HOST("h2", "0", "4", "1799999990"),
			VIEWER_NONE },
	{ "moved with its viewer", HOST("h1", "0", "4", "1799999990")
			HOST("h2", "1", "4", "1799999990"), VIEWER_THERE },
	{ "one host is silent", HOST("h1", "0", "4", "1799999990")
			HOST("h2", "0", "4", "1799990000"), VIEWER_UNKNOWN },
	{ "an older file of the host", HOST("h1", "0", "4", "1799999990")
			"node_textfile_mtime_seconds{file=\"/b/osvdi.prom\",instance=\"h1\"} 5\n",
			VIEWER_UNKNOWN },
};

static void test_answers(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(auto_viewers) v = viewers_new(NOW);

		g_test_message("%s", cases[i].what);
		viewers_add(v, cases[i].text, strlen(cases[i].text));
		g_assert_cmpint(viewers_of(v, "a"), ==, cases[i].answer);
	}
}

/* Each host has an address of its own, or Prometheus has one for all. */
static void test_addresses(void)
{
	static const char one[] = HOST("h1", "0", "4", "1799999990");
	static const char two[] = HOST("h2", "3", "4", "1799999990");
	g_autoptr(auto_viewers) v = viewers_new(NOW);

	viewers_add(v, one, strlen(one));
	g_assert_cmpint(viewers_of(v, "a"), ==, VIEWER_NONE);
	viewers_add(v, two, strlen(two));
	g_assert_cmpint(viewers_of(v, "a"), ==, VIEWER_THERE);
}

static const struct {
	const char *line;
	const char *name, *label; /* the value of the label "l", or NULL */
	double value;
	gint64 time_ms;
} lines[] = {
	{ "a 1", "a", NULL, 1, 0 },
	{ "a:b_2{} 1.5e3 7", "a:b_2", NULL, 1500, 7 },
	{ " a { l = \"x\" , } 1 -7\r", "a", "x", 1, -7 },
	{ "a{l=\"}, {\\\\\\\"\\n\",m=\"\"} 2", "a", "}, {\\\"\n", 2, 0 },
	{ "a{m=\"q\",l=\"\"}\t+Inf", "a", "", INFINITY, 0 },
	{ "", NULL, NULL, 0, 0 },
	{ "# HELP a b", NULL, NULL, 0, 0 },
	{ "a", NULL, NULL, 0, 0 },
	{ "2a 1", NULL, NULL, 0, 0 },
	{ "a{l=\"x\" 1", NULL, NULL, 0, 0 },
	{ "a{l=\"x} 1", NULL, NULL, 0, 0 },
	{ "a{l=x} 1", NULL, NULL, 0, 0 },
	{ "a{l=\"\\x\"} 1", NULL, NULL, 0, 0 },
	{ "a{l=\"x\\", NULL, NULL, 0, 0 },
	{ "a{,} 1", NULL, NULL, 0, 0 },
	{ "a 1x", NULL, NULL, 0, 0 },
	{ "a 1 7 9", NULL, NULL, 0, 0 },
	{ "a 1 7.5", NULL, NULL, 0, 0 },
};

struct got {
	int n;
	char *name, *label;
	double value;
	gint64 time_ms;
};

static void keep(const struct metric *m, void *data)
{
	struct got *got = data;

	got->n++;
	got->name = g_strdup(m->name);
	got->label = g_strdup(g_hash_table_lookup(m->labels, "l"));
	got->value = m->value;
	got->time_ms = m->time_ms;
}

static void test_lines(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct got got = { 0 };

		g_test_message("%s", lines[i].line);
		metrics_parse(lines[i].line, strlen(lines[i].line), keep, &got);
		g_assert_cmpint(got.n, ==, lines[i].name != NULL);
		g_assert_cmpstr(got.name, ==, lines[i].name);
		g_assert_cmpstr(got.label, ==, lines[i].label);
		g_assert_true(got.value == lines[i].value);
		g_assert_cmpint(got.time_ms, ==, lines[i].time_ms);
		g_free(got.name);
		g_free(got.label);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/viewers/answers", test_answers);
	g_test_add_func("/viewers/addresses", test_addresses);
	g_test_add_func("/viewers/lines", test_lines);
	return g_test_run();
}

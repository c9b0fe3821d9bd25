/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

static void test_clean(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ NULL, "" },
		{ "a\033[31mred", "a?[31mred" },
		{ "two\nlines", "two lines" },
		{ "bad \xff byte", "bad \357\277\275 byte" },
		{ "rtl \342\200\256x", "rtl ?x" },
		{ "0123456789ABC", "0123456789..." },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = text_clean(cases[i].in, i == 6 ? 10 : 100);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void test_uuid(void)
{
	g_assert_true(text_is_uuid("05c7863a-3c5c-4d0e-8bd4-D8E1DBB1F2C4"));
	g_assert_false(text_is_uuid(NULL));
	g_assert_false(text_is_uuid("05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c"));
	g_assert_false(text_is_uuid("05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2cg"));
	g_assert_false(text_is_uuid("../../../../v3/users/aaaaaaaaaaaaaaaaa"));
}

static void test_redact(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "http://h/p?token=abc&x=1", "http://h/p?token=***&x=1" },
		{ "http://h/vnc?path=%3Ftoken%3Dabc%26y", "http://h/vnc?path=%3Ftoken%3D***%26y" },
		{ "http://h/os-console-auth-tokens/abc", "http://h/os-console-auth-tokens/***" },
		{ "a TOKEN=abc b", "a TOKEN=*** b" },
		{ "nothing", "nothing" },
		{ NULL, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = text_redact(cases[i].in);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void test_times(void)
{
	g_autofree char *t = text_format_time(1767225600);

	g_assert_cmpstr(t, ==, "2026-01-01T00:00:00Z");
	g_assert_cmpint(text_parse_time("2026-01-01T00:00:00.000000Z"), ==, 1767225600);
	g_assert_cmpint(text_parse_time("soon"), ==, 0);
	g_assert_cmpint(text_parse_time(NULL), ==, 0);
	g_assert_cmpint(text_parse_duration("90"), ==, 90);
	g_assert_cmpint(text_parse_duration("2d"), ==, 172800);
	g_assert_cmpint(text_parse_duration("8h"), ==, 28800);
	g_assert_cmpint(text_parse_duration("-1"), ==, -1);
	g_assert_cmpint(text_parse_duration("5 m"), ==, -1);
	g_assert_cmpint(text_parse_duration("5mm"), ==, -1);
	g_assert_cmpint(text_parse_duration("99999999999999999999d"), ==, -1);
	g_assert_cmpint(text_parse_duration(""), ==, -1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/clean", test_clean);
	g_test_add_func("/text/uuid", test_uuid);
	g_test_add_func("/text/redact", test_redact);
	g_test_add_func("/text/times", test_times);
	return g_test_run();
}

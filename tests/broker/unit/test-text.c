/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/redact.h"
#include "base/text.h"

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

/* Known secrets are "hunter2!x/y", "K-1234" and "geheim", and "alice", the user's name as well. */
static void test_redact(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "http://h/p?token=abc&x=1", "http://h/p?token=***&x=***" },
		{ "http://h/vnc?path=%3Ftoken%3Dabc%26y", "http://h/vnc?path=***%26y" },
		{ "path=%3Ftoken%3Dabc", "path=%3Ftoken%3D***" },
		{ "http://h/os-console-auth-tokens/abc", "http://h/os-console-auth-tokens/***" },
		{ "a TOKEN=abc b", "a TOKEN=*** b" },
		{ "nothing", "nothing" },
		{ NULL, "" },
		{ "GET http://h/servers/detail?limit=1000&marker=m: 200",
			"GET http://h/servers/detail?limit=1000&marker=m: 200" },
		{ "http://user:pw@h:5000/v3", "http://***@h:5000/v3" },
		{ "http://user:p@w@h:5000/v3", "http://***@h:5000/v3" },
		{ "identity (https://u:p@h): 401", "identity (https://***@h): 401" },
		{ "Could not resolve proxy: user:pw@proxy:3128",
			"Could not resolve proxy: ***@proxy:3128" },
		{ "socks5h://u:p@proxy", "socks5h://***@proxy" },
		{ "https://h/spice_auto.html#token=abc", "https://h/spice_auto.html#token=***" },
		{ "https://h/vnc_auto.html/abc?x", "https://h/vnc_auto.html/***?x" },
		{ "https://h/websockify/abc", "https://h/websockify/***" },
		{ "X-Auth-Token: abc", "X-Auth-Token: ***" },
		{ "Authorization: Bearer abc def", "Authorization: ***" },
		{ "Set-Cookie: a=b; c", "Set-Cookie: ***" },
		{ "{\"password\": \"a\\\"b\", \"x\": 1}", "{\"password\": \"***\", \"x\": 1}" },
		{ "{'auth_token': 'abc'}", "{'auth_token': '***'}" },
		{ "\\\"secret\\\": \\\"abc\\\"", "\\\"secret\\\": \\\"***" },
		{ "said hunter2!x/y here", "said *** here" },
		{ "hunter2%21x%2Fy hunter2%21x%2fy", "*** ***" },
		{ "hunter2%2521x%252Fy", "***" },
		{ "\"hunter2!x\\/y\"", "\"***\"" },
		{ "aHVudGVyMiF4L3k=", "***" },
		{ "xK-1234x", "x***x" },
		{ "geheim, (geheim) geheimnis", "***, (***) geheimnis" },
		{ "user alice of project p; check the password",
			"user alice of project p; check the password" },
		{ "check user, domain and password; is OS_AUTH_URL right?",
			"check user, domain and password; is OS_AUTH_URL right?" },
		{ "which desktop? a (05c7863a), b", "which desktop? a (05c7863a), b" },
		{ "mail me@example.org: \"x\"", "mail me@example.org: \"x\"" },
	};
	static const char *const secrets[] = { "hunter2!x/y", "K-1234", "geheim", "alice",
		"password", "abc" };
	struct redact *r = redact_new();

	redact_except(r, "Alice");
	for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++)
		redact_remember(r, secrets[i]);
	redact_remember(r, NULL);
	redact_except(r, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = redact_text(r, cases[i].in);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
	redact_free(r);
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

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/client.h"
#include "core/cookie.h"
#include "core/encoding.h"
#include "core/form.h"
#include "core/route.h"
#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

/* The bytes that browsers and balancers send: forms, cookies, paths, addresses. */

static struct form *parse(const char *text)
{
	return form_parse(text, strlen(text));
}

static void test_form(void)
{
	struct form *form = parse("name=J%C3%BCrgen+M&secret=%2526&empty=&flag");

	g_assert_cmpstr(form_get(form, "name"), ==, "J\303\274rgen M");
	g_assert_cmpstr(form_get(form, "secret"), ==, "%26");
	g_assert_cmpstr(form_get(form, "empty"), ==, "");
	g_assert_cmpstr(form_get(form, "flag"), ==, "");
	g_assert_null(form_get(form, "other"));
	g_assert_null(form_get(NULL, "name"));
	form_free(form);
	form_free(NULL);
	form = parse("");
	g_assert_nonnull(form);
	form_free(form);
}

static void test_bad_form(void)
{
	static const char *const bad[] = { "a=1&a=2", "a=%", "a=%4", "a=%zz", "a=%00", "a=%ff",
		"%00=a" };
	GString *many = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(parse(bad[i]));
	g_assert_null(form_parse("a=\0b", 4));
	for (guint i = 0; i <= FORM_MAX_FIELDS; i++)
		g_string_append_printf(many, "f%u=1&", i);
	g_assert_null(parse(many->str));
	g_string_set_size(many, 0);
	for (guint i = 0; i <= FORM_MAX_BYTES; i++)
		g_string_append_c(many, 'a');
	g_assert_null(parse(many->str));
	g_string_free(many, TRUE);
}

static void check_cookie(const char *header, const char *want)
{
	char *found = cookie_find(header, "__Host-a");

	g_assert_cmpstr(found, ==, want);
	wipe_free(found);
}

static void test_cookie(void)
{
	g_autofree char *set = cookie_set("__Host-a", "v", 0);
	g_autofree char *lasting = cookie_set("__Host-a", "v", 60);
	g_autofree char *forget = cookie_set("__Host-a", NULL, 0);

	check_cookie("__Host-a=1", "1");
	check_cookie("b=2; __Host-a=1;c=3", "1");
	check_cookie("b=2;\t __Host-a=1=2", "1=2");
	check_cookie("__Host-a=", "");
	check_cookie("__Host-a=1; __Host-a=2", NULL);
	check_cookie("x__Host-a=1", NULL);
	check_cookie("__Host-ab=1", NULL);
	check_cookie("b=__Host-a=1", NULL);
	check_cookie("", NULL);
	check_cookie(NULL, NULL);
	g_assert_cmpstr(set, ==, "__Host-a=v; Path=/; Secure; HttpOnly; SameSite=Lax");
	g_assert_cmpstr(lasting, ==,
			"__Host-a=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60");
	g_assert_cmpstr(forget, ==, "__Host-a=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}

static void check_route(const char *method, const char *path, enum route want, const char *subject)
{
	char found[ROUTE_SUBJECT_MAX + 1];

	g_assert_cmpint(route_find(method, path, found), ==, want);
	g_assert_cmpstr(found, ==, subject);
}

static void test_route(void)
{
	g_autofree char *long_name = g_strnfill(ROUTE_SUBJECT_MAX + 1, 'a');
	g_autofree char *long_path = g_strdup_printf("/task/%s", long_name);
	g_autofree char *longest = g_strdup_printf("/task/%s", long_name + 1);

	check_route("GET", "/", ROUTE_HOME, "");
	check_route("HEAD", "/", ROUTE_HOME, "");
	check_route("POST", "/", ROUTE_OTHER_METHOD, "");
	check_route("get", "/", ROUTE_OTHER_METHOD, "");
	check_route("POST", "/desktop/a-1_B/open", ROUTE_OPEN_POST, "a-1_B");
	check_route("GET", "/desktop/a/open", ROUTE_OTHER_METHOD, "");
	check_route("GET", "/task/a", ROUTE_TASK, "a");
	check_route("GET", "/task/a/desktop.vv", ROUTE_TASK_FILE, "a");
	check_route("GET", longest, ROUTE_TASK, long_name + 1);
	check_route("GET", long_path, ROUTE_NONE, "");
	check_route("GET", "/task/", ROUTE_NONE, "");
	check_route("GET", "/task/a/", ROUTE_NONE, "");
	check_route("GET", "/task/a.b", ROUTE_NONE, "");
	check_route("GET", "/task/../login", ROUTE_NONE, "");
	check_route("GET", "/desk/0a/src/page.js", ROUTE_PAGE_FILE, "0a/src/page.js");
	check_route("POST", "/desk/0a/index.html", ROUTE_OTHER_METHOD, "");
	check_route("GET", "/desk/", ROUTE_NONE, "");
	check_route("GET", "/desk/0a/%2e", ROUTE_NONE, "");
	check_route("POST", "/desktop/a/ticket", ROUTE_TICKET_POST, "a");
	check_route("GET", "//login", ROUTE_NONE, "");
	check_route("GET", "/Login", ROUTE_NONE, "");
	check_route("GET", "", ROUTE_NONE, "");
}

static void check_client(const struct client_proxies *proxies, const char *peer,
		const char *forwarded, const char *want)
{
	char found[CLIENT_TEXT_BYTES];

	client_address(proxies, peer, forwarded, found);
	g_assert_cmpstr(found, ==, want);
}

static void test_client(void)
{
	char *networks[] = { (char *)"127.0.0.1", (char *)"", (char *)"fd00::/8", NULL };
	char *wrong[] = { (char *)"balancer", NULL };
	struct client_proxies *proxies = client_proxies_parse(networks, NULL);
	struct client_proxies *nobody = client_proxies_parse(NULL, NULL);

	check_client(proxies, "127.0.0.1", "192.0.2.1", "192.0.2.1");
	check_client(proxies, "127.0.0.1", "198.51.100.7, 192.0.2.1", "192.0.2.1");
	check_client(proxies, "127.0.0.1", "198.51.100.7,192.0.2.1,fd00::2", "192.0.2.1");
	check_client(proxies, "127.0.0.1", "fd00::1", "fd00::1");
	check_client(proxies, "127.0.0.1", "192.0.2.1, unknown", "127.0.0.1");
	check_client(proxies, "127.0.0.1", "", "127.0.0.1");
	check_client(proxies, "127.0.0.1", NULL, "127.0.0.1");
	check_client(proxies, "192.0.2.9", "192.0.2.1", "192.0.2.9");
	check_client(nobody, "127.0.0.1", "192.0.2.1", "127.0.0.1");
	check_client(nobody, "", NULL, "local");
	g_assert_null(client_proxies_parse(wrong, NULL));
	client_proxies_free(proxies);
	client_proxies_free(nobody);
}

static void test_rate_key(void)
{
	static const char *const cases[][2] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
		{ "local", "local" },
	};
	char key[CLIENT_TEXT_BYTES];

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		client_rate_key(cases[i][0], key);
		g_assert_cmpstr(key, ==, cases[i][1]);
	}
}

static void test_random(void)
{
	char *a = wipe_random(), *b = wipe_random();

	g_assert_cmpstr(a, !=, b);
	g_assert_true(wipe_random_is(a));
	a[42] = '=';
	g_assert_false(wipe_random_is(a));
	g_assert_false(wipe_random_is("short"));
	g_assert_false(wipe_random_is(NULL));
	wipe_free(a);
	wipe_free(b);
	wipe_free(NULL);
}

static void test_encoding(void)
{
	static const char *const takes[] = { "gzip", "GZIP", "br, gzip", "gzip;q=0.5",
		"deflate , gzip ; q=1", "gzip;q=0.001" };
	static const char *const not[] = { NULL, "", "br", "x-gzip", "gzips", "gzip;q=0",
		"gzip; q=0.000", "br;gzip", ";gzip", "," };

	for (guint i = 0; i < G_N_ELEMENTS(takes); i++)
		g_assert_true(encoding_takes_gzip(takes[i]));
	for (guint i = 0; i < G_N_ELEMENTS(not); i++)
		g_assert_false(encoding_takes_gzip(not[i]));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/form/good", test_form);
	g_test_add_func("/form/bad", test_bad_form);
	g_test_add_func("/cookie", test_cookie);
	g_test_add_func("/encoding", test_encoding);
	g_test_add_func("/route", test_route);
	g_test_add_func("/client/address", test_client);
	g_test_add_func("/client/rate-key", test_rate_key);
	g_test_add_func("/random", test_random);
	return g_test_run();
}

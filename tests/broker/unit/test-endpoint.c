/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/host.h"
#include "cloud/endpoint.h"

static void test_fill(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "http://h/v2.1", "http://h/v2.1" },
		{ "http://h/v2.1///", "http://h/v2.1" },
		{ "https://[fd00::1]:8774/", "https://[fd00::1]:8774" },
		{ "http://h/v2.1/%(tenant_id)s", "http://h/v2.1/P" },
		{ "http://h/v2.1/%(project_id)s/", "http://h/v2.1/P" },
		{ "http://h/v2.1/$(project_id)s", "http://h/v2.1/P" },
		{ "http://h/v2.1/$(tenant_id)", "http://h/v2.1/P" },
		{ "http://h/v2.1/{project_id}", "http://h/v2.1/P" },
		{ "http://h/v2.1/${tenant_id}", "http://h/v2.1/P" },
		{ "http://h/AUTH_%(tenant_id)s/%(user_id)s", "http://h/AUTH_P/U" },
		{ "http://%(public_bind_host)s:8774/v2.1", NULL },
		{ "http://h/v2.1/%(tenant)s", NULL },
		{ "http://h/v2.1/$()s", NULL },
		{ "ftp://h/v2.1", NULL },
		{ "h/v2.1", NULL },
		{ "http://", NULL },
		{ "http:///v2.1", NULL },
		{ "http://a b/", NULL },
		{ "", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) e = NULL;
		g_autofree char *out = endpoint_fill(cases[i].in, "P", "U", NULL, &e);

		g_assert_cmpstr(out, ==, cases[i].out);
		if (!out)
			g_assert_error(e, BROKER_ERROR, BROKER_ERROR_SERVICE);
	}
}

static void test_split(void)
{
	static const struct {
		const char *in, *root, *version, *rest;
	} cases[] = {
		{ "http://h/x/v2.1/P", "http://h/x", "v2.1", "/P" },
		{ "http://h/v2", "http://h", "v2", "" },
		{ "http://v2.example/compute", "http://v2.example/compute", NULL, "" },
		{ "http://h/v2-cloud/v2.1", "http://h/v2-cloud", "v2.1", "" },
		{ "http://h/v3/v2.1/P/Q", "http://h/v3", "v2.1", "/P/Q" },
		{ "http://h/v2.x", "http://h/v2.x", NULL, "" },
		{ "http://h/v2.1.0", "http://h/v2.1.0", NULL, "" },
		{ "http://h", "http://h", NULL, "" },
		{ "http://[::1]:8774/v2.1", "http://[::1]:8774", "v2.1", "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct endpoint e;

		endpoint_split(cases[i].in, &e);
		g_assert_cmpstr(e.root, ==, cases[i].root);
		g_assert_cmpstr(e.version, ==, cases[i].version);
		g_assert_cmpstr(e.rest, ==, cases[i].rest);
		endpoint_clear(&e);
	}
}

static void test_version(void)
{
	static const struct {
		const char *in, *version, *out;
	} cases[] = {
		{ "http://h/image", "v2", "http://h/image/v2" },
		{ "http://h/image/v2", "v2", "http://h/image/v2" },
		{ "http://h/image/v1", "v2", "http://h/image/v2" },
		{ "http://h:9292", "v2", "http://h:9292/v2" },
		{ "http://h/v1/P", "v1", "http://h/v1/P" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = endpoint_with_version(cases[i].in, cases[i].version);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void test_follow(void)
{
	static const struct {
		const char *base, *link, *out;
	} cases[] = {
		{ "https://h/compute", "https://h/compute/v2.1/", "https://h/compute/v2.1" },
		{ "https://h/compute", "http://h/compute/v2.1/", "https://h/compute/v2.1" },
		{ "https://h:8774", "http://h/v2.1/", "https://h:8774/v2.1" },
		{ "https://H/compute", "http://h:8774/v2.1", "https://H/v2.1" },
		{ "https://h/compute", "/nova/v2.1/", "https://h/nova/v2.1" },
		{ "https://h/compute", "v2.1/", "https://h/compute/v2.1" },
		{ "https://[fd00::1]:1/c", "http://[fd00::1]/c/v2.1",
			"https://[fd00::1]:1/c/v2.1" },
		{ "https://h/compute", "https://10.0.0.1:8774/v2.1/", NULL },
		{ "https://h/compute", "//evil/v2.1/", NULL },
		{ "https://h/compute", "javascript:x", NULL },
		{ "https://h/compute", NULL, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = endpoint_follow(cases[i].base, cases[i].link);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void test_hosts(void)
{
	static const struct {
		const char *host;
		enum host_kind kind;
	} cases[] = {
		{ "h", HOST_ELSEWHERE },
		{ "host-1.example.", HOST_ELSEWHERE },
		{ "a_b", HOST_ELSEWHERE },
		{ "192.0.2.2", HOST_ELSEWHERE },
		{ "fd00::1", HOST_ELSEWHERE },
		{ "::ffff:192.0.2.2", HOST_ELSEWHERE },
		{ "127.evil.example", HOST_ELSEWHERE },
		{ "localhost.evil.example", HOST_ELSEWHERE },
		{ "127.0.0.1", HOST_LOOPBACK },
		{ "127.1.2.3", HOST_LOOPBACK },
		{ "127.1", HOST_LOOPBACK },
		{ "2130706433", HOST_LOOPBACK },
		{ "0x7f000001", HOST_LOOPBACK },
		{ "0177.0.0.1", HOST_LOOPBACK },
		{ "::1", HOST_LOOPBACK },
		{ "0:0:0:0:0:0:0:1", HOST_LOOPBACK },
		{ "::ffff:127.0.0.1", HOST_LOOPBACK },
		{ "::ffff:7f00:1", HOST_LOOPBACK },
		{ "localhost", HOST_LOOPBACK },
		{ "LocalHost.", HOST_LOOPBACK },
		{ "localhost.localdomain", HOST_LOOPBACK },
		{ "nova.localhost", HOST_LOOPBACK },
		{ "0.0.0.0", HOST_WILDCARD },
		{ "0", HOST_WILDCARD },
		{ "::", HOST_WILDCARD },
		{ "::ffff:0.0.0.0", HOST_WILDCARD },
		{ "169.254.169.254", HOST_LINK_LOCAL },
		{ "fe80::1", HOST_LINK_LOCAL },
		{ "224.0.0.1", HOST_MANY },
		{ "255.255.255.255", HOST_MANY },
		{ "ff02::1", HOST_MANY },
		{ "", HOST_INVALID },
		{ "*", HOST_INVALID },
		{ "h:5900", HOST_INVALID },
		{ "[::1]", HOST_INVALID },
		{ "-oProxyCommand", HOST_INVALID },
		{ "h/../x", HOST_INVALID },
		{ "h\nx=1", HOST_INVALID },
		{ "a b", HOST_INVALID },
		{ "a..b", HOST_INVALID },
		{ ".", HOST_INVALID },
		{ NULL, HOST_INVALID },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(host_kind(cases[i].host), ==, cases[i].kind);
	g_assert_true(host_is_loopback("localhost"));
	g_assert_false(host_is_loopback("192.0.2.2"));
}

static void test_console_hosts(void)
{
	static const struct {
		const char *host;
		gboolean here, fits;
	} cases[] = {
		{ "10.1.2.3", FALSE, TRUE },
		{ "127.0.0.1", FALSE, FALSE },
		{ "127.0.0.1", TRUE, TRUE },
		{ "0.0.0.0", FALSE, FALSE },
		{ "0.0.0.0", TRUE, TRUE },
		{ "fe80::1", FALSE, FALSE },
		{ "224.0.0.1", TRUE, FALSE },
		{ "h:1", TRUE, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) e = NULL;

		g_assert_cmpint(host_check_console(cases[i].host, cases[i].here, "it is",
				"the_setting", &e), ==, cases[i].fits);
		if (!cases[i].fits) {
			g_assert_error(e, BROKER_ERROR, BROKER_ERROR_SERVICE);
			g_assert_nonnull(strstr(e->message, "the_setting"));
			g_assert_nonnull(strstr(e->message, cases[i].host));
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/endpoint/fill", test_fill);
	g_test_add_func("/endpoint/split", test_split);
	g_test_add_func("/endpoint/version", test_version);
	g_test_add_func("/endpoint/follow", test_follow);
	g_test_add_func("/host/kinds", test_hosts);
	g_test_add_func("/host/consoles", test_console_hosts);
	return g_test_run();
}

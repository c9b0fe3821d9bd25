/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/portal-config.h"

#include <string.h>
#include <ticket/ticket.h>

#define PORTAL "[portal]\nlisten=127.0.0.1:1\norigin=https://desk.example\n"
#define GATEWAY "[gateway]\nkeys=/k\n"
#define CLOUD "[cloud]\nauth_url=http://cloud/v3\n"
#define MINIMUM PORTAL GATEWAY CLOUD

static void test_standard(void)
{
	g_autoptr(GError) error = NULL;
	struct portal_config *c = portal_config_parse(MINIMUM, &error);

	g_assert_no_error(error);
	g_assert_true(c->by_password && c->by_credential && c->pools);
	g_assert_false(c->plain);
	g_assert_cmpstr(c->gateway_path, ==, "/gw");
	g_assert_true(channel_is_allowed(c->channels, 1) && channel_is_allowed(c->channels, 9));
	g_assert_cmpint(c->ticket_use_s, ==, 60);
	g_assert_cmpuint(c->per_name, ==, 10);
	g_assert_null(c->audit);
	g_assert_null(c->gateway_admin);
	g_assert_cmpuint(g_hash_table_size(c->cloud), ==, 1);
	portal_config_free(c);
	portal_config_free(NULL);
}

/* Values that are taken, each by the name of the field that it goes to. */
static void test_good(void)
{
	g_autoptr(GError) error = NULL;
	struct portal_config *c = portal_config_parse(PORTAL "tls-cert= /c \ntls-key=/k\n"
			"login-by-credential=false\ntitle=B\303\274ro\nproxies=10.0.0.0/8, ::1\n"
			GATEWAY "channels=main,inputs\n"
			"admin=unix:/a; unix:/b\nlife-seconds=2147483647\n"
			CLOUD "region_name = R \ncacert=/a\\sb\n[limits]\nworkers=1\n", &error);

	g_assert_no_error(error);
	g_assert_cmpstr(c->tls_cert, ==, "/c");
	g_assert_false(c->by_credential);
	g_assert_cmpstr(c->title, ==, "B\303\274ro");
	g_assert_cmpint(c->ticket_life_s, ==, G_MAXINT32);
	g_assert_true(channel_is_allowed(c->channels, 1));
	g_assert_false(channel_is_allowed(c->channels, 9));
	g_assert_cmpuint(c->workers, ==, 1);
	g_assert_cmpstr(c->gateway_admin, ==, "unix:/a; unix:/b");
	g_assert_cmpstr(g_hash_table_lookup(c->cloud, "region_name"), ==, "R ");
	g_assert_cmpstr(g_hash_table_lookup(c->cloud, "cacert"), ==, "/a b");
	portal_config_free(c);
}

/* A file that is refused, and the setting that the message names. */
static void test_bad(void)
{
	static const struct {
		const char *text, *name;
	} bad[] = {
		{ "", "auth_url: missing" },
		{ GATEWAY CLOUD, "listen: missing" },
		{ "[portal]\nlisten=x\n" GATEWAY CLOUD, "origin: " },
		{ PORTAL CLOUD, "keys: missing" },
		{ PORTAL GATEWAY, "auth_url: missing" },
		{ MINIMUM "[portal]\norigin=http://desk.example\n", "origin: " },
		{ MINIMUM "[portal]\norigin=https://\n", "origin: " },
		{ MINIMUM "[portal]\norigin=https://desk.example/\n", "origin: " },
		{ MINIMUM "[portal]\norigin=https://u@desk.example\n", "origin: " },
		{ MINIMUM "[portal]\norigin=https://desk.example:443\n", "origin: " },
		{ MINIMUM "[portal]\ntls-key=/k\n", "tls-cert: " },
		{ MINIMUM "[portal]\ntitel=x\n", "titel: not known" },
		{ MINIMUM "[portal]\ntitle=\n", "title: empty" },
		{ MINIMUM "[portal]\ntitle=a\xff\n", "title: not UTF-8" },
		{ MINIMUM "[portal]\naudit=/\xff\n", "audit: not UTF-8" },
		{ MINIMUM "[portal]\naudit=/a\\q\n", "audit: not UTF-8, or a backslash" },
		{ MINIMUM "[portal]\npools=yes\n", "pools: neither" },
		{ MINIMUM "[portal]\nproxies=10.0.0.0/40\n", "proxies: " },
		{ MINIMUM "[portal]\nproxies=10.0.0.0/8\xff\n", "proxies: " },
		{ MINIMUM "[portal]\nlogin-by-password=false\nlogin-by-credential=false\n",
			"no way to log in" },
		{ MINIMUM "[gateway]\npath=gw\n", "path: must begin" },
		{ MINIMUM "[gateway]\nadmin=/run/x\n", "admin: unix:" },
		{ MINIMUM "[gateway]\nadmin=unix:/a;unix:b\n", "admin: unix:" },
		{ MINIMUM "[gateway]\nchannels=main,sound\n", "channels: \"main,sound\"" },
		{ MINIMUM "[gateway]\nchannels=main, inputs\n", "channels: " },
		{ MINIMUM "[gateway]\nchannels=\n", "channels: " },
		{ MINIMUM "[gateway]\nuse-seconds=0\n", "use-seconds: no number" },
		{ MINIMUM "[gateway]\nuse-seconds=1e3\n", "use-seconds: no number" },
		{ MINIMUM "[gateway]\nuse-seconds= \n", "use-seconds: no number" },
		{ MINIMUM "[gateway]\nlife-seconds=2147483648\n", "life-seconds: no number" },
		{ MINIMUM "[limits]\nvisitors=-1\n", "visitors: no number" },
		{ MINIMUM "[limits]\nvisitors=+1\n", "visitors: no number" },
		{ MINIMUM "[limits]\nvisitors=99999999999999999999\n", "visitors: no number" },
		{ MINIMUM "[cloud]\npassword=x\n", "password: belongs to a user" },
		{ MINIMUM "[cloud]\nusername=x\n", "username: belongs to a user" },
		{ MINIMUM "[cloud]\ncacert=/\xff.pem\n", "cacert: not UTF-8" },
		{ MINIMUM "[clouds]\nx=y\n", "x: not known" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *shown = g_utf8_make_valid(bad[i].text, -1);

		g_test_message("%s", shown);
		g_assert_null(portal_config_parse(bad[i].text, &error));
		g_assert_nonnull(error);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, bad[i].name));
	}
}

static void test_file(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(portal_config_load("/no-such-folder/portal.conf", &error));
	g_assert_true(g_str_has_prefix(error->message, "/no-such-folder/portal.conf: "));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/portal/config/standard", test_standard);
	g_test_add_func("/portal/config/good", test_good);
	g_test_add_func("/portal/config/bad", test_bad);
	g_test_add_func("/portal/config/file", test_file);
	return g_test_run();
}

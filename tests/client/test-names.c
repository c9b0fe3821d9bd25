/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/hosts.h"
#include "target/names.h"
#include "ui/settings.h"
#include "target/vv-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define SIGNATURE "0f5b1d9c7a3e42868d0c1e5f9a7b3d2c4e6f8a01"

static void test_tickets(void)
{
	static const char *const tickets[] = {
		"pvespiceproxy:67A1B2C3:112:node-a::" SIGNATURE,
		"pvespiceproxy:67a1b2c3:112:node-a:61001::" SIGNATURE,
		"pvespiceproxy:", "someproxy:1:" SIGNATURE, "abc:1234567890abcdef:desk",
	};
	static const char *const hosts[] = {
		"desk.example", "127.0.0.1", "::1", "fe80::1%eth0", "2001:db8:12::7", "desk",
		"desk:5900", "lab: one:two", "",
		"05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4", "1c5a4f3e9b2d4a608f7e6d5c4b3a2910:5900",
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(tickets); i++) {
		g_test_message("%s", tickets[i]);
		g_assert_true(host_is_ticket(tickets[i]));
	}
	for (i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_test_message("%s", hosts[i]);
		g_assert_false(host_is_ticket(hosts[i]));
	}
}

static void test_hosts(void)
{
	static const char *const good[] = { "desk", "a.b-c_d.", "127.0.0.1", "::1", "fe80::1%eth0",
		"h\xc3\xb6rsaal" };
	static const char *const bad[] = { "", "a b", "a:b", "[::1]", "a/b", "a@b", "a?b",
		"a%b", "a\nb" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(host_is_valid(good[i]));
	for (i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(host_is_valid(bad[i]));
}

static void test_titles(void)
{
	static const struct {
		const char *title, *first, *second, *plain;
	} cases[] = {
		{ "desk", "desk", "desk (2)", "desk" },
		{ "desk:%d", "desk:1", "desk:2", "desk" },
		{ "ws204:%d - Press SHIFT+F12", "ws204:1 - Press SHIFT+F12",
			"ws204:2 - Press SHIFT+F12", "ws204" },
		{ "100%d%s%n%%", "1001%s%n%%", "1002%s%n%%", "100" },
		{ "%s%n%%", "%s%n%%", "%s%n%% (2)", "%s%n%%" },
		{ "%d", "1", "2", "" },
		{ "%d: desk", "1: desk", "2: desk", ": desk" },
		{ "a%d%d", "a1%d", "a2%d", "a" },
		{ "100%", "100%", "100% (2)", "100%" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *first = name_title(cases[i].title, TRUE, 1);
		g_autofree char *second = name_title(cases[i].title, TRUE, 2);
		g_autofree char *plain = name_title_plain(cases[i].title);
		g_autofree char *of_server = name_title(cases[i].title, FALSE, 1);

		g_assert_cmpstr(first, ==, cases[i].first);
		g_assert_cmpstr(second, ==, cases[i].second);
		g_assert_cmpstr(plain, ==, cases[i].plain);
		g_assert_cmpstr(of_server, ==, cases[i].title); /* a name, whatever is in it */
	}
}

/* The names that people read, and under which the settings are kept. */
static void test_labels(void)
{
	static const struct {
		const char *lines, *label, *key;
	} cases[] = {
		{ "host=desk\nport=5900\n", "desk:5900", "desk:5900" },
		{ "host=desk\nport=5900\ntitle=T\n", "desk:5900", "desk:5900" },
		{ "host=10.0.0.1\nport=5910\ntitle=sekretariat-3:%d\ndelete-this-file=1\n",
			"10.0.0.1:5910", "sekretariat-3" },
		{ "host=::1\nport=5930\n", "[::1]:5930", "[::1]:5930" },
		{ "host=[2001:db8:12::7]\nport=5930\n", "[2001:db8:12::7]:5930",
			"[2001:db8:12::7]:5930" },
		{ "host=desk\nport=5898\ntls-port=5899\n", "desk:5898", "desk:5898" },
		{ "host=desk\nport=5898\ntls-port=5899\nsecure-channels=main;inputs\n", "desk:5899",
			"desk:5899" },
		{ "host=desk\nport=5898\ntls-port=5899\nsecure-channels=all\n", "desk:5899",
			"desk:5899" },
		{ "host=desk\ntls-port=5899\n", "desk:5899", "desk:5899" },
		{ "unix-path=/run/x/a.sock\n", "a.sock", "a.sock" },
		{ "host=pvespiceproxy:67A1B2C3:112:node-a::" SIGNATURE "\ntls-port=61000\n"
			"proxy=http://p:3128\n"
		  "title=VM 112 - lehrsaal-07\n", "VM 112 - lehrsaal-07", "VM 112 - lehrsaal-07" },
		{ "host=pvespiceproxy:67A1B2C3:112:node-a::" SIGNATURE "\ntls-port=61000\n"
			"proxy=http://p:3128\n",
		  "VM 112 on node-a", "VM 112 on node-a" },
		{ "host=pvespiceproxy:67a1b2c3:112:node-a:61001::" SIGNATURE "\ntls-port=61001\n",
			"VM 112 on node-a", "VM 112 on node-a" },
		{ "host=pvespiceproxy:" SIGNATURE "\ntls-port=1\nproxy=http://p:3128\n",
			"a desktop behind p", "a desktop behind p" },
		{ "host=other:1:" SIGNATURE "\ntls-port=1\nproxy=http://p:3128\n",
			"a desktop behind p", "a desktop behind p" },
		{ "host=" SIGNATURE "\ntls-port=1\nproxy=http://p:3128\n", "a desktop behind p",
			"a desktop behind p" },
		{ "host=other:1:" SIGNATURE "\ntls-port=1\n", "a desktop", "a desktop" },
		{ "[osvdi]\nurl=spice+ws://h/\n", "h", "h" },
		{ "title=T:%d\n[osvdi]\nurl=spice+ws://h/\n", "h", "T" },
		{ "[osvdi]\nurl=spice+ws://h/\nname=alice\n", "h", "alice" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strconcat("[virt-viewer]\ntype=spice\n",
				cases[i].lines, NULL);
		g_autoptr(GError) error = NULL;
		target_auto t = vv_parse(text, strlen(text), NULL, &error);

		g_test_message("%s", text);
		g_assert_no_error(error);
		g_assert_cmpstr(t->label, ==, cases[i].label);
		g_assert_cmpstr(t->key, ==, cases[i].key);
		g_assert_null(strstr(t->label, SIGNATURE));
	}
}

/* Groups that an earlier version named by a ticket go; the others stay. */
static void test_settings(void)
{
	static const char text[] = "[viewer]\nrecent=spice://desk:5900;\n"
				   "[desktop pvespiceproxy:67a1b2c3:112:node-a:61001::" SIGNATURE
				   ":61001]\nwindow-1=1;2;300;400;\n"
				   "[desktop desk:5900]\nwindow-1=1;2;300;400;\n"
				   "[desktop _::1_:5930]\nwindow-1=1;2;300;400;\n"
				   "[desktop lab: one:two]\nwindow-1=1;2;300;400;\n";
	g_autofree char *dir = g_build_filename(g_get_user_config_dir(), "osvdi-viewer", NULL);
	g_autofree char *path = g_build_filename(dir, "settings", NULL), *kept = NULL;
	GdkRectangle place;

	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_true(settings_recall_place("desk:5900", 1, &place));
	g_assert_true(settings_recall_place("[::1]:5930", 1, &place));
	g_assert_true(settings_recall_place("lab: one:two", 1, &place));
	settings_flush();
	g_assert_true(g_file_get_contents(path, &kept, NULL, NULL));
	g_assert_null(strstr(kept, SIGNATURE));
	g_assert_nonnull(strstr(kept, "[desktop desk:5900]"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/names/tickets", test_tickets);
	g_test_add_func("/names/hosts", test_hosts);
	g_test_add_func("/names/titles", test_titles);
	g_test_add_func("/names/labels", test_labels);
	g_test_add_func("/names/settings", test_settings);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ui/settings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static char *path; /* of the settings; each case runs in a process of its own */

static void write_file(const char *text)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *read_file(void)
{
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

/* The whole of it, whoever wrote which part. */
static void check_has(const char *part)
{
	g_autofree char *text = read_file();

	if (!strstr(text, part))
		g_test_message("no “%s” in:\n%s", part, text);
	g_assert_nonnull(strstr(text, part));
}

static void check_recent(const char *wanted)
{
	g_auto(GStrv) list = settings_get_recent();
	g_autofree char *all = g_strjoinv(" ", list);

	g_assert_cmpstr(all, ==, wanted);
}

/* ---- cases ----------------------------------------------------------------- */

static void test_first(void)
{
	GdkRectangle place = { 1, -2, 640, 480 }, back = { 0 };
	struct stat facts;

	check_recent("");
	g_assert_false(settings_recall_place("desk", 1, &back));
	g_assert_true(settings_get_flag("desk", "share-clipboard", TRUE));
	g_assert_false(settings_get_flag("desk", "share-clipboard", FALSE));
	g_assert_cmpint(settings_get_monitor("desk", 1), ==, -1);
	settings_flush();
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS)); /* nothing to keep */
	settings_remember_place("desk", 1, &place);
	settings_set_flag("desk", "share-clipboard", FALSE);
	g_assert_true(settings_recall_place("desk", 1, &back));
	g_assert_cmpmem(&back, sizeof back, &place, sizeof place);
	g_assert_false(settings_recall_place("desk", 2, &back));
	g_assert_false(settings_recall_place("other", 1, &back));
	settings_flush();
	check_has("[desktop desk]\n");
	check_has("window-1=1;-2;640;480;\n");
	check_has("share-clipboard=false\n");
	g_assert_cmpint(g_stat(path, &facts), ==, 0);
	g_assert_cmpint(facts.st_mode & 0777, ==, 0600);
}

/* Lines that people or other programs wrote. */
static void test_odd(void)
{
	static const struct {
		const char *line;
		gboolean place;
		int monitor; /* of display 2 */
	} cases[] = {
		{ "window-1=1;2;3;4", TRUE, -1 },
		{ "window-1=1;2;0;0", TRUE, -1 }, /* a place without a size */
		{ "window-1=1;2;3", FALSE, -1 },
		{ "window-1=1;2;3;4;5", FALSE, -1 },
		{ "window-1=1;2;-3;4", FALSE, -1 },
		{ "window-1=1;2;3;0", FALSE, -1 },
		{ "window-1=a;b;c;d", FALSE, -1 },
		{ "window-1=99999999999;1;1;1", FALSE, -1 },
		{ "window-1=", FALSE, -1 },
		{ "monitor-mapping=1:2;2:3", FALSE, 2 },
		{ "monitor-mapping=2:1;2:3", FALSE, 0 },
		{ "monitor-mapping=2:", FALSE, -1 },
		{ "monitor-mapping=:2", FALSE, -1 },
		{ "monitor-mapping=2:0", FALSE, -1 },
		{ "monitor-mapping=;;2:2;", FALSE, 1 },
		{ "monitor-mapping=two:one", FALSE, -1 },
	};
	GdkRectangle place;
	gsize i;

	write_file("[desktop 0]\n");
	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = g_strdup_printf("%u", (guint)i);
		g_autofree char *old = read_file();
		g_autofree char *text = g_strdup_printf("%s[desktop %s]\n%s\n"
				"share-clipboard=maybe\n", old, name, cases[i].line);

		write_file(text);
	}
	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = g_strdup_printf("%u", (guint)i);

		g_test_message("%s", cases[i].line);
		g_assert_cmpint(settings_recall_place(name, 1, &place), ==, cases[i].place);
		g_assert_cmpint(settings_get_monitor(name, 2), ==, cases[i].monitor);
		g_assert_true(settings_get_flag(name, "share-clipboard", TRUE));
		g_assert_false(settings_get_flag(name, "share-clipboard", FALSE));
	}
}

/* Names of desktops come from files and clouds: none begins a group or a line of its own. */
static void test_names(void)
{
	static const char *const names[] = { "", " ", "a]b[c", "a\nrecent=evil", "ä 🎉", "\x7f",
		"a=b", "#a", "desk:5900", "\xff\xfe" };
	gsize i;

	settings_add_recent("spice://good");
	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		GdkRectangle place = { (int)i, 1, 2, 3 }, back;

		settings_remember_place(names[i], 1, &place);
		settings_flush();
		g_assert_true(settings_recall_place(names[i], 1, &back));
		g_assert_cmpint(back.x, ==, (int)i);
		check_recent("spice://good");
	}
}

static void test_recent(void)
{
	guint i;

	for (i = 0; i < 14; i++) {
		g_autofree char *uri = g_strdup_printf("spice://h%u", i);

		settings_add_recent(uri);
	}
	check_recent("spice://h13 spice://h12 spice://h11 spice://h10 spice://h9 spice://h8 "
		"spice://h7 spice://h6 spice://h5 spice://h4 spice://h3 spice://h2");
	settings_add_recent("spice://h5");
	settings_forget_recent("spice://h13");
	settings_forget_recent("spice://nowhere");
	check_recent("spice://h5 spice://h12 spice://h11 spice://h10 spice://h9 spice://h8 "
		"spice://h7 spice://h6 spice://h4 spice://h3 spice://h2");
	settings_add_recent("spice+unix:///a;b\\c\n d");
	{
		g_auto(GStrv) list = settings_get_recent();

		g_assert_cmpstr(list[0], ==, "spice+unix:///a;b\\c\n d");
		g_assert_cmpstr(list[1], ==, "spice://h5");
	}
}

/* Another viewer, with another desktop, writes the same file meanwhile. */
static void test_beside(void)
{
	GdkRectangle place = { 1, 2, 3, 4 };

	write_file("# a comment\n[viewer]\nrecent=spice://old;\n[desktop mine]\nx=1\n");
	g_assert_true(settings_get_flag("mine", "share-clipboard", TRUE)); /* is read */
	settings_remember_place("mine", 1, &place);
	write_file("# a comment\n[viewer]\nrecent=spice://theirs;spice://old;\n[desktop mine]\n"
		"x=2\n[desktop theirs]\nshare-clipboard=false\n");
	settings_flush();
	check_has("# a comment\n");
	check_has("window-1=1;2;3;4;\n");
	check_has("x=2\n");
	check_has("[desktop theirs]\nshare-clipboard=false\n");
	g_assert_false(settings_get_flag("theirs", "share-clipboard", TRUE));
	write_file("[viewer]\nrecent=spice://third;spice://theirs;spice://old;\n");
	settings_add_recent("spice://mine");
	check_recent("spice://mine spice://third spice://theirs spice://old");
	write_file("[viewer]\nrecent=spice://theirs;\n");
	settings_flush(); /* nothing changed: nothing is written */
	check_has("recent=spice://theirs;\n");
}

/* Files that nobody can read begin anew, and are kept for whoever wrote them. */
static void test_damaged(void)
{
	static const char *const damaged[] = { "[viewer\nrecent=a;\n", "no group=1\n",
		"[viewer]\nno equals\n", "\x7f" "ELF" };
	g_autofree char *aside = g_strconcat(path, ".damaged", NULL);
	g_autofree char *kept = NULL, *index = g_strdup(g_getenv("OSVDI_TEST_CASE"));
	const char *text = damaged[atoi(index)];

	write_file(text);
	g_test_expect_message(G_LOG_DOMAIN, G_LOG_LEVEL_WARNING,
			"Settings cannot be read*damaged.");
	settings_set_flag("desk", "share-clipboard", FALSE);
	g_test_assert_expected_messages();
	settings_flush();
	check_has("share-clipboard=false\n");
	g_assert_true(g_file_get_contents(aside, &kept, NULL, NULL));
	g_assert_cmpstr(kept, ==, text);
	g_assert_cmpint(g_unlink(aside), ==, 0);
}

/* A place where nothing can be written: said once, and harmless. */
static void test_unwritable(void)
{
	GdkRectangle place = { 1, 2, 3, 4 };
	g_autofree char *folder = g_path_get_dirname(path);

	g_assert_true(g_file_set_contents(folder, "a file in place of the folder", -1, NULL));
	settings_remember_place("desk", 1, &place);
	g_test_expect_message(G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "Settings are not kept: *");
	settings_flush();
	g_test_assert_expected_messages();
	g_assert_true(settings_recall_place("desk", 1, &place));
	settings_remember_place("desk", 2, &place);
	settings_flush();
	g_assert_true(settings_recall_place("desk", 2, &place));
	settings_remember_place("desk", 3, &place);
	settings_flush();
	g_assert_true(settings_recall_place("desk", 1, &place)); /* what is known stays known */
	g_assert_cmpint(g_unlink(folder), ==, 0);
}

/* Tickets that earlier versions wrote down are forgotten. */
static void test_tickets(void)
{
	g_autofree char *text = NULL;

	write_file("[desktop desk.example:5900]\nx=1\n"
		"[desktop pvespiceproxy:6612af:100:node::0123456789abcdef:5900]\nx=1\n");
	g_assert_true(settings_get_flag("desk", "none", TRUE));
	settings_flush();
	text = read_file();
	g_assert_nonnull(strstr(text, "desk.example"));
	g_assert_null(strstr(text, "0123456789abcdef"));
}

/* ---- each in its own process ------------------------------------------------ */

static const struct {
	const char *name;
	void (*run)(void);
	guint times;
} cases[] = {
	{ "first", test_first, 1 },
	{ "odd", test_odd, 1 },
	{ "names", test_names, 1 },
	{ "recent", test_recent, 1 },
	{ "beside", test_beside, 1 },
	{ "damaged", test_damaged, 4 },
	{ "unwritable", test_unwritable, 1 },
	{ "tickets", test_tickets, 1 },
};

/* The settings are read once in a process. */
static void run_case(gconstpointer data)
{
	guint number = GPOINTER_TO_UINT(data), i;

	if (g_test_subprocess()) {
		cases[number].run();
		return;
	}
	for (i = 0; i < cases[number].times; i++) {
		g_autofree char *folder = g_dir_make_tmp("settings-XXXXXX", NULL);
		g_autofree char *inner = g_build_filename(folder, "osvdi-viewer", NULL);
		g_autofree char *settings = g_build_filename(inner, "settings", NULL);
		g_autofree char *turn = g_strdup_printf("%u", i);

		g_setenv("XDG_CONFIG_HOME", folder, TRUE);
		g_setenv("OSVDI_TEST_CASE", turn, TRUE);
		g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
		g_test_trap_assert_passed();
		g_unlink(settings);
		g_rmdir(inner);
		g_assert_cmpint(g_rmdir(folder), ==, 0);
	}
}

int main(int argc, char **argv)
{
	guint i;
	int result;

	g_test_init(&argc, &argv, NULL);
	path = g_build_filename(g_get_user_config_dir(), "osvdi-viewer", "settings", NULL);
	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = g_strconcat("/settings/", cases[i].name, NULL);

		g_test_add_data_func(name, GUINT_TO_POINTER(i), run_case);
	}
	result = g_test_run();
	g_free(path);
	return result;
}

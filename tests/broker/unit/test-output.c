/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/lease.h"
#include "compute/power.h"
#include "output.h"

static const struct output_column columns[] = { { "n", "Name" }, { "v", "Value" }, { NULL, NULL } };

static void check(enum output_format format, const char *selected, const char *want)
{
	g_autoptr(JsonNode) rows = json_from_string("[{\"n\":\"a\\u001b[1m \\\"q\\\"\",\"v\":null},"
			"{\"n\":\"\344\270\255\",\"v\":true}]", NULL);
	g_autofree char *out = output_format_rows(rows, columns, selected, format, NULL);

	g_assert_cmpstr(out, ==, want);
}

static void test_formats(void)
{
	check(OUTPUT_TABLE, NULL, "+-----------+-------+\n| Name      | Value |\n"
			"+-----------+-------+\n| a?[1m \"q\" |       |\n| \344\270\255        | "
			"True  |\n+-----------+-------+\n");
	check(OUTPUT_CSV, "v,Name", "\"Value\",\"Name\"\n\"\",\"a?[1m \"\"q\"\"\"\n"
			"\"True\",\"\344\270\255\"\n");
	check(OUTPUT_VALUE, NULL, "a?[1m \"q\" None\n\344\270\255 True\n");
	check(OUTPUT_TABLE, "no", NULL);
}

static void test_private_file(void)
{
	g_autofree char *directory = g_dir_make_tmp("osvdi-test-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "f", NULL);
	g_autofree char *target = g_build_filename(directory, "target", NULL);
	struct stat st;
	gsize n;
	char *data;

	g_assert_cmpint(symlink(target, path), ==, 0);
	g_assert_null(file_read_private(path, 100, &n));
	g_assert_true(file_write_private(path, "text", 4, NULL));
	g_assert_cmpint(lstat(path, &st), ==, 0);
	g_assert_true(S_ISREG(st.st_mode));
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	g_assert_cmpint(access(target, F_OK), ==, -1);
	data = file_read_private(path, 100, &n);
	g_assert_cmpstr(data, ==, "text");
	g_free(data);
	g_assert_null(file_read_private(path, 3, &n));
	g_assert_cmpint(chmod(path, 0640), ==, 0);
	g_assert_null(file_read_private(path, 100, &n));
	g_assert_null(file_read_private(directory, 100, &n));
	g_assert_false(file_write_private("/proc/nowhere/f", "x", 1, NULL));
	g_unlink(path);
	g_rmdir(directory);
}

static void test_lease(void)
{
	g_autoptr(JsonNode) n = json_from_string("{\"id\":\"A72D938C-0000-4000-8000-000000000000\","
			"\"name\":\"l\",\"end_date\":\"2026-11-22T07:27:00.000000\","
			"\"reservations\":[{\"id\":\"d82caa04-0000-4000-8000-000000000000\"},"
			"{\"id\":\"../x\"},7]}", NULL);
	struct server s = { .flavor = (char *)"reservation:d82caa04-0000-4000-8000-000000000000" };
	struct lease *l = lease_new(js_root_object(n));

	g_assert_nonnull(l);
	g_assert_cmpint(g_strv_length(l->reservations), ==, 1);
	g_assert_true(lease_has_server(l, &s));
	s.flavor = (char *)"desktop";
	g_assert_false(lease_has_server(l, &s));
	g_assert_cmpint(text_parse_moment("2026-11-22 07:27"), ==, l->end);
	g_assert_cmpint(text_parse_moment("tomorrow"), ==, 0);
	g_assert_null(lease_new(NULL));
	lease_free(l);
}

static void test_power_table(void)
{
	static const struct {
		enum power_goal goal;
		const char *status, *task;
		enum power_step step;
		const char *verb;
	} cases[] = {
		{ GOAL_RUNNING, "ACTIVE", NULL, STEP_DONE, NULL },
		{ GOAL_RUNNING, "ACTIVE", "powering-off", STEP_WAIT, NULL },
		{ GOAL_RUNNING, "ACTIVE", "image_uploading", STEP_DONE, NULL },
		{ GOAL_RUNNING, "SHUTOFF", "image_uploading", STEP_WAIT, NULL },
		{ GOAL_RUNNING, "UNKNOWN", NULL, STEP_IMPOSSIBLE, NULL },
		{ GOAL_STOPPED, "SHUTOFF", "powering-on", STEP_WAIT, NULL },
		{ GOAL_RUNNING, "SHELVED_OFFLOADED", NULL, STEP_ACT, "unshelve" },
		{ GOAL_RUNNING, "REBUILD", NULL, STEP_WAIT, NULL },
		{ GOAL_RUNNING, "ERROR", NULL, STEP_IMPOSSIBLE, NULL },
		{ GOAL_RUNNING, "DELETED", NULL, STEP_IMPOSSIBLE, NULL },
		{ GOAL_RUNNING, "NOVEL", NULL, STEP_IMPOSSIBLE, NULL },
		{ GOAL_STOPPED, "PAUSED", NULL, STEP_ACT, "unpause" },
		{ GOAL_STOPPED, "SUSPENDED", NULL, STEP_IMPOSSIBLE, NULL },
		{ GOAL_SUSPENDED, "ACTIVE", NULL, STEP_ACT, "suspend" },
		{ GOAL_RESUMED, "SHUTOFF", NULL, STEP_IMPOSSIBLE, NULL },
		{ GOAL_SHELVED, "SHELVED", NULL, STEP_DONE, NULL },
		{ GOAL_UNSHELVED, "SHUTOFF", NULL, STEP_DONE, NULL },
	};
	const char *verb, *why;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpint(power_next(cases[i].goal, cases[i].status, cases[i].task, FALSE,
				&verb, &why), ==, cases[i].step);
		if (cases[i].verb)
			g_assert_cmpstr(verb, ==, cases[i].verb);
		g_assert_cmpint(why != NULL, ==, cases[i].step == STEP_IMPOSSIBLE);
	}
	g_assert_cmpint(power_next(GOAL_RUNNING, "ERROR", NULL, TRUE, &verb, &why), ==, STEP_ACT);
	g_assert_cmpstr(verb, ==, "reboot");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/output/formats", test_formats);
	g_test_add_func("/file/private", test_private_file);
	g_test_add_func("/lease", test_lease);
	g_test_add_func("/power/table", test_power_table);
	return g_test_run();
}

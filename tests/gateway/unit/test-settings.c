/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings/setting-table.h"

#include <gio/gio.h>
#include <stddef.h>
#include <string.h>

struct fields {
	char *text, *other;
	char **list;
	gboolean flag;
	guint count;
	gint64 seconds, from_0;
	char letter;
};

static gboolean read_letter(void *field, const char *value, GError **error)
{
	*(char *)field = value[0];
	return strlen(value) == 1 || (g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
						      "\"%s\" is no letter", value),
						     FALSE);
}

#define ROW(group, name, kind, field, standard) \
	{ group, name, SETTING_##kind, offsetof(struct fields, field), standard, NULL }

static const struct setting rows[] = {
	ROW("main", "text", TEXT, text, NULL),
	ROW("main", "other", TEXT, other, "usual"),
	ROW("main", "list", LIST, list, NULL),
	ROW("main", "flag", FLAG, flag, "false"),
	ROW("limits", "count", COUNT, count, "7"),
	ROW("limits", "seconds", SECONDS, seconds, "5"),
	ROW("limits", "from-0", SECONDS_FROM_0, from_0, "3"),
	{ "main", "letter", SETTING_OWN, offsetof(struct fields, letter), "a", read_letter },
};
static const struct setting_table table = { rows, G_N_ELEMENTS(rows), "names" };

static gboolean read_text(const char *text, struct fields *fields, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	g_assert_true(g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, NULL));
	memset(fields, 0, sizeof(*fields));
	return setting_table_read(&table, file, fields, error);
}

static void test_standard(void)
{
	struct fields f;

	g_assert_true(read_text("", &f, NULL));
	g_assert_null(f.text);
	g_assert_null(f.list);
	g_assert_cmpstr(f.other, ==, "usual");
	g_assert_false(f.flag);
	g_assert_cmpuint(f.count, ==, 7);
	g_assert_cmpint(f.seconds, ==, 5);
	g_assert_cmpint(f.from_0, ==, 3);
	g_assert_cmpint(f.letter, ==, 'a');
	setting_table_clear(&table, &f);
	g_assert_null(f.other);
}

static void test_values(void)
{
	struct fields f;

	g_assert_true(read_text("[main]\ntext= a b \nother=mine\nlist=x;y,z\nflag=true\n"
				"letter=q\n[limits]\ncount=2147483647\nseconds=1\nfrom-0=0\n"
				"[names]\nanything=goes\n",
			&f, NULL));
	g_assert_cmpstr(f.text, ==, "a b");
	g_assert_cmpstr(f.other, ==, "mine");
	g_assert_cmpuint(g_strv_length(f.list), ==, 3);
	g_assert_cmpstr(f.list[2], ==, "z");
	g_assert_true(f.flag);
	g_assert_cmpuint(f.count, ==, G_MAXINT32);
	g_assert_cmpint(f.seconds, ==, 1);
	g_assert_cmpint(f.from_0, ==, 0);
	g_assert_cmpint(f.letter, ==, 'q');
	setting_table_clear(&table, &f);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "[main]\ntext=\n", "text: empty" },
	{ "[main]\ntext=   \n", "text: empty" },
	{ "[main]\ncolour=red\n", "colour: not known in this group" },
	{ "[limits]\ntext=a\n", "text: not known in this group" },
	{ "[limit]\ncount=1\n", "count: not known in this group" },
	{ "[main]\nflag=yes\n", "flag: neither true nor false" },
	{ "[main]\nflag=\n", "flag: neither true nor false" },
	{ "[main]\nletter=ab\n", "letter: \"ab\" is no letter" },
	{ "[limits]\ncount=0\n", "count: no number from 1" },
	{ "[limits]\ncount=-1\n", "count: no number from 1" },
	{ "[limits]\ncount=+1\n", "count: no number from 1" },
	{ "[limits]\ncount=2147483648\n", "count: no number from 1" },
	{ "[limits]\ncount=99999999999999999999\n", "count: no number from 1" },
	{ "[limits]\ncount=\n", "count: no number from 1" },
	{ "[limits]\nseconds=0\n", "seconds: no number of seconds from 1" },
	{ "[limits]\nseconds=1s\n", "seconds: no number of seconds from 1" },
	{ "[limits]\nfrom-0=-1\n", "from-0: no number of seconds" },
	{ "[limits]\nfrom-0=1.5\n", "from-0: no number of seconds" },
	{ "[main]\ntext=a\\qb\n",
			"text: not UTF-8, or a backslash that stands for nothing" },
};

/* Nothing is left behind either: setting_table_clear() is all that a caller needs. */
static void test_bad(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		struct fields f;

		g_test_message("%s", bad[i].text);
		g_assert_false(read_text(bad[i].text, &f, &error));
		g_assert_nonnull(error);
		g_assert_cmpstr(error->message, ==, bad[i].message);
		setting_table_clear(&table, &f);
	}
}

static void test_group(void)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	GHashTable *values;

	g_key_file_set_string(file, "names", "lab", "/ca.pem");
	values = setting_group(file, "names", NULL);
	g_assert_cmpuint(g_hash_table_size(values), ==, 1);
	g_assert_cmpstr(g_hash_table_lookup(values, "lab"), ==, "/ca.pem");
	g_hash_table_unref(values);
	values = setting_group(file, "nobody", NULL);
	g_assert_cmpuint(g_hash_table_size(values), ==, 0);
	g_hash_table_unref(values);
	g_key_file_set_value(file, "names", "bad", "a\\q");
	g_assert_null(setting_group(file, "names", NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/standard", test_standard);
	g_test_add_func("/settings/values", test_values);
	g_test_add_func("/settings/bad", test_bad);
	g_test_add_func("/settings/group", test_group);
	return g_test_run();
}

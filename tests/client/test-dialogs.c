/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ui/dialogs.h"

#include <pango/pango.h>

static void test_links(void)
{
	static const struct {
		const char *text, *address;
	} cases[] = {
		{ "no address", NULL },
		{ "a < b & c", NULL },
		{ "Get it at https://x.org/a?b=1&c=2.", "https://x.org/a?b=1&amp;c=2\"" },
		{ "(see http://x.org/)", "http://x.org/\"" },
		{ "https://x.org/\"><b>bold", "https://x.org/\"" },
		{ "spice://host is none", NULL },
		{ "https://", "https" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *markup = dialog_link_markup(cases[i].text);
		g_autofree char *link = g_strconcat("<a href=\"", cases[i].address, NULL);
		g_autofree char *shown = NULL;

		g_assert_cmpint(cases[i].address != NULL, ==, strstr(markup, link) &&
				cases[i].address);
		/* Pango itself knows no links, GtkLabel takes them out first. */
		g_autoptr(GRegex) tags = g_regex_new("</?a[^>]*>", 0, 0, NULL);
		g_autofree char *bare = g_regex_replace_literal(tags, markup, -1, 0, "", 0, NULL);
		g_assert_true(pango_parse_markup(bare, -1, 0, NULL, &shown, NULL, NULL));
		g_assert_cmpstr(shown, ==, cases[i].text);
	}
}

static void test_details(void)
{
	const struct dialog_failure failure = {
		.what = "Cannot connect.", .why = "refused", .file = "/home/u/desk.vv",
		.address = "host:5900",
	};
	g_autofree char *details = dialog_failure_details(&failure);

	g_assert_true(g_str_has_prefix(details, "osvdi-viewer "));
	g_assert_nonnull(strstr(details, "host:5900\n"));
	g_assert_nonnull(strstr(details, "/home/u/desk.vv\n"));
	g_assert_nonnull(strstr(details, "Cannot connect.\n"));
	g_assert_nonnull(strstr(details, "refused\n"));
	g_assert_null(strstr(details, "Remedy")); /* there is none */
	g_assert_null(strstr(details, "(null)"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dialogs/links", test_links);
	g_test_add_func("/dialogs/details", test_details);
	return g_test_run();
}

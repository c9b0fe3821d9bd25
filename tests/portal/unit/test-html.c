/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/html.h"
#include "words/words.h"

#include <string.h>

#define START "<!DOCTYPE html>"

static void test_escapes(void)
{
	struct html *html = html_new();
	g_autofree char *text = NULL;

	html_open(html, "p", "title", "\"><b x='", "class", NULL, "hidden", "", NULL);
	html_text(html, "<&>\"'\302\240\377");
	html_open(html, "input", "value", "&amp;", NULL);
	html_close(html);
	text = html_finish(html);
	g_assert_cmpstr(text, ==, START "<p title=\"&quot;&gt;&lt;b x=&#39;\" hidden>"
			"&lt;&amp;&gt;&quot;&#39;\302\240\357\277\275"
			"<input value=\"&amp;amp;\"></p>");
}

static void test_hidden(void)
{
	struct html *html = html_new();
	g_autofree char *text = NULL;

	html_text(html, "a\342\200\256b\342\201\246c\033d\177e\357\273\277f\tg");
	text = html_finish(html);
	g_assert_cmpstr(text, ==, START "abcdef\tg");
}

static void test_words(void)
{
	struct html *html = html_new();
	g_autofree char *text = NULL;

	html_words(html, "As {} & co", "<{}>");
	html_words(html, "None", "x");
	text = html_finish(html);
	g_assert_cmpstr(text, ==, START "As <bdi>&lt;{}&gt;</bdi> &amp; coNone");
}

/* A mistake of the program, not of a user: each ends it. */
static void run_mistake(const char *name)
{
	struct html *html = html_new();

	if (strcmp(name, "script") == 0)
		html_open(html, "script", NULL);
	else if (strcmp(name, "handler") == 0)
		html_open(html, "p", "onclick", "x", NULL);
	else if (strcmp(name, "style") == 0)
		html_open(html, "p", "style", "x", NULL);
	else if (strcmp(name, "link") == 0)
		html_open(html, "a", "href", "javascript:x", NULL);
	else if (strcmp(name, "host") == 0)
		html_open(html, "a", "href", "//evil.example", NULL);
	else if (strcmp(name, "open") == 0)
		html_open(html, "p", NULL);
	g_free(html_finish(html));
}

static void test_mistake(gconstpointer name)
{
	if (g_test_subprocess()) {
		run_mistake(name);
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
}

static guint holes(const char *words)
{
	guint n = 0;

	for (const char *p = strstr(words, "{}"); p; p = strstr(p + 2, "{}"))
		n++;
	return n;
}

static void test_languages(void)
{
	for (guint i = 0; i < WORD_COUNT; i++) {
		const char *english = words_get(ENGLISH, (enum word)i),
			   *german = words_get(GERMAN, (enum word)i);

		g_assert_true(*english && *german && g_utf8_validate(german, -1, NULL));
		g_assert_cmpuint(holes(english), ==, holes(german));
		g_assert_cmpuint(holes(english), <=, 1);
	}
}

static void test_accept(void)
{
	static const struct {
		const char *header;
		enum language want;
	} cases[] = {
		{ NULL, ENGLISH }, { "", ENGLISH }, { "de", GERMAN }, { "de-CH, en;q=0.9", GERMAN },
		{ "fr, en;q=0.5, de;q=0.7", GERMAN }, { "en-US,de;q=0.9", ENGLISH },
		{ "de;q=0", ENGLISH }, { ";;,,q=", ENGLISH }, { "fr", ENGLISH },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(words_accept(cases[i].header), ==, cases[i].want);
}

int main(int argc, char **argv)
{
	static const char *const mistakes[] = { "script", "handler", "style", "link", "host",
		"open" };

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html/escapes", test_escapes);
	g_test_add_func("/html/hidden", test_hidden);
	g_test_add_func("/html/words", test_words);
	for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
		g_autofree char *path = g_strconcat("/html/mistakes/", mistakes[i], NULL);

		g_test_add_data_func(path, mistakes[i], test_mistake);
	}
	g_test_add_func("/words/languages", test_languages);
	g_test_add_func("/words/accept", test_accept);
	return g_test_run();
}

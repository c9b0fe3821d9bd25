/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/client.h"
#include "core/cookie.h"
#include "core/encoding.h"
#include "core/form.h"
#include "core/html.h"
#include "core/route.h"
#include "core/wipe.h"
#include "fuzz.h"
#include "words/words.h"

#include <string.h>

/* Whatever a browser sends, in each place where a portal reads it. */

/* A path names nothing with a sign that means something elsewhere. */
static void check_route(const char *text)
{
	char subject[ROUTE_SUBJECT_MAX + 1];
	const char *more = route_find("GET", text, subject) == ROUTE_PAGE_FILE ? "-_./" : "-_";

	g_assert_cmpuint(strlen(subject), <=, ROUTE_SUBJECT_MAX);
	for (const char *p = subject; *p; p++)
		g_assert_true(g_ascii_isalnum(*p) || strchr(more, *p));
}

static void check_text(const char *text)
{
	char *networks[] = { (char *)"127.0.0.1", NULL };
	struct client_proxies *proxies = client_proxies_parse(networks, NULL);
	char client[CLIENT_TEXT_BYTES], key[CLIENT_TEXT_BYTES];

	g_assert_true(words_accept(text) < LANGUAGE_COUNT);
	wipe_free(cookie_find(text, "a"));
	encoding_takes_gzip(text);
	check_route(text);
	client_address(proxies, "127.0.0.1", text, client);
	client_rate_key(client, key);
	g_assert_cmpuint(strlen(client), <, CLIENT_TEXT_BYTES);
	client_proxies_free(proxies);
}

/* No text leaves its place: one element and its attribute are all that a page has. */
static void check_html(const char *text)
{
	struct html *html = html_new();
	char *page;
	guint angles = 0, quotes = 0;

	html_element(html, text, "p", "title", *text ? text : "x", NULL);
	page = html_finish(html);
	for (const char *p = page; *p; p++) {
		angles += *p == '<';
		quotes += *p == '"';
	}
	g_assert_cmpuint(angles, ==, 3);
	g_assert_cmpuint(quotes, ==, 2);
	g_assert_true(g_utf8_validate(page, -1, NULL));
	g_free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = size ? g_memdup2(data, size) :
			     g_malloc0(1); /* a sanitizer sees each byte past it */
	char *text = g_strndup((const char *)data, size);
	struct form *form = form_parse(exact, size);

	g_assert_true(!form || !form_get(form, "a") ||
			g_utf8_validate(form_get(form, "a"), -1, NULL));
	form_free(form);
	check_text(text);
	check_html(text);
	g_free(text);
	g_free(exact);
	return 0;
}

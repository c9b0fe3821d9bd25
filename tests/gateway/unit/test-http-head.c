/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/http-head.h"

#include <string.h>

static enum http_result parse(struct http_head *head, const char *text)
{
	return http_head_parse(head, text, strlen(text));
}

static void test_good(void)
{
	struct http_head head;
	const char *text = "GET /gw?x=1 HTTP/1.1\r\nHost: h\r\nconnection:  keep-alive ,\tUpgrade "
			"\r\nEmpty:\r\n\r\nrest";

	g_assert_cmpint(parse(&head, text), ==, HTTP_OK);
	g_assert_true(http_slice_is(head.method, "GET"));
	g_assert_true(http_slice_is(head.target, "/gw?x=1"));
	g_assert_cmpuint(head.minor, ==, 1);
	g_assert_cmpuint(head.size, ==, strlen(text) - strlen("rest"));
	g_assert_true(http_slice_is(*http_head_get(&head, "HOST"), "h"));
	g_assert_true(http_slice_is(*http_head_get(&head, "empty"), ""));
	g_assert_null(http_head_get(&head, "hos"));
	g_assert_true(http_head_lists(&head, "Connection", "upgrade"));
	g_assert_true(http_head_lists(&head, "Connection", "KEEP-alive"));
	g_assert_false(http_head_lists(&head, "Connection", "grade"));
	g_assert_cmpint(parse(&head, "CONNECT a:1 HTTP/1.0\r\n\r\n"), ==, HTTP_OK);
	g_assert_cmpuint(head.minor, ==, 0);
}

static void test_more(void)
{
	const char *text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
	struct http_head head;

	for (gsize n = 0; n < strlen(text); n++)
		g_assert_cmpint(http_head_parse(&head, text, n), ==, HTTP_MORE);
}

static void test_bad(void)
{
	static const char *const bad[] = {
		"\r\n\r\n",
		"GET / HTTP/1.1\nHost: h\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\n x\r\n\r\n",
		"GET / HTTP/1.1\r\nA: b\r\r\n\r\n",
		"GET / HTTP/1.1\r\n A: b\r\n\r\n",
		"GET / HTTP/1.1\r\nA : b\r\n\r\n",
		"GET / HTTP/1.1\r\n: b\r\n\r\n",
		"GET / HTTP/1.1\r\nno colon\r\n\r\n",
		"GET / HTTP/1.1\r\nA: \001\r\n\r\n",
		"GET / HTTP/1.2\r\n\r\n",
		"GET / http/1.1\r\n\r\n",
		"GET /\r\n\r\n",
		"GET / / HTTP/1.1\r\n\r\n",
		"GET /\303\274 HTTP/1.1\r\n\r\n",
		"G(T / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
		"GET / HTTP/1.1\r\nContent-Length: +0\r\n\r\n",
		"GET / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n",
	};
	struct http_head head;

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("%s", bad[i]);
		g_assert_cmpint(parse(&head, bad[i]), ==, HTTP_BAD);
	}
}

static void test_large(void)
{
	g_autoptr(GString) text = g_string_new("GET / HTTP/1.1\r\n");
	struct http_head head;

	for (guint i = 0; i < HTTP_HEAD_MAX_FIELDS; i++)
		g_string_append(text, "A: b\r\n");
	g_string_append(text, "\r\n");
	g_assert_cmpint(parse(&head, text->str), ==, HTTP_OK);
	g_string_insert(text, 16, "A: b\r\n");
	g_assert_cmpint(parse(&head, text->str), ==, HTTP_BAD);
	g_string_truncate(text, 0);
	g_string_set_size(text, HTTP_HEAD_MAX_BYTES);
	memset(text->str, 'a', text->len);
	g_assert_cmpint(http_head_parse(&head, text->str, text->len - 1), ==, HTTP_MORE);
	g_assert_cmpint(http_head_parse(&head, text->str, text->len), ==, HTTP_TOO_LARGE);
}

static void test_answer(void)
{
	static const struct {
		const char *text;
		enum http_result result;
		guint status;
	} cases[] = {
		{ "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n", HTTP_OK, 101 },
		{ "HTTP/1.0 404\r\n\r\n", HTTP_OK, 404 },
		{ "HTTP/1.1 200 \r\n\r\n", HTTP_OK, 200 },
		{ "HTTP/1.1 1010 x\r\n\r\n", HTTP_BAD, 0 },
		{ "HTTP/1.1  101 x\r\n\r\n", HTTP_BAD, 0 },
		{ "HTTP/2.0 101 x\r\n\r\n", HTTP_BAD, 0 },
		{ "ICY 200 OK\r\n\r\n", HTTP_BAD, 0 },
		{ "HTTP/1.1 101 x\r\n", HTTP_MORE, 0 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_head head;
		guint status;

		g_assert_cmpint(http_answer_parse(&head, &status, cases[i].text,
				strlen(cases[i].text)), ==, cases[i].result);
		if (cases[i].result == HTTP_OK)
			g_assert_cmpuint(status, ==, cases[i].status);
	}
}

static void test_list(void)
{
	struct http_slice rest = { " , a,,b c ,\t", 12 }, word;

	g_assert_true(http_list_next(&rest, &word) && http_slice_is(word, "a"));
	g_assert_true(http_list_next(&rest, &word) && http_slice_is(word, "b c"));
	g_assert_false(http_list_next(&rest, &word));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway/http-head/good", test_good);
	g_test_add_func("/gateway/http-head/more", test_more);
	g_test_add_func("/gateway/http-head/bad", test_bad);
	g_test_add_func("/gateway/http-head/large", test_large);
	g_test_add_func("/gateway/http-head/answer", test_answer);
	g_test_add_func("/gateway/http-head/list", test_list);
	return g_test_run();
}

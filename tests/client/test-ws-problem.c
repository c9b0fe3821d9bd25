/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/ws-problem.h"

#include <libsoup/soup.h>
#include <string.h>

/* The name of a handshake that failed, and the message about it. */
static void test_answers(void)
{
	static const struct {
		guint status;
		const char *type, *protocol;
		enum ws_problem problem;
		const char *words;
	} cases[] = {
		{ 401, NULL, NULL, WS_FORBIDDEN, "HTTP 401" },
		{ 403, NULL, NULL, WS_FORBIDDEN, "HTTP 403" },
		{ 404, "text/html", NULL, WS_FORBIDDEN,
			"HTTP 404 (Not Found), a document of type text/html" },
		{ 407, NULL, NULL, WS_FORBIDDEN, "HTTP 407" },
		{ 410, NULL, NULL, WS_FORBIDDEN, "HTTP 410" },
		{ 400, NULL, NULL, WS_REFUSED, "HTTP 400" },
		{ 200, "text/html", NULL, WS_REFUSED,
			"HTTP 200 (OK), a document of type text/html" },
		{ 302, NULL, NULL, WS_REFUSED, "HTTP 302" },
		{ 500, NULL, NULL, WS_REFUSED, "HTTP 500" },
		{ 502, NULL, NULL, WS_AWAY, "HTTP 502" },
		{ 503, "text/plain", NULL, WS_AWAY, "text/plain" },
		{ 504, NULL, NULL, WS_AWAY, "HTTP 504" },
		{ 101, NULL, "base64", WS_REFUSED, "base64" },
	};
	g_autoptr(GError) error = g_error_new_literal(SOUP_WEBSOCKET_ERROR,
			SOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE, "no");
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct ws_answer answer = { cases[i].status, cases[i].type, cases[i].protocol };
		g_autofree char *words = ws_problem_describe(&answer);

		g_test_message("%u: %s", cases[i].status, words);
		g_assert_cmpint(ws_problem_of(error, &answer), ==, cases[i].problem);
		g_assert_nonnull(strstr(words, cases[i].words));
		g_assert_cmpint(ws_problem_is_protocol(&answer), ==, cases[i].status == 400);
	}
}

/* Without an answer GIO's error is all there is. */
static void test_errors(void)
{
	static const struct {
		int code;
		enum ws_problem problem;
	} cases[] = {
		{ G_IO_ERROR_CONNECTION_REFUSED, WS_NOBODY },
		{ G_IO_ERROR_CONNECTION_CLOSED, WS_AWAY },
		{ G_IO_ERROR_PARTIAL_INPUT, WS_AWAY },
		{ G_IO_ERROR_TIMED_OUT, WS_UNREACHABLE },
		{ G_IO_ERROR_HOST_UNREACHABLE, WS_UNREACHABLE },
	};
	struct ws_answer none = { 0 };
	g_autoptr(GError) tls = g_error_new_literal(G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "no");
	g_autoptr(GError) no_tls = g_error_new_literal(G_TLS_ERROR, G_TLS_ERROR_NOT_TLS, "no");
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, cases[i].code, "no");

		g_assert_cmpint(ws_problem_of(error, &none), ==, cases[i].problem);
	}
	g_assert_cmpint(ws_problem_of(tls, &none), ==, WS_TLS);
	g_assert_cmpint(ws_problem_of(no_tls, &none), ==, WS_NO_TLS);
	g_assert_null(ws_problem_describe(&none));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ws-problem/answers", test_answers);
	g_test_add_func("/ws-problem/errors", test_errors);
	return g_test_run();
}

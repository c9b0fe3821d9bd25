/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/host.h"
#include "base/json.h"
#include "cloud/api-reply.h"

static struct http_reply *make(long status, const char *body, const char *header)
{
	struct http_reply *reply = g_new0(struct http_reply, 1);

	http_reply_clear(reply);
	reply->status = status;
	g_string_assign(reply->body, body);
	if (header)
		g_assert_true(http_reply_add_header_line(reply, header, strlen(header)));
	return reply;
}

/* Answers of services, and the error that they become: its code, and words of it. */
static void test_errors(void)
{
	static const struct {
		long status;
		const char *body, *header;
		int code;
		const char *wanted;
	} cases[] = {
		{ 401, "{\"error\":{\"message\":\"no\"}}", NULL, BROKER_ERROR_AUTH,
			"compute: GET /servers: 401 Unauthorized: no; the service takes no login" },
		{ 403, "{}", NULL, BROKER_ERROR_AUTH, "403 Forbidden; ask an administrator" },
		{ 404, "{\"itemNotFound\":{\"message\":\"gone\"}}", NULL, BROKER_ERROR_NOT_FOUND,
			"404 Not Found: gone" },
		{ 409, "{\"conflictingRequest\":{\"message\":\"busy\"}}", NULL,
			BROKER_ERROR_NOT_READY, "409 Conflict: busy" },
		{ 429, "{\"overLimit\":{}}", "Retry-After: 7\r\n", BROKER_ERROR_SERVICE,
			"try again (it asks to wait 7 s)" },
		{ 503, "<html>down</html>", NULL, BROKER_ERROR_SERVICE,
			"503 Service Unavailable; the service is in trouble" },
		{ 503, "", NULL, BROKER_ERROR_SERVICE, "503 Service Unavailable;" },
		{ 400, "{\"error_message\":\"bad\\u001b[31m\\nlease\"}", NULL,
			BROKER_ERROR_SERVICE, "400 Bad Request: bad?[31m lease" },
		{ 302, "", "Location: https://u:p@login/?token=abc\r\n", BROKER_ERROR_SERVICE,
			"302 Found to https://***@login/?token=***; redirects are not followed" },
		{ 300, "{}", NULL, BROKER_ERROR_SERVICE, "several versions at this address" },
		{ 407, "", NULL, BROKER_ERROR_SERVICE, "a proxy on the way wants a login" },
		{ 418, "{\"a\":{\"message\":7},\"b\":{\"message\":\"tea\"}}", NULL,
			BROKER_ERROR_SERVICE, "418 error: tea" },
		{ 500, "[]", NULL, BROKER_ERROR_SERVICE, "500 Internal Server Error;" },
	};
	const struct api_call call = { .service = "compute", .method = "GET",
		.path = "/servers?token=abc", .url = "http://h/v2.1/servers?token=abc" };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_reply *http = make(cases[i].status, cases[i].body, cases[i].header);
		g_autoptr(auto_api_reply) reply = api_reply_new(&call, http, NULL);
		g_autoptr(GError) e = NULL;

		g_assert_nonnull(reply);
		g_assert_false(api_reply_is_success(reply));
		g_assert_false(api_reply_check(reply, &e));
		g_test_message("%s", e->message);
		g_assert_true(broker_error_is(e, cases[i].code));
		g_assert_nonnull(strstr(e->message, cases[i].wanted));
		g_assert_null(strstr(e->message, "abc"));
		http_reply_free(http);
	}
}

static void test_successes(void)
{
	static const struct {
		long status;
		const char *body, *header;
		const char *wanted; /* of the error; NULL: none */
	} cases[] = {
		{ 200, "{\"servers\":[]}", NULL, NULL },
		{ 202, "", NULL, NULL },
		{ 204, "not looked at", NULL, NULL },
		{ 200, "<html>log in</html>", "Content-Type: text/html\r\n",
			"200 with text/html, " },
		{ 200, "{\"a\":", NULL, "200 with no content type, " },
		{ 200, "7", NULL, "a proxy, or the wrong address?" },
	};
	const struct api_call call = { .service = "image", .method = "GET", .path = "/v2/images",
		.url = "http://h/v2/images" };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_reply *http = make(cases[i].status, cases[i].body, cases[i].header);
		g_autoptr(GError) e = NULL;
		g_autoptr(auto_api_reply) reply = api_reply_new(&call, http, &e);

		if (!cases[i].wanted) {
			g_assert_no_error(e);
			g_assert_true(api_reply_is_success(reply));
			g_assert_true(api_reply_check(reply, NULL));
			g_assert_true(api_reply_check_list(reply, NULL));
		} else {
			g_assert_null(reply);
			g_assert_nonnull(strstr(e->message, cases[i].wanted));
		}
		http_reply_free(http);
	}
}

/* 404 of a list says that the address is wrong. */
static void test_lists(void)
{
	static const struct {
		const char *url, *wanted;
	} cases[] = {
		{ "http://h/wrong", "this is not the service's address" },
		{ "http://h/%(tenant_id)s", "a template that nobody filled in" },
		{ "http://h/{project}", "a template that nobody filled in" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct api_call call = { .service = "compute", .method = "GET",
			.path = "/servers", .url = cases[i].url };
		struct http_reply *http = make(404, "", NULL);
		g_autoptr(auto_api_reply) reply = api_reply_new(&call, http, NULL);
		g_autoptr(GError) e = NULL;

		g_assert_false(api_reply_check_list(reply, &e));
		g_assert_true(broker_error_is(e, BROKER_ERROR_SERVICE));
		g_assert_nonnull(strstr(e->message, cases[i].wanted));
		http_reply_free(http);
	}
}

static void test_headers(void)
{
	struct http_reply *r = make(200, "", "ETag:  \"x\" \r\n");
	g_autofree char *long_line = g_strnfill(HTTP_MAX_HEADERS, 'x');

	g_assert_cmpstr(http_reply_header(r, "etag"), ==, "\"x\"");
	g_assert_null(http_reply_header(r, "date"));
	g_assert_true(http_reply_add_header_line(r, "no colon\r\n", 10));
	g_assert_true(http_reply_add_header_line(r, "a: 1\r\n", 6));
	g_assert_true(http_reply_add_header_line(r, "A : 2", 5)); /* the last counts */
	g_assert_cmpstr(http_reply_header(r, "a"), ==, "2");
	memcpy(long_line, "b:", 2);
	g_assert_false(http_reply_add_header_line(r, long_line, strlen(long_line)));
	g_assert_null(http_reply_header(r, "b"));
	g_assert_true(http_reply_add_header_line(r, "HTTP/1.1 200 OK\r\n", 17));
	g_assert_null(http_reply_header(r, "a")); /* another answer begins */
	http_reply_free(r);
	http_reply_free(NULL);
}

/* Retry-After as a number or a date, with the service's Date or without. */
static void test_retry_after(void)
{
	static const struct {
		const char *retry, *date;
		gint64 seconds; /* -1: not told */
	} cases[] = {
		{ "retry-after: 7", NULL, 7 },
		{ "retry-after: 0", NULL, 0 },
		{ "retry-after: 12345678", NULL, 12345678 },
		{ "retry-after: 123456789", NULL, -1 },
		{ "retry-after: -7", NULL, -1 },
		{ "retry-after: soon", NULL, -1 },
		{ "retry-after:", NULL, -1 },
		{ "x: y", NULL, -1 },
		{ "retry-after: Thu, 01 Jan 2026 00:00:30 GMT", NULL, -1 },
		{ "retry-after: Thu, 01 Jan 2026 00:00:30 GMT",
			"date: Thu, 01 Jan 2026 00:00:00 GMT", 30 },
		{ "retry-after: Thu, 01 Jan 2026 00:00:00 GMT",
			"date: Thu, 01 Jan 2026 00:00:30 GMT", 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_reply *r = make(503, "", cases[i].retry);
		g_autofree char *text = NULL;

		if (cases[i].date)
			http_reply_add_header_line(r, cases[i].date, strlen(cases[i].date));
		g_assert_cmpint(http_retry_after_s(r), ==, cases[i].seconds);
		text = http_retry_after(r);
		g_assert_cmpint(text != NULL, ==, cases[i].seconds >= 0);
		http_reply_free(r);
	}
}

/* Hosts in addresses, and where a URL leads. */
static void test_hosts(void)
{
	static const struct {
		const char *url, *host;
	} cases[] = {
		{ "http://h/x", "h" },
		{ "http://[::1]:5000/v3", "::1" },
		{ "https://u:p@h:1/", "h" },
		{ "ws://10.0.0.1", "10.0.0.1" },
		{ "nonsense", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *host = host_of_url(cases[i].url);

		g_assert_cmpstr(host, ==, cases[i].host);
	}
}

static void test_brackets(void)
{
	static const char *const cases[][2] = { { "[::1]", "::1" }, { "h", "h" }, { "[]", "[]" },
		{ "[x", "[x" }, { "", "" }, { NULL, NULL } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *host = host_without_brackets(cases[i][0]);

		g_assert_cmpstr(host, ==, cases[i][1]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reply/errors", test_errors);
	g_test_add_func("/reply/successes", test_successes);
	g_test_add_func("/reply/lists", test_lists);
	g_test_add_func("/reply/headers", test_headers);
	g_test_add_func("/reply/retry-after", test_retry_after);
	g_test_add_func("/host/url", test_hosts);
	g_test_add_func("/host/brackets", test_brackets);
	return g_test_run();
}

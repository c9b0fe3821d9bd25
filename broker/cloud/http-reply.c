/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curl/curl.h>
#include <string.h>

#include "cloud/http.h"

void http_reply_clear(struct http_reply *reply)
{
	if (reply->body && reply->body->len)
		explicit_bzero(reply->body->str, reply->body->len);
	if (!reply->body)
		reply->body = g_string_new(NULL);
	if (!reply->headers)
		reply->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_string_truncate(reply->body, 0);
	g_hash_table_remove_all(reply->headers);
	reply->status = 0;
	reply->cut = FALSE;
}

void http_reply_free(struct http_reply *reply)
{
	if (!reply)
		return;
	http_reply_clear(reply);
	g_string_free(reply->body, TRUE);
	g_hash_table_unref(reply->headers);
	g_free(reply);
}

const char *http_reply_header(const struct http_reply *reply, const char *name)
{
	return g_hash_table_lookup(reply->headers, name);
}

gint64 http_reply_date(const struct http_reply *reply)
{
	const char *text = http_reply_header(reply, "date");
	time_t t = text ? curl_getdate(text, NULL) : -1;

	return t > 0 ? (gint64)t : 0;
}

/* A number of seconds, or a date of the service's clock. */
gint64 http_retry_after_s(const struct http_reply *reply)
{
	const char *text = http_reply_header(reply, "retry-after");
	gint64 now = http_reply_date(reply);
	time_t t;

	if (!text || !*text)
		return -1;
	if (strspn(text, "0123456789") == strlen(text))
		return strlen(text) < 9 ? g_ascii_strtoll(text, NULL, 10) : -1;
	t = curl_getdate(text, NULL);
	return t > 0 && now ? MAX((gint64)t - now, 0) : -1;
}

char *http_retry_after(const struct http_reply *reply)
{
	gint64 s = http_retry_after_s(reply);

	return s < 0 ? NULL : g_strdup_printf("%" G_GINT64_FORMAT " s", s);
}

static gsize headers_size(GHashTable *headers)
{
	GHashTableIter iter;
	gpointer name, value;
	gsize n = 0;

	g_hash_table_iter_init(&iter, headers);
	while (g_hash_table_iter_next(&iter, &name, &value))
		n += strlen(name) + strlen(value);
	return n;
}

gboolean http_reply_add_header_line(struct http_reply *reply, const char *line, gsize length)
{
	g_autofree char *text = g_strndup(line, length);
	char *colon;

	if (g_str_has_prefix(text, "HTTP/")) {
		g_hash_table_remove_all(reply->headers);
		return TRUE;
	}
	colon = strchr(text, ':');
	if (!colon)
		return TRUE;
	*colon = '\0';
	if (headers_size(reply->headers) + length > HTTP_MAX_HEADERS)
		return FALSE;
	g_hash_table_replace(reply->headers, g_ascii_strdown(g_strstrip(text), -1),
			g_strdup(g_strstrip(colon + 1)));
	return TRUE;
}

const char *http_status_text(long status)
{
	static const struct {
		long status;
		const char *text;
	} known[] = {
		{ 300, "Multiple Choices" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" },
		{ 409, "Conflict" },
		{ 413, "Too Large" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
		if (known[i].status == status)
			return known[i].text;
	return status < 400 ? "OK" : "error";
}

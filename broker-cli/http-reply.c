/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "http.h"

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
	g_hash_table_replace(reply->headers, g_ascii_strdown(g_strstrip(text), -1), g_strdup(g_strstrip(colon + 1)));
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
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
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

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer.h"

#include "core/wipe.h"

#include <string.h>

/* Scripts: none. Forms and styles: our own. Nobody frames us. */
#define POLICY \
	"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " \
	"frame-ancestors 'none'; base-uri 'none'"
#define PERMISSIONS "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

static const char *const always[][2] = {
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Referrer-Policy", "same-origin" },
	{ "Strict-Transport-Security", "max-age=31536000" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
};

static struct answer *answer_new(guint status, const char *type)
{
	struct answer *answer = g_new0(struct answer, 1);

	answer->status = status;
	answer->type = type;
	answer->cookies = g_ptr_array_new_with_free_func((GDestroyNotify)wipe_free);
	return answer;
}

struct answer *answer_page(guint status, char *body)
{
	struct answer *answer = answer_new(status, "text/html; charset=utf-8");

	answer->body = body;
	answer->size = strlen(body);
	return answer;
}

struct answer *answer_redirect(const char *path)
{
	struct answer *answer = answer_text(MHD_HTTP_SEE_OTHER, "text/plain; charset=utf-8", "");

	answer->location = g_strdup(path);
	return answer;
}

struct answer *answer_text(guint status, const char *type, const char *text)
{
	struct answer *answer = answer_new(status, type);

	answer->body = g_strdup(text);
	answer->size = strlen(text);
	return answer;
}

void answer_add_cookie(struct answer *answer, char *line)
{
	g_ptr_array_add(answer->cookies, line);
}

void answer_free(struct answer *answer)
{
	if (!answer)
		return;
	wipe_free(answer->body);
	g_clear_pointer(&answer->bytes, g_bytes_unref);
	g_free(answer->location);
	g_free(answer->file_name);
	g_free(answer->refresh_path);
	g_ptr_array_unref(answer->cookies);
	g_free(answer);
}

static void add_refresh(struct MHD_Response *response, const struct answer *answer)
{
	g_autofree char *value = answer->refresh_path ?
			g_strdup_printf("%u; url=%s", answer->refresh_s, answer->refresh_path) :
			g_strdup_printf("%u", answer->refresh_s);

	if (answer->refresh_s || answer->refresh_path)
		MHD_add_response_header(response, "Refresh", value);
}

static void add_headers(struct MHD_Response *response, const struct answer *answer)
{
	g_autofree char *file = g_strdup_printf("attachment; filename=\"%s\"",
			answer->file_name ? answer->file_name : "");
	g_autofree char *retry = g_strdup_printf("%u", answer->retry_s);

	MHD_add_response_header(response, "Content-Security-Policy",
			answer->policy ? answer->policy : POLICY);
	MHD_add_response_header(response, "Permissions-Policy",
			answer->permissions ? answer->permissions : PERMISSIONS);
	for (guint i = 0; i < G_N_ELEMENTS(always); i++)
		MHD_add_response_header(response, always[i][0], always[i][1]);
	MHD_add_response_header(response, "Content-Type", answer->type);
	MHD_add_response_header(response, "Cache-Control",
			answer->forever ? "public, max-age=31536000, immutable" : "no-store");
	if (answer->bytes)
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (answer->encoding)
		MHD_add_response_header(response, "Content-Encoding", answer->encoding);
	if (answer->location)
		MHD_add_response_header(response, "Location", answer->location);
	if (answer->file_name)
		MHD_add_response_header(response, "Content-Disposition", file);
	if (answer->retry_s)
		MHD_add_response_header(response, "Retry-After", retry);
	for (guint i = 0; i < answer->cookies->len; i++)
		MHD_add_response_header(response, "Set-Cookie", answer->cookies->pdata[i]);
	add_refresh(response, answer);
}

static void free_body(void *body)
{
	wipe_free(body);
}

static struct MHD_Response *make_response(const struct answer *answer)
{
	struct MHD_Response *response;
	gsize size;
	const void *data = answer->bytes ? g_bytes_get_data(answer->bytes, &size) : NULL;
	char *copy;

	if (data)
		return MHD_create_response_from_buffer(size, (void *)data, MHD_RESPMEM_MUST_COPY);
	copy = g_strndup(answer->body, answer->size);
	response = MHD_create_response_from_buffer_with_free_callback(
			answer->size, copy, free_body);
	if (!response)
		wipe_free(copy);
	return response;
}

enum MHD_Result answer_send(const struct answer *answer, struct MHD_Connection *connection)
{
	struct MHD_Response *response = make_response(answer);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	add_headers(response, answer);
	result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

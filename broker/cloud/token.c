/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/redact.h"
#include "base/text.h"
#include "cloud/token.h"

static JsonObject *token_object(const struct token *t)
{
	return js_obj(js_root_object(t->body), "token");
}

struct token *token_new(JsonNode *body, const char *id, struct redact *secrets, GError **error)
{
	struct token *t = g_new0(struct token, 1);
	JsonObject *o, *user, *project;

	t->body = body;
	o = token_object(t);
	user = js_obj(o, "user");
	project = js_obj(o, "project");
	t->id = g_strdup(id);
	redact_remember(secrets, id);
	t->expires = text_parse_time(js_str(o, "expires_at"));
	t->user_id = g_strdup(js_str(user, "id"));
	t->user_name = g_strdup(js_str(user, "name"));
	t->project_id = g_strdup(js_str(project, "id"));
	t->project_name = g_strdup(js_str(project, "name"));
	/* The id becomes part of a header line. */
	if (id && *id && !strpbrk(id, "\r\n") && t->user_id && t->expires)
		return t;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"the answer is not a Keystone v3 token");
	token_free(t);
	return NULL;
}

void token_free(struct token *t)
{
	if (!t)
		return;
	secret_free(t->id);
	g_free(t->identity);
	g_free(t->user_id);
	g_free(t->user_name);
	g_free(t->project_id);
	g_free(t->project_name);
	g_clear_pointer(&t->body, json_node_unref);
	g_free(t);
}

struct token *token_copy(const struct token *from)
{
	struct token *t = g_memdup2(from, sizeof(*from));
	g_autofree char *text = NULL;

	t->id = g_strdup(from->id);
	t->identity = g_strdup(from->identity);
	t->user_id = g_strdup(from->user_id);
	t->user_name = g_strdup(from->user_name);
	t->project_id = g_strdup(from->project_id);
	t->project_name = g_strdup(from->project_name);
	/* By its text: the two may be for two threads, and share nothing. */
	text = js_dump(from->body, FALSE);
	t->body = js_load(text, strlen(text), NULL);
	return t;
}

void token_shift_clock(struct token *t, gint64 ahead_s)
{
	t->clock_ahead_s = ahead_s;
	t->expires += ahead_s;
}

void token_set_clock(struct token *t, gint64 now_s, gint64 server_s)
{
	gint64 issued = text_parse_time(js_str(token_object(t), "issued_at"));

	if (issued && issued < t->expires)
		server_s = issued;
	if (server_s)
		token_shift_clock(t, now_s - server_s);
}

gboolean token_is_scoped(const struct token *t)
{
	return t->project_id && js_arr(token_object(t), "catalog");
}

gboolean token_has_role(const struct token *t, const char *role)
{
	JsonArray *roles = js_arr(token_object(t), "roles");

	for (guint i = 0; i < js_len(roles); i++) {
		const char *name = js_str(js_elem_obj(roles, i), "name");

		if (name && !g_ascii_strcasecmp(name, role))
			return TRUE;
	}
	return FALSE;
}

static gboolean region_fits(JsonObject *endpoint, const char *region)
{
	const char *id = js_str(endpoint, "region_id");
	const char *name = js_str(endpoint, "region");

	return !region || (id && !strcmp(id, region)) || (name && !strcmp(name, region));
}

static char *service_endpoint(JsonObject *service, const char *region, const char *interface)
{
	JsonArray *endpoints = js_arr(service, "endpoints");

	for (guint i = 0; i < js_len(endpoints); i++) {
		JsonObject *e = js_elem_obj(endpoints, i);
		const char *kind = js_str(e, "interface");
		const char *url = js_str(e, "url");
		gsize n;

		if (!kind || strcmp(kind, interface) || !region_fits(e, region) || !url)
			continue;
		if (!g_str_has_prefix(url, "http://") && !g_str_has_prefix(url, "https://"))
			continue;
		for (n = strlen(url); n && url[n - 1] == '/'; n--)
			;
		return g_strndup(url, n);
	}
	return NULL;
}

char *token_endpoint(const struct token *t, const char *const *types, const char *region,
		const char *interface)
{
	JsonArray *catalog = js_arr(token_object(t), "catalog");

	for (; *types; types++) {
		for (guint i = 0; i < js_len(catalog); i++) {
			JsonObject *service = js_elem_obj(catalog, i);
			const char *type = js_str(service, "type");
			char *url;

			if (!type || strcmp(type, *types))
				continue;
			url = service_endpoint(service, region, interface);
			if (url)
				return url;
		}
	}
	return NULL;
}

void token_regions(const struct token *t, const char *const *types, GPtrArray *names)
{
	JsonArray *catalog = js_arr(token_object(t), "catalog");

	for (guint i = 0; i < js_len(catalog); i++) {
		JsonObject *service = js_elem_obj(catalog, i);
		JsonArray *endpoints = js_arr(service, "endpoints");
		const char *type = js_str(service, "type");

		for (guint j = 0; type && g_strv_contains(types, type) && j < js_len(endpoints);
				j++) {
			const char *region = js_str(js_elem_obj(endpoints, j), "region_id");

			if (!region)
				region = js_str(js_elem_obj(endpoints, j), "region");
			if (region &&
					!g_ptr_array_find_with_equal_func(names, region,
							g_str_equal, NULL))
				g_ptr_array_add(names, g_strdup(region));
		}
	}
}

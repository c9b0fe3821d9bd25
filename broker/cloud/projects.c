/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/api-reply.h"
#include "cloud/projects.h"

static void project_free(void *data)
{
	struct project *p = data;

	g_free(p->id);
	g_free(p->name);
	g_free(p->domain_id);
	g_free(p);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const struct project *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order : strcmp((*x)->id, (*y)->id);
}

static void add_project(GPtrArray *out, JsonObject *o)
{
	const char *id = js_str(o, "id"), *name = js_str(o, "name");
	struct project *p;

	if (!id || !*id || !js_bool(o, "enabled", TRUE))
		return;
	p = g_new0(struct project, 1);
	p->id = g_strdup(id);
	p->name = g_strdup(name ? name : id);
	p->domain_id = g_strdup(js_str(o, "domain_id"));
	g_ptr_array_add(out, p);
}

static struct api_reply *ask(struct http *http, const struct token *token, GError **error)
{
	g_autofree char *url = g_strconcat(token->identity, "/auth/projects", NULL);
	char *line = g_strconcat("X-Auth-Token: ", token->id, NULL);
	const char *const headers[] = { line, "Accept: application/json", NULL };
	const struct http_request request = { .method = "GET", .url = url, .headers = headers };
	const struct api_call call = { "identity", "GET", "/auth/projects", url,
		caller_secrets(http_caller(http)) };
	g_autoptr(auto_http_reply) reply = http_send(http, &request, error);

	secret_free(line);
	if (!reply)
		g_prefix_error(error, "identity (%s): ", token->identity);
	return reply ? api_reply_new(&call, reply, error) : NULL;
}

GPtrArray *projects_list(struct http *http, const struct token *token, GError **error)
{
	g_autoptr(auto_api_reply) reply = ask(http, token, error);
	JsonArray *all;
	GPtrArray *out;

	if (!reply || !api_reply_check_list(reply, error))
		return NULL;
	all = js_arr(reply->object, "projects");
	if (!all) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"%s: the answer holds no projects", reply->where);
		return NULL;
	}
	out = g_ptr_array_new_with_free_func(project_free);
	for (guint i = 0; i < js_len(all); i++)
		add_project(out, js_elem_obj(all, i));
	g_ptr_array_sort(out, by_name);
	return out;
}

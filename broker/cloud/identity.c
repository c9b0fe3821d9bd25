/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/json.h"
#include "cloud/endpoint.h"
#include "cloud/identity.h"

/* "v3", "v3.14" */
static gboolean is_v3(JsonObject *version)
{
	const char *id = js_str(version, "id");

	return id && g_str_has_prefix(id, "v3") && (!id[2] || id[2] == '.');
}

/* Keystone has {"versions": {"values": [...]}}, and {"version": {...}} below /v3. */
static JsonObject *find_v3(JsonObject *document)
{
	JsonArray *all = js_arr(js_obj(document, "versions"), "values");
	JsonObject *alone = js_obj(document, "version");

	if (!all)
		all = js_arr(document, "versions");
	for (guint i = 0; i < js_len(all); i++)
		if (is_v3(js_elem_obj(all, i)))
			return js_elem_obj(all, i);
	return is_v3(alone) ? alone : NULL;
}

static char *follow_self(const char *root, JsonObject *version)
{
	JsonArray *links = js_arr(version, "links");

	for (guint i = 0; i < js_len(links); i++) {
		JsonObject *link = js_elem_obj(links, i);

		if (!g_strcmp0(js_str(link, "rel"), "self"))
			return endpoint_follow(root, js_str(link, "href"));
	}
	return NULL;
}

char *identity_find(struct http *http, const char *auth_url)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	g_autofree char *root = g_strdup(auth_url);
	g_autofree char *url = NULL;
	struct http_request request = { .method = "GET", .headers = headers };
	g_autoptr(auto_http_reply) reply = NULL;
	g_autoptr(JsonNode) document = NULL;

	while (g_str_has_suffix(root, "/"))
		root[strlen(root) - 1] = '\0';
	request.url = url = g_strconcat(root, "/", NULL);
	reply = http_send(http, &request, NULL);
	if (reply && (reply->status == 200 || reply->status == 300))
		document = js_load(reply->body->str, reply->body->len, NULL);
	return follow_self(root, find_v3(js_root_object(document)));
}

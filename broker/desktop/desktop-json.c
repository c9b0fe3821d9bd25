/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desktop/desktop-json.h"
#include "desktop/pool-tags.h"
#include "desktop/rest.h"

static void add_port(JsonBuilder *b, const char *key, int port)
{
	if (port)
		js_add_int(b, key, port);
	else
		js_add_null(b, key);
}

static void add_class_end(JsonBuilder *b, const struct server *s)
{
	g_autofree char *end = s->plan_class && s->plan_until ? text_format_time(s->plan_until)
							      : NULL;

	js_add_str(b, "class_end", end);
}

static void add_rest(JsonBuilder *b, const struct server *s)
{
	g_autofree char *at = rest_announced(s) ? text_format_time(rest_announced(s)) : NULL;

	js_add_str(b, "rest_at", at);
}

static void add_server(JsonBuilder *b, const struct server *s, const char *preferred)
{
	g_autofree char *holder = s->pool ? pool_tags_holder(s->tags) : NULL;
	gboolean is_default = preferred ?
			!strcmp(preferred, s->name) || !g_ascii_strcasecmp(preferred, s->id) :
			s->marked_default;

	js_begin_obj(b, NULL);
	js_add_str(b, "id", s->id);
	js_add_str(b, "name", s->name);
	js_add_str(b, "status", s->status);
	js_add_str(b, "task_state", s->task_state);
	js_add_str(b, "power_state", server_power_name(s));
	js_add_str(b, "image", s->image_name ? s->image_name : s->image_id);
	js_add_str(b, "flavor", s->flavor);
	js_add_str(b, "host", s->host);
	js_add_str(b, "lease", s->lease_name);
	js_add_str(b, "lease_end", s->lease_end);
	add_class_end(b, s);
	add_rest(b, s);
	js_add_str(b, "pool", s->pool);
	js_add_str(b, "assigned", holder);
	js_add_bool(b, "default", is_default);
	js_add_bool(b, "locked", s->locked);
	js_add_str(b, "user_id", s->user_id);
	js_add_str(b, "project_id", s->project_id);
	json_builder_end_object(b);
}

JsonNode *desktop_list_json(GPtrArray *servers, const char *preferred)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_arr(b, NULL);
	for (guint i = 0; i < servers->len; i++)
		add_server(b, servers->pdata[i], preferred);
	json_builder_end_array(b);
	return js_finish(b);
}

static void add_address(JsonBuilder *b, const struct address *a)
{
	g_autofree char *expires = a->token_expires ? text_format_time(a->token_expires) : NULL;

	js_add_str(b, "protocol", a->protocol);
	js_add_str(b, "via", a->via);
	js_add_str(b, "uri", a->uri);
	js_add_str(b, "host", a->host);
	add_port(b, "port", a->port);
	add_port(b, "tls_port", a->tls_port);
	js_add_str(b, "ca", a->ca);
	js_add_str(b, "host_subject", a->host_subject);
	js_add_str(b, "secure_channels", a->secure_channels);
	js_add_str(b, "password", a->password);
	js_add_str(b, "ws_url", a->ws_url);
	js_add_str(b, "ws_ca", a->ws_ca);
	js_add_str(b, "console_url", a->console_url);
	js_add_str(b, "token_expires", expires);
	js_add_bool(b, "token_expires_assumed", expires != NULL);
}

static void add_ways(JsonBuilder *b, const struct address *a, const struct resolve_log *log,
		struct redact *redact)
{
	js_begin_arr(b, "ways");
	for (int i = 0; i < WAY_COUNT; i++) {
		g_autofree char *reason =
				log->reason[i] ? redact_text(redact, log->reason[i]) : NULL;

		if (!log->tried[i])
			continue;
		js_begin_obj(b, NULL);
		js_add_str(b, "via", resolve_way_name(i));
		js_add_bool(b, "taken", !strcmp(a->via, resolve_way_name(i)));
		js_add_str(b, "reason", reason);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void add_texts(JsonBuilder *b, const char *key, GPtrArray *texts)
{
	js_begin_arr(b, key);
	for (guint i = 0; texts && i < texts->len; i++)
		json_builder_add_string_value(b, texts->pdata[i]);
	json_builder_end_array(b);
}

JsonNode *desktop_resolve_json(const struct server *s, const struct address *a,
		const struct resolve_log *log, GPtrArray *warnings, struct redact *redact)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_obj(b, NULL);
	js_add_int(b, "version", 1);
	js_add_str(b, "id", s->id);
	js_add_str(b, "name", s->name);
	js_add_str(b, "status", s->status);
	js_add_str(b, "server_uuid", s->id);
	add_address(b, a);
	add_texts(b, "woken", log->woken);
	add_ways(b, a, log, redact);
	js_add_str(b, "lease", s->lease_name);
	js_add_str(b, "lease_end", s->lease_end);
	add_class_end(b, s);
	add_rest(b, s);
	add_texts(b, "warnings", warnings);
	json_builder_end_object(b);
	return js_finish(b);
}

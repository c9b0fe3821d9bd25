/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/nova.h"
#include "planner/look.h"

/* 1.29: trees of providers in /allocation_candidates. */
#define PLACEMENT_VERSION "1.29"
#define CANDIDATES "/allocation_candidates?resources=VCPU:1"
/* Extra_specs are in the list of flavors since 2.61. */
#define FLAVORS_MINOR 61
#define FLAVORS_LIMIT "1000"

static struct api_reply *ask_placement(struct cloud *cloud, const char *path, GError **error)
{
	const struct cloud_request r = { .service = SERVICE_PLACEMENT, .method = "GET",
		.path = path, .microversion = PLACEMENT_VERSION };
	struct api_reply *reply = cloud_call(cloud, &r, error);

	if (reply && !api_reply_check_list(reply, error))
		g_clear_pointer(&reply, api_reply_free);
	return reply;
}

static gboolean not_whole(const struct api_reply *reply, const char *what, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"%s: the answer has no %s, or not all",
			reply->where, what);
	return FALSE;
}

static gboolean add_providers(struct cloud *cloud, JsonObject *top, GError **error)
{
	g_autoptr(auto_api_reply) reply = ask_placement(cloud, CANDIDATES, error);
	JsonObject *summaries = reply ? js_obj(reply->object, "provider_summaries") : NULL;

	if (reply && !summaries)
		return not_whole(reply, "provider_summaries", error);
	if (summaries)
		json_object_set_object_member(top, "provider_summaries",
				json_object_ref(summaries));
	return summaries != NULL;
}

static gboolean add_flavors(struct cloud *cloud, JsonObject *top, GError **error)
{
	g_autoptr(auto_api_reply) reply = NULL;
	int minor = nova_minor(cloud, error);
	JsonArray *flavors;

	if (minor < 0)
		return FALSE;
	if (minor < FLAVORS_MINOR) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"this Nova is too old to plan with: 2.%d, not 2.%d", minor,
				FLAVORS_MINOR);
		return FALSE;
	}
	reply = nova_call(cloud, "GET", "/flavors/detail?limit=" FLAVORS_LIMIT, NULL, error);
	if (!reply || !api_reply_check_list(reply, error))
		return FALSE;
	flavors = js_arr(reply->object, "flavors");
	if (!flavors || js_len(js_arr(reply->object, "flavors_links")))
		return not_whole(reply, "flavors", error);
	json_object_set_array_member(top, "flavors", json_array_ref(flavors));
	return TRUE;
}

/* A desktop that has no place yet, or no more, has no allocations. */
static gboolean add_desktop(struct cloud *cloud, JsonArray *desktops, const struct server *s,
		GError **error)
{
	g_autofree char *path = g_strdup_printf("/allocations/%s", s->id);
	g_autofree char *until = text_format_time(s->plan_until);
	g_autoptr(auto_api_reply) reply = ask_placement(cloud, path, error);
	JsonObject *allocations = reply ? js_obj(reply->object, "allocations") : NULL;
	JsonObject *desktop;

	if (!reply)
		return FALSE;
	if (!allocations)
		return not_whole(reply, "allocations", error);
	desktop = json_object_new();
	json_object_set_string_member(desktop, "until", until);
	json_object_set_object_member(desktop, "allocations", json_object_ref(allocations));
	json_array_add_object_element(desktops, desktop);
	return TRUE;
}

static gboolean add_desktops(struct cloud *cloud, JsonObject *top, GError **error)
{
	gboolean incomplete = FALSE;
	const struct nova_list all = { .incomplete = &incomplete };
	g_autoptr(GPtrArray) servers = nova_list_servers(cloud, &all, error);
	JsonArray *desktops;

	if (!servers)
		return FALSE;
	desktops = json_array_new();
	json_object_set_array_member(top, "desktops", desktops);
	/* A desktop whose end is not told stays for ever: the safe side. */
	for (guint i = 0; i < servers->len; i++) {
		const struct server *s = servers->pdata[i];

		if (s->plan_class && s->plan_until && !add_desktop(cloud, desktops, s, error))
			return FALSE;
	}
	return TRUE;
}

JsonNode *look_snapshot(struct cloud *cloud, GError **error)
{
	JsonObject *top = json_object_new();
	JsonNode *node = json_node_init_object(json_node_alloc(), top);

	json_object_unref(top);
	if (add_providers(cloud, top, error) && add_flavors(cloud, top, error) &&
			add_desktops(cloud, top, error))
		return node;
	json_node_unref(node);
	return NULL;
}

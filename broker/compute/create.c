/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/create.h"

/* The one element of the list with that name or id. */
static char *pick(const struct api_reply *reply, const char *list, const char *what,
		const char *wanted, GError **error)
{
	JsonArray *all = js_arr(reply->object, list);
	g_autofree char *shown = text_clean(wanted, 80);
	const char *found = NULL;
	guint n = 0;

	for (guint i = 0; i < js_len(all); i++) {
		JsonObject *o = js_elem_obj(all, i);
		const char *id = js_str(o, "id");
		const char *name = js_str(o, "name");

		if (id && !strcmp(id, wanted))
			return g_strdup(id);
		if (id && name && !strcmp(name, wanted)) {
			found = id;
			n++;
		}
	}
	if (n == 1)
		return g_strdup(found);
	if (!all)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: the answer is no list",
				reply->where);
	else if (n)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"several %ss are named \"%s\": give the id", what, shown);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_FOUND, "there is no %s \"%s\"",
				what, shown);
	return NULL;
}

static char *look_up(struct cloud *cloud, enum service service, const char *base,
		const char *member, const char *what, const char *wanted, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(wanted, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("%s%s=%s", base,
			text_is_uuid(wanted) ? "id" : "name", escaped);
	struct cloud_request r = { .service = service, .method = "GET", .path = path };
	g_autoptr(auto_api_reply) reply = cloud_call(cloud, &r, error);

	if (!reply || !api_reply_check_list(reply, error))
		return NULL;
	return pick(reply, member, what, wanted, error);
}

char *create_image_id(struct cloud *cloud, const char *image, GError **error)
{
	if (text_is_uuid(image))
		return g_strdup(image);
	return look_up(cloud, SERVICE_IMAGE, "/images?", "images", "image", image, error);
}

char *create_flavor_id(struct cloud *cloud, const char *flavor, GError **error)
{
	g_autoptr(auto_api_reply) reply = nova_call(cloud, "GET", "/flavors", NULL, error);

	if (!reply || !api_reply_check_list(reply, error))
		return NULL;
	return pick(reply, "flavors", "flavor", flavor, error);
}

static gboolean add_networks(struct cloud *cloud, JsonBuilder *b, char **networks, GError **error)
{
	if (!networks || !networks[0] || !strcmp(networks[0], "auto") ||
			!strcmp(networks[0], "none")) {
		js_add_str(b, "networks", networks && networks[0] ? networks[0] : "auto");
		return TRUE;
	}
	js_begin_arr(b, "networks");
	for (; *networks; networks++) {
		g_autofree char *id = look_up(cloud, SERVICE_NETWORK, "/networks?", "networks",
				"network", *networks, error);

		if (!id)
			return FALSE;
		js_begin_obj(b, NULL);
		js_add_str(b, "uuid", id);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	return TRUE;
}

static void add_metadata(JsonBuilder *b, GHashTable *metadata)
{
	GHashTableIter iter;
	gpointer key, value;

	js_begin_obj(b, "metadata");
	g_hash_table_iter_init(&iter, metadata);
	while (g_hash_table_iter_next(&iter, &key, &value))
		js_add_str(b, key, value);
	json_builder_end_object(b);
}

static void add_options(JsonBuilder *b, const struct create_request *r)
{
	if (r->key_name)
		js_add_str(b, "key_name", r->key_name);
	if (r->availability_zone)
		js_add_str(b, "availability_zone", r->availability_zone);
	if (r->config_drive)
		js_add_bool(b, "config_drive", TRUE);
	if (r->metadata && g_hash_table_size(r->metadata))
		add_metadata(b, r->metadata);
	if (r->security_groups && r->security_groups[0]) {
		js_begin_arr(b, "security_groups");
		for (char **g = r->security_groups; *g; g++) {
			js_begin_obj(b, NULL);
			js_add_str(b, "name", *g);
			json_builder_end_object(b);
		}
		json_builder_end_array(b);
	}
}

gboolean create_check_user_data(gsize length, GError **error)
{
	if (length <= CREATE_USER_DATA_MAX / 4 * 3)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"the user data is too large: %d bytes after base64 is Nova's limit",
			CREATE_USER_DATA_MAX);
	return FALSE;
}

static gboolean add_user_data(JsonBuilder *b, const struct create_request *r, GError **error)
{
	g_autofree char *encoded = NULL;

	if (!r->user_data)
		return TRUE;
	if (!create_check_user_data(r->user_data_length, error))
		return FALSE;
	encoded = g_base64_encode((const guchar *)r->user_data, r->user_data_length);
	js_add_str(b, "user_data", encoded);
	return TRUE;
}

static JsonNode *create_body(struct cloud *cloud, const struct create_request *r, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *image = r->ids ? g_strdup(r->image)
					: create_image_id(cloud, r->image, error);
	g_autofree char *flavor = NULL;

	if (image && (r->reservation || r->ids))
		flavor = g_strdup(r->reservation ? r->reservation : r->flavor);
	else if (image)
		flavor = create_flavor_id(cloud, r->flavor, error);
	if (!flavor)
		return NULL;
	js_begin_obj(b, NULL);
	js_begin_obj(b, "server");
	js_add_str(b, "name", r->name);
	js_add_str(b, "imageRef", image);
	js_add_str(b, "flavorRef", flavor);
	add_options(b, r);
	if (!add_user_data(b, r, error) || !add_networks(cloud, b, r->networks, error))
		return NULL;
	json_builder_end_object(b);
	json_builder_end_object(b);
	return js_finish(b);
}

static struct api_reply *post_server(struct cloud *cloud, const struct create_request *r,
		GError **error)
{
	g_autoptr(JsonNode) body = create_body(cloud, r, error);
	g_autoptr(auto_api_reply) reply =
			body ? nova_call(cloud, "POST", "/servers", body, error) : NULL;

	return reply && api_reply_check(reply, error) ? g_steal_pointer(&reply) : NULL;
}

gboolean create_server_only(struct cloud *cloud, const struct create_request *r, GError **error)
{
	g_autoptr(auto_api_reply) reply = post_server(cloud, r, error);

	return reply != NULL;
}

struct server *create_server(struct cloud *cloud, const struct create_request *r, GError **error)
{
	g_autoptr(auto_api_reply) reply = post_server(cloud, r, error);
	const char *id;

	if (!reply)
		return NULL;
	id = js_str(js_obj(reply->object, "server"), "id");
	if (text_is_uuid(id))
		return nova_get_server(cloud, id, error);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: the answer names no server",
			reply->where);
	return NULL;
}

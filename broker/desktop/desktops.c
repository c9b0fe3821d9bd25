/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "desktop/desktops.h"
#include "desktop/pool-tags.h"
#include "hooks/caller.h"

gboolean desktops_is_of(const struct server *s, const char *user_id)
{
	if (s->pool) {
		g_autofree char *holder = pool_tags_holder(s->tags);
		g_autofree char *owner = pool_owner(user_id);

		return !g_strcmp0(holder, owner);
	}
	return !g_strcmp0(s->user_id, user_id);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const struct server *const *x = a, *const *y = b;
	int n = strcmp((*x)->name, (*y)->name);

	return n ? n : strcmp((*x)->id, (*y)->id);
}

static GPtrArray *list(struct cloud *cloud, const struct desktops_query *q, const char *name,
		gboolean *incomplete, GError **error)
{
	struct nova_list request = { .name = name,
		.all_projects = q->all_projects,
		.incomplete = incomplete };
	GPtrArray *servers;

	if (q->no_pools)
		request.user_id = q->user_id;
	servers = nova_list_servers(cloud, &request, error);
	for (guint i = servers ? servers->len : 0; i-- > 0;) {
		const struct server *s = servers->pdata[i];

		if ((q->user_id && !desktops_is_of(s, q->user_id)) ||
				(q->pool && g_strcmp0(s->pool, q->pool)))
			g_ptr_array_remove_index_fast(servers, i);
	}
	if (servers)
		g_ptr_array_sort(servers, by_name);
	return servers;
}

GPtrArray *desktops_list(struct cloud *cloud, const struct desktops_query *q, GError **error)
{
	return list(cloud, q, NULL, NULL, error);
}

static struct server *steal(GPtrArray *servers, guint i)
{
	return g_ptr_array_steal_index(servers, i);
}

static struct server *find_by_id(struct cloud *cloud, const struct desktops_query *q,
		const char *id, GError **error)
{
	g_autoptr(auto_server) s = nova_get_server(cloud, id, error);

	if (!s)
		return NULL;
	if (server_is_unreached(s)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
				"the cloud does not reach desktop %s now (the part of it that "
				"holds the desktop is down): try again later, or ask its operator",
				id);
		return NULL;
	}
	if (q->user_id && !desktops_is_of(s, q->user_id)) {
		g_autofree char *remedy = caller_remedy(cloud_caller(cloud),
				OSVDI_BROKER_REASON_NOT_OWNER, NULL);

		broker_set_error(error, BROKER_ERROR_NOT_FOUND, OSVDI_BROKER_REASON_NOT_OWNER,
				"%s is not a desktop of this user%s", id, remedy);
		return NULL;
	}
	return g_steal_pointer(&s);
}

static void set_ambiguous(GPtrArray *servers, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < servers->len && i < 8; i++) {
		const struct server *s = servers->pdata[i];
		g_autofree char *name = text_clean(s->name, 60);

		g_string_append_printf(names, "%s%s (%s)", i ? ", " : "", name, s->id);
	}
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "which desktop? %s%s", names->str,
			servers->len > 8 ? ", ..." : "");
}

/* "There is none" can be said of a whole list only. */
static void set_not_seen(GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
			"this user's desktop is not in the list, but the list is not whole: the "
			"cloud does not reach all servers now; try again later");
}

static void set_none(struct cloud *cloud, GError **error)
{
	g_autofree char *remedy =
			caller_remedy(cloud_caller(cloud), OSVDI_BROKER_REASON_NO_DESKTOP, NULL);

	broker_set_error(error, BROKER_ERROR_NOT_FOUND, OSVDI_BROKER_REASON_NO_DESKTOP,
			"this user has no desktop here%s", remedy);
}

static struct server *pick_unnamed(struct cloud *cloud, GPtrArray *servers, const char *preferred,
		gboolean incomplete, GError **error)
{
	guint marked = 0, which = 0;

	for (guint i = 0; i < servers->len; i++) {
		const struct server *s = servers->pdata[i];

		if (preferred &&
				(!strcmp(s->name, preferred) ||
						!g_ascii_strcasecmp(s->id, preferred)))
			return steal(servers, i);
		if (s->marked_default) {
			marked++;
			which = i;
		}
	}
	if (marked == 1)
		return steal(servers, which);
	if (servers->len == 1)
		return steal(servers, 0);
	if (servers->len)
		set_ambiguous(servers, error);
	else if (incomplete)
		set_not_seen(error);
	else
		set_none(cloud, error);
	return NULL;
}

struct server *desktops_find(struct cloud *cloud, const struct desktops_query *q, const char *name,
		const char *preferred, GError **error)
{
	g_autoptr(GPtrArray) servers = NULL;
	g_autofree char *shown = NULL;
	g_autofree char *remedy = NULL;
	gboolean incomplete = FALSE;

	if (text_is_uuid(name))
		return find_by_id(cloud, q, name, error);
	servers = list(cloud, q, name, &incomplete, error);
	if (!servers)
		return NULL;
	if (!name)
		return pick_unnamed(cloud, servers, preferred, incomplete, error);
	if (servers->len == 1)
		return steal(servers, 0);
	if (servers->len) {
		set_ambiguous(servers, error);
		return NULL;
	}
	if (incomplete) {
		set_not_seen(error);
		return NULL;
	}
	shown = text_clean(name, 100);
	remedy = caller_remedy(cloud_caller(cloud), OSVDI_BROKER_REASON_NO_SUCH_DESKTOP, NULL);
	broker_set_error(error, BROKER_ERROR_NOT_FOUND, OSVDI_BROKER_REASON_NO_SUCH_DESKTOP,
			"this user has no desktop \"%s\" here%s", shown, remedy);
	return NULL;
}

static gboolean looks_like_id(const char *user)
{
	gsize n = strlen(user);

	if (n != 32 && n != 64)
		return FALSE;
	for (; *user; user++)
		if (!g_ascii_isxdigit(*user))
			return FALSE;
	return TRUE;
}

char *desktops_user_id(struct cloud *cloud, const char *user, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(user, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/users?name=%s", escaped);
	struct cloud_request r = { .service = SERVICE_IDENTITY, .method = "GET", .path = path };
	const struct token *t = cloud_token(cloud, error);
	g_autoptr(auto_api_reply) reply = NULL;
	g_autofree char *shown = text_clean(user, 60);
	const char *id;

	if (!t)
		return NULL;
	if (!g_strcmp0(user, t->user_name) || !strcmp(user, t->user_id))
		return g_strdup(t->user_id);
	if (looks_like_id(user))
		return g_strdup(user);
	reply = cloud_call(cloud, &r, error);
	if (!reply || !api_reply_check_list(reply, error)) {
		g_prefix_error(error,
				"the id of that user cannot be asked (give the id instead of the "
				"name): ");
		return NULL;
	}
	id = js_str(js_elem_obj(js_arr(reply->object, "users"), 0), "id");
	if (id && js_len(js_arr(reply->object, "users")) == 1)
		return g_strdup(id);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_FOUND,
			id ? "several domains have a user \"%s\": give the id" :
			     "there is no user \"%s\"",
			shown);
	return NULL;
}

static void take_image_names(GPtrArray *servers, JsonArray *images)
{
	for (guint i = 0; i < js_len(images); i++) {
		const char *id = js_str(js_elem_obj(images, i), "id");
		const char *name = js_str(js_elem_obj(images, i), "name");

		for (guint j = 0; id && name && j < servers->len; j++) {
			struct server *s = servers->pdata[j];

			if (!s->image_name && !g_strcmp0(s->image_id, id))
				s->image_name = g_strdup(name);
		}
	}
}

void desktops_name_images(struct cloud *cloud, GPtrArray *servers)
{
	g_autoptr(GString) path = g_string_new(NULL);
	struct cloud_request r = { .service = SERVICE_IMAGE, .method = "GET", .aside = TRUE };
	g_autoptr(auto_api_reply) reply = NULL;
	g_autoptr(GError) error = NULL;
	guint n = 0;

	if (!cloud_has(cloud, SERVICE_IMAGE))
		return;
	for (guint i = 0; i < servers->len && n < 50; i++) {
		const struct server *s = servers->pdata[i];

		if (!text_is_uuid(s->image_id) || strstr(path->str, s->image_id))
			continue;
		g_string_append_printf(path, "%s%s", n++ ? "," : "/images?id=in:", s->image_id);
	}
	if (!n)
		return;
	r.path = path->str;
	reply = cloud_call(cloud, &r, &error);
	if (reply && reply->status == 200)
		take_image_names(servers, js_arr(reply->object, "images"));
	else if (!reply || reply->status >= 500)
		log_warning(cloud_caller(cloud), "the names of images cannot be learned: %s",
				error ? error->message : reply->where);
	else
		log_info(cloud_caller(cloud), "the names of images cannot be learned: %s",
				error ? error->message : reply->message);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "desktop/limits.h"

#include "base/error.h"
#include "base/json.h"
#include "base/limit-note.h"
#include "base/text.h"
#include "desktop/pool-tags.h"
#include "hooks/caller.h"

/* Shelved desktops take nothing of the cloud's that others could use. */
static gboolean is_awake(const struct server *s)
{
	return !server_is(s, "SHELVED_OFFLOADED") && !server_is(s, "SHELVED") &&
			!server_is(s, "DELETED") && !server_is(s, "SOFT_DELETED");
}

static gboolean counts(const struct limit *limit, const struct server *s)
{
	return limit->pool ? !g_strcmp0(s->pool, limit->pool)
			   : !g_strcmp0(s->flavor, limit->flavor);
}

/* Whose a desktop is, as pool_owner() spells it; NULL: nobody's. */
static char *owner_of(const struct server *s)
{
	if (s->pool)
		return pool_tags_holder(s->tags);
	return s->user_id ? pool_owner(s->user_id) : NULL;
}

static gboolean is_of(const struct server *s, const GPtrArray *owners)
{
	g_autofree char *owner = owner_of(s);

	return owner && g_ptr_array_find_with_equal_func((GPtrArray *)owners, owner, g_str_equal,
					NULL);
}

static GPtrArray *new_owners(const char *first)
{
	GPtrArray *owners = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(owners, g_strdup(first));
	return owners;
}

/* The users of a group of which only administrators may get the list. */
static GPtrArray *owners_of_group(struct admitted *who, const char *group_id, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(group_id, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/groups/%s/users", escaped);
	const struct cloud_request r = { .service = SERVICE_IDENTITY, .method = "GET",
		.path = path };
	g_autoptr(auto_api_reply) reply = cloud_call(who->cloud, &r, error);
	GPtrArray *owners;
	JsonArray *users;

	if (!reply || !api_reply_check_list(reply, error))
		return NULL;
	users = js_arr(reply->object, "users");
	owners = new_owners(who->owner);
	for (guint i = 0; i < js_len(users); i++)
		if (js_str(js_elem_obj(users, i), "id"))
			g_ptr_array_add(owners, pool_owner(js_str(js_elem_obj(users, i), "id")));
	return owners;
}

static GPtrArray *owners_of(struct admitted *who, const struct limit *limit, const char *group_id,
		GError **error)
{
	return limit->together ? owners_of_group(who, group_id, error) : new_owners(who->owner);
}

static int count(const struct limit *limit, const struct server *one_more, const GPtrArray *all,
		const GPtrArray *owners)
{
	int n = 0;

	for (guint i = 0; i < all->len; i++) {
		const struct server *s = all->pdata[i];

		n += strcmp(s->id, one_more->id) && counts(limit, s) && is_awake(s) &&
				is_of(s, owners);
	}
	return n;
}

static gboolean refuse(struct admitted *who, const struct limit *limit, GError **error)
{
	g_autofree char *name = text_clean(limit->pool ? limit->pool : limit->flavor, 60);
	g_autofree char *group = text_clean(limit->group, 60);
	g_autofree char *remedy = caller_remedy(cloud_caller(who->cloud),
			OSVDI_BROKER_REASON_LIMIT, NULL);

	broker_set_error(error, BROKER_ERROR_NOT_READY, OSVDI_BROKER_REASON_LIMIT,
			"%s%s%s may have %d %s of the %s \"%s\" awake at once%s",
			limit->together ? "the group \"" : "each user",
			limit->together ? group : "", limit->together ? "\" together" : "",
			limit->most, limit->most == 1 ? "desktop" : "desktops",
			limit->pool ? "pool" : "flavor", name, remedy);
	return FALSE;
}

static gboolean check_one(struct admitted *who, const struct limit *limit,
		const struct server *s, const GPtrArray *all, GError **error)
{
	g_autofree char *group_id = NULL;
	g_autoptr(GPtrArray) owners = NULL;
	gboolean is_member = TRUE;

	if (limit->group && !admission_is_member(who, limit->group, &is_member, &group_id, error))
		return FALSE;
	if (!is_member)
		return TRUE;
	owners = owners_of(who, limit, group_id, error);
	if (!owners)
		return FALSE;
	return count(limit, s, all, owners) < limit->most || refuse(who, limit, error);
}

static gboolean refuse_note(const char *note, GError **error)
{
	g_autofree char *shown = text_clean(note, 80);

	broker_set_error(error, BROKER_ERROR_NOT_READY, OSVDI_BROKER_REASON_LIMIT,
			"this desktop has a limit that is not understood, \"%s\" (metadata "
			"osvdi:limit): whoever made the desktop must mend it",
			shown);
	return FALSE;
}

gboolean limits_check(struct admitted *who, const struct server *s, const GPtrArray *all,
		GError **error)
{
	for (char **note = s->limits; note && *note; note++) {
		struct limit *limit = limit_parse(*note);
		gboolean ok = limit ? check_one(who, limit, s, all, error)
				    : refuse_note(*note, error);

		limit_free(limit);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

gboolean limits_check_wake(struct cloud *cloud, const struct server *s, GError **error)
{
	const struct nova_list list = { 0 };
	g_autofree char *owner = owner_of(s);
	struct admitted who = { cloud, owner, NULL };
	g_autoptr(GPtrArray) all = NULL;
	gboolean ok;

	if (!s->limits || !owner || server_is(s, "ACTIVE"))
		return TRUE;
	all = nova_list_servers(cloud, &list, error);
	ok = all && limits_check(&who, s, all, error);
	admitted_clear(&who);
	return ok;
}

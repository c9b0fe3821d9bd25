/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "desktop/admission.h"

#include "base/error.h"
#include "base/json.h"
#include "base/plan-names.h"
#include "base/text.h"
#include "desktop/pool-tags.h"

/* Whether a name or id in a plan means the user. Of other users than the one who has
 * logged in only the id is known here. */
static gboolean is_user(const struct admitted *who, const struct token *token, const char *entry)
{
	g_autofree char *owner = pool_owner(entry);
	g_autofree char *own = pool_owner(token->user_id);

	return !g_strcmp0(owner, who->owner) ||
			(!g_strcmp0(own, who->owner) && !g_strcmp0(token->user_name, entry));
}

static void add_groups(GHashTable *groups, JsonArray *list)
{
	for (guint i = 0; i < js_len(list); i++) {
		const char *id = js_str(js_elem_obj(list, i), "id");
		const char *name = js_str(js_elem_obj(list, i), "name");

		if (id)
			g_hash_table_replace(groups, g_strdup(id), g_strdup(id));
		if (id && name)
			g_hash_table_replace(groups, g_strdup(name), g_strdup(id));
	}
}

static gboolean ask_groups(struct admitted *who, const struct token *token, GError **error)
{
	g_autofree char *own = pool_owner(token->user_id);
	const char *id = g_strcmp0(own, who->owner) ? who->owner : token->user_id;
	g_autofree char *escaped = g_uri_escape_string(id, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/users/%s/groups", escaped);
	const struct cloud_request r = { .service = SERVICE_IDENTITY, .method = "GET",
		.path = path };
	g_autoptr(auto_api_reply) reply = cloud_call(who->cloud, &r, error);

	if (!reply || !api_reply_check_list(reply, error))
		return FALSE;
	who->groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	add_groups(who->groups, js_arr(reply->object, "groups"));
	return TRUE;
}

gboolean admission_is_member(struct admitted *who, const char *group, gboolean *yes, char **id,
		GError **error)
{
	const struct token *token = who->groups ? NULL : cloud_token(who->cloud, error);

	if (!who->groups && (!token || !ask_groups(who, token, error)))
		return FALSE;
	*id = g_strdup(g_hash_table_lookup(who->groups, group));
	*yes = *id != NULL;
	return TRUE;
}

/* Without a list and without a group a class is for everyone; with both for either. */
static gboolean is_for(struct admitted *who, const struct server *s, gboolean *yes,
		GError **error)
{
	g_autofree char *group_id = NULL;
	const struct token *token;

	*yes = !s->plan_users && !s->plan_group;
	if (*yes)
		return TRUE;
	token = cloud_token(who->cloud, error);
	if (!token)
		return FALSE;
	for (char **u = s->plan_users; u && *u && !*yes; u++)
		*yes = is_user(who, token, *u);
	if (*yes || !s->plan_group)
		return TRUE;
	return admission_is_member(who, s->plan_group, yes, &group_id, error);
}

static enum admission check_time(const struct server *s, gint64 now)
{
	if (now < s->plan_opens || !s->plan_opens)
		return ADMISSION_TOO_EARLY;
	if (now >= s->plan_until)
		return ADMISSION_OVER;
	return g_strv_contains((const char *const *)s->tags, PLAN_TAG_READY) ? ADMISSION_YES
									     : ADMISSION_NOT_READY;
}

gboolean admission_is_open(const struct server *s, gint64 now)
{
	return !s->plan_class || check_time(s, now) == ADMISSION_YES;
}

gboolean admission_may_open(struct cloud *cloud, const struct server *s, GError **error)
{
	if (!s->plan_class || !s->plan_deletes || clock_unix_s(cloud_clock(cloud)) < s->plan_until)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
			"the desktop \"%s\" is deleted, as its class is over", s->name);
	return FALSE;
}

gboolean admission_check(struct admitted *who, const struct server *s, enum admission *answer,
		GError **error)
{
	gboolean yes;

	*answer = ADMISSION_YES;
	if (!s->plan_class)
		return TRUE;
	if (!is_for(who, s, &yes, error))
		return FALSE;
	*answer = yes ? check_time(s, clock_unix_s(cloud_clock(who->cloud))) : ADMISSION_OTHERS;
	return TRUE;
}

void admitted_clear(struct admitted *who)
{
	g_clear_pointer(&who->groups, g_hash_table_unref);
}

char *admission_text(enum admission answer, const struct server *s)
{
	g_autofree char *opens = text_format_time(s->plan_opens);

	switch (answer) {
	case ADMISSION_NOT_READY:
		return g_strdup("its desktops are starting; try again in some minutes");
	case ADMISSION_TOO_EARLY:
		return g_strdup_printf("its class opens at %s", s->plan_opens ? opens : "no time");
	case ADMISSION_OVER:
		return g_strdup("its class is over");
	case ADMISSION_OTHERS:
		return g_strdup("its class is for other users");
	case ADMISSION_YES:
		break;
	}
	return g_strdup("all are taken");
}

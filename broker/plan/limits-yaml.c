/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/limits-yaml.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/limit-note.h"

static gboolean refuse(const struct yaml *yaml, JsonObject *at, const char *key, const char *what,
		GError **error)
{
	g_autofree char *place = yaml_place(yaml, at, key);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", place, what);
	return FALSE;
}

/* Any key of the entry, for a line's number. */
static const char *some_key(JsonObject *o)
{
	g_autoptr(GList) keys = json_object_get_members(o);

	return keys ? keys->data : "limits";
}

static gboolean check_keys(const struct yaml *yaml, JsonObject *o, GError **error)
{
	static const char *const known[] = { "pool", "flavor", "group", "user", "together", NULL };
	g_autoptr(GList) keys = json_object_get_members(o);

	for (GList *i = keys; i; i = i->next) {
		if (!g_strv_contains(known, i->data))
			return refuse(yaml, o, i->data, "this key is not known here", error);
		if (!js_str(o, i->data) || !*js_str(o, i->data))
			return refuse(yaml, o, i->data, "is no text", error);
	}
	return TRUE;
}

static gboolean read_most(struct limit *limit, const struct yaml *yaml, JsonObject *o,
		GError **error)
{
	const char *user = js_str(o, "user"), *together = js_str(o, "together");
	guint64 n;

	if (!user == !together)
		return refuse(yaml, o, some_key(o), "a limit says how many desktops each user may "
						    "have (user), or a group's users together "
						    "(together)", error);
	if (!g_ascii_string_to_unsigned(user ? user : together, 10, 1, 10000, &n, NULL))
		return refuse(yaml, o, user ? "user" : "together", "is no number from 1 to 10000",
				error);
	limit->most = (int)n;
	limit->together = together != NULL;
	return TRUE;
}

static gboolean fill(struct limit *limit, const struct yaml *yaml, JsonObject *o, GError **error)
{
	g_autofree char *note = NULL;

	limit->pool = g_strdup(js_str(o, "pool"));
	limit->flavor = g_strdup(js_str(o, "flavor"));
	limit->group = g_strdup(js_str(o, "group"));
	if (!limit->pool == !limit->flavor)
		return refuse(yaml, o, some_key(o),
				"a limit is for the desktops of a pool or of a flavor", error);
	if (!read_most(limit, yaml, o, error))
		return FALSE;
	if (limit->together && !limit->group)
		return refuse(yaml, o, "together", "needs a group", error);
	note = limit_note(limit);
	return strlen(note) <= LIMIT_NOTE_MAX ||
			refuse(yaml, o, some_key(o), "has names that are too long", error);
}

static gboolean is_same(const struct limit *a, const struct limit *b)
{
	return a->together == b->together && !g_strcmp0(a->pool, b->pool) &&
			!g_strcmp0(a->flavor, b->flavor) && !g_strcmp0(a->group, b->group);
}

static gboolean check(const struct plan *plan, const struct limit *limit, const struct yaml *yaml,
		JsonObject *o, GError **error)
{
	for (guint i = 0; i < plan->limits->len; i++)
		if (is_same(plan->limits->pdata[i], limit))
			return refuse(yaml, o, some_key(o), "another limit says this too", error);
	return plan->limits->len < LIMIT_META_MAX ||
			refuse(yaml, o, some_key(o), "there are more than ten limits", error);
}

static gboolean read_one(struct plan *plan, const struct yaml *yaml, JsonObject *o, guint number,
		GError **error)
{
	struct limit *limit;

	if (!o) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: entry %u of limits is no mapping", yaml->name, number + 1);
		return FALSE;
	}
	limit = g_new0(struct limit, 1);
	if (!check_keys(yaml, o, error) || !fill(limit, yaml, o, error) ||
			!check(plan, limit, yaml, o, error)) {
		limit_free(limit);
		return FALSE;
	}
	g_ptr_array_add(plan->limits, limit);
	return TRUE;
}

gboolean limits_read(struct plan *plan, const struct yaml *yaml, JsonObject *top, GError **error)
{
	JsonArray *limits = js_arr(top, "limits");

	if (json_object_has_member(top, "limits") && !limits)
		return refuse(yaml, top, "limits", "a list of limits is wanted", error);
	for (guint i = 0; i < js_len(limits); i++)
		if (!read_one(plan, yaml, js_elem_obj(limits, i), i, error))
			return FALSE;
	return TRUE;
}

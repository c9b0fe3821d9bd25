/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/idle-yaml.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/idle.h"

#define MOST_S (30 * 86400)
#define LEAST_AFTER_S 600

static gboolean refuse(const struct yaml *yaml, JsonObject *at, const char *key, const char *what,
		GError **error)
{
	g_autofree char *place = yaml_place(yaml, at, key);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", place, what);
	return FALSE;
}

static gboolean check_keys(const struct yaml *yaml, JsonObject *o, GError **error)
{
	static const char *const known[] = { "id", "pool", "after", "grace", "do", NULL };
	g_autoptr(GList) keys = json_object_get_members(o);

	for (GList *i = keys; i; i = i->next) {
		if (!g_strv_contains(known, i->data))
			return refuse(yaml, o, i->data, "this key is not known here", error);
		if (!js_str(o, i->data))
			return refuse(yaml, o, i->data, "is no text", error);
	}
	return TRUE;
}

static gboolean read_duration(JsonObject *o, const char *key, int least_s, int *seconds)
{
	gint64 s = js_str(o, key) ? text_parse_duration(js_str(o, key)) : *seconds;

	*seconds = (int)CLAMP(s, 0, MOST_S);
	return s >= least_s && s <= MOST_S;
}

static gboolean read_rest(JsonObject *o, enum rest *rest)
{
	static const char *const names[] = { "shelve", "suspend", "stop" };
	const char *name = js_str(o, "do");

	*rest = REST_SHELVE;
	for (guint i = 0; name && i < G_N_ELEMENTS(names); i++) {
		*rest = (enum rest)i;
		if (!strcmp(name, names[i]))
			return TRUE;
	}
	return !name;
}

static gboolean fill(struct idle_rule *rule, const struct yaml *yaml, JsonObject *o,
		GError **error)
{
	rule->id = g_strdup(js_str(o, "id"));
	rule->pool = g_strdup(js_str(o, "pool"));
	rule->grace_s = 900;
	if (!rule->id || !plan_is_id(rule->id) || !strcmp(rule->id, "never"))
		return refuse(yaml, o, "id",
				"a rule needs an id of a-z, 0-9 and -, at most 40 of them, and "
				"not \"never\"", error);
	if (rule->pool && !*rule->pool)
		return refuse(yaml, o, "pool", "is empty", error);
	if (!js_str(o, "after") || !read_duration(o, "after", LEAST_AFTER_S, &rule->after_s))
		return refuse(yaml, o, "after",
				"a length of time from 10m to 30d is wanted: so long without a "
				"viewer and without input", error);
	if (!read_duration(o, "grace", IDLE_LEAST_GRACE_S, &rule->grace_s))
		return refuse(yaml, o, "grace",
				"a length of time from 5m to 30d is wanted: a viewer that comes "
				"must be seen within it", error);
	return read_rest(o, &rule->rest) ||
			refuse(yaml, o, "do", "is neither shelve nor suspend nor stop", error);
}

/* A class's desktops wait for their users, and are the plan's own until the class is over. */
static gboolean check(const struct plan *plan, const struct idle_rule *rule,
		const struct yaml *yaml, JsonObject *o, GError **error)
{
	for (guint i = 0; i < plan->idle->len; i++) {
		const struct idle_rule *other = plan->idle->pdata[i];

		if (!strcmp(other->id, rule->id))
			return refuse(yaml, o, "id", "another rule has this id", error);
		if (rule->pool && !g_strcmp0(other->pool, rule->pool))
			return refuse(yaml, o, "pool", "another rule is for this pool", error);
	}
	for (guint i = 0; rule->pool && i < plan->classes->len; i++) {
		const struct plan_class *class = plan->classes->pdata[i];

		if (!strcmp(class->id, rule->pool))
			return refuse(yaml, o, "pool", "is a class of this plan, whose desktops "
						       "the plan itself puts away", error);
	}
	return TRUE;
}

static gboolean read_one(struct plan *plan, const struct yaml *yaml, JsonObject *o, guint number,
		GError **error)
{
	struct idle_rule *rule;

	if (!o) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: entry %u of idle is no mapping", yaml->name, number + 1);
		return FALSE;
	}
	rule = g_new0(struct idle_rule, 1);
	rule->place = yaml_place(yaml, o, "id");
	if (!check_keys(yaml, o, error) || !fill(rule, yaml, o, error) ||
			!check(plan, rule, yaml, o, error)) {
		idle_rule_free(rule);
		return FALSE;
	}
	g_ptr_array_add(plan->idle, rule);
	return TRUE;
}

gboolean idle_read(struct plan *plan, const struct yaml *yaml, JsonObject *top, GError **error)
{
	JsonArray *rules = js_arr(top, "idle");

	if (json_object_has_member(top, "idle") && !rules)
		return refuse(yaml, top, "idle", "a list of rules is wanted", error);
	for (guint i = 0; i < js_len(rules); i++)
		if (!read_one(plan, yaml, js_elem_obj(rules, i), i, error))
			return FALSE;
	return TRUE;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/yaml-tree.h"
#include "plan/idle-yaml.h"
#include "plan/limits-yaml.h"

struct reading {
	struct yaml *yaml;
	struct plan *plan;
	JsonObject *defaults; /* or NULL */
	const char *zone; /* of the whole file; or NULL */
};

static gboolean refuse(struct reading *r, JsonObject *at, const char *key, const char *what,
		GError **error)
{
	g_autofree char *place = yaml_place(r->yaml, at, key);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", place, what);
	return FALSE;
}

/* A scalar is a list of one. NULL: it is neither. */
static char **values_of(JsonObject *o, const char *key)
{
	JsonArray *array = js_arr(o, key);
	char **values;

	if (js_str(o, key))
		return g_strdupv((char *[]){ (char *)js_str(o, key), NULL });
	values = g_new0(char *, js_len(array) + 1);
	for (guint i = 0; i < js_len(array); i++) {
		if (!js_elem_str(array, i)) {
			g_strfreev(values);
			return NULL;
		}
		values[i] = g_strdup(js_elem_str(array, i));
	}
	return array ? values : (g_strfreev(values), NULL);
}

/* Keys that say when a class takes place are read together. */
static gboolean is_time_key(const char *key)
{
	static const char *const keys[] = { "when", "from", "weeks", "rule", "except", "zone" };

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (!strcmp(key, keys[i]))
			return TRUE;
	return FALSE;
}

static gboolean set_all(struct reading *r, struct plan_class *class, JsonObject *o,
		GError **error)
{
	g_autoptr(GList) keys = json_object_get_members(o);

	for (GList *i = keys; i; i = i->next) {
		g_auto(GStrv) values = NULL;

		if (is_time_key(i->data) && o != r->defaults)
			continue;
		values = values_of(o, i->data);
		if (!values)
			return refuse(r, o, i->data, "is neither a text nor a list of texts",
					error);
		if (!plan_class_set(class, i->data, values, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean parse_date(const char *text, gint64 *civil)
{
	int y, m, d, used = 0;

	return text && strlen(text) == 10 &&
			sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &used) == 3 &&
			used == 10 && civil_of(y, m, d, 0, 0, 0, civil);
}

static gboolean read_weeks(struct reading *r, JsonObject *o, int *weeks, GError **error)
{
	const char *text = js_str(o, "weeks");
	guint64 n = 0;

	if (json_object_has_member(o, "weeks") &&
			!(text && g_ascii_string_to_unsigned(text, 10, 1, PLAN_MAX_WEEKS, &n,
					NULL)))
		return refuse(r, o, "weeks", "weeks is no number from 1 to 520", error);
	*weeks = (int)n;
	return TRUE;
}

static gboolean read_except(struct reading *r, struct plan_class *class, JsonObject *o,
		GError **error)
{
	g_auto(GStrv) dates = json_object_has_member(o, "except") ? values_of(o, "except")
								   : g_new0(char *, 1);
	gint64 hour = class->when.first % 86400;

	for (char **date = dates; date && *date; date++) {
		gint64 civil;

		if (!parse_date(*date, &civil))
			return refuse(r, o, "except", "an exception is no date such as 2026-12-24",
					error);
		civil += hour;
		if (!class->when.except)
			class->when.except = g_array_new(FALSE, FALSE, sizeof(gint64));
		g_array_append_val(class->when.except, civil);
	}
	return dates || refuse(r, o, "except", "except is no list of dates", error);
}

static gboolean read_rule(struct reading *r, struct plan_class *class, JsonObject *o, int weeks,
		GError **error)
{
	const char *rule = js_str(o, "rule");

	if (!json_object_has_member(o, "rule"))
		return TRUE;
	if (!rule)
		return refuse(r, o, "rule", "rule is no text", error);
	if (weeks || class->when.rule)
		return refuse(r, o, "rule", 
				"rule and weeks, or several days, contradict each other",
				error);
	class->when.rule = g_strdup(rule);
	if (when_check_rule(rule, error))
		return TRUE;
	g_prefix_error(error, "%s: ", class->place);
	return FALSE;
}

static gboolean read_zone(struct reading *r, struct plan_class *class, JsonObject *o,
		GError **error)
{
	const char *name = json_object_has_member(o, "zone") ? js_str(o, "zone") : r->zone;

	if (!name)
		return refuse(r, o, "zone", "no time zone is given (zone: Europe/Berlin)", error);
	class->zone = zone_new(name, error);
	if (!class->zone)
		g_prefix_error(error, "%s: ", class->place);
	return class->zone != NULL;
}

/* A day of the week means the first one from a date on: the same today and tomorrow. */
static gboolean read_time(struct reading *r, struct plan_class *class, JsonObject *o,
		GError **error)
{
	const char *when = js_str(o, "when");
	gint64 from = 0;
	int weeks = 0;

	if (!when)
		return refuse(r, o, "when", "when is missing, or no text", error);
	if (!read_weeks(r, o, &weeks, error))
		return FALSE;
	if (json_object_has_member(o, "from") && !parse_date(js_str(o, "from"), &from))
		return refuse(r, o, "from", "from is no date such as 2026-10-13", error);
	if (!from && !g_ascii_isdigit(*when))
		return refuse(r, o, "when", "a day of the week needs a first date (from)", error);
	if (from && g_ascii_isdigit(*when))
		return refuse(r, o, "from", "from and a date in when contradict each other", error);
	if (!when_parse(&class->when, when, from, weeks, error)) {
		g_prefix_error(error, "%s: ", class->place);
		return FALSE;
	}
	return read_rule(r, class, o, weeks, error) && read_except(r, class, o, error) &&
			read_zone(r, class, o, error);
}

static gboolean read_class(struct reading *r, JsonObject *o, guint number, GError **error)
{
	g_autofree char *place = o ? yaml_place(r->yaml, o, "id") : NULL;
	struct plan_class *class;

	if (!o) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: entry %u of classes is no mapping", r->yaml->name, number + 1);
		return FALSE;
	}
	class = plan_class_new(place);
	if ((r->defaults && !set_all(r, class, r->defaults, error)) ||
			!set_all(r, class, o, error) || !read_time(r, class, o, error)) {
		plan_class_free(class);
		return FALSE;
	}
	return plan_add(r->plan, class, error);
}

/* A plan without classes may have rules. */
static gboolean has_rules_alone(JsonObject *top)
{
	return top && !json_object_has_member(top, "classes") &&
			json_object_has_member(top, "idle");
}

static gboolean read_top(struct reading *r, JsonObject *top, GError **error)
{
	static const char *const known[] = { "classes", "zone", "defaults", "idle", "limits",
		NULL };
	g_autoptr(GList) keys = top ? json_object_get_members(top) : NULL;

	for (GList *i = keys; i; i = i->next)
		if (!g_strv_contains(known, i->data))
			return refuse(r, top, i->data, "this key is not known here", error);
	if (!js_arr(top, "classes") && !has_rules_alone(top)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: this is no plan: it has no list \"classes\"", r->yaml->name);
		return FALSE;
	}
	if (json_object_has_member(top, "defaults") && !js_obj(top, "defaults"))
		return refuse(r, top, "defaults", "defaults is no mapping", error);
	r->defaults = js_obj(top, "defaults");
	r->zone = js_str(top, "zone");
	return TRUE;
}

struct plan *plan_load_yaml(const char *name, const char *data, gsize length, GError **error)
{
	g_autoptr(auto_yaml) yaml = yaml_load(name, data, length, error);
	g_autoptr(auto_plan) plan = plan_new();
	struct reading r = { .yaml = yaml, .plan = plan };
	JsonObject *top = yaml ? js_root_object(yaml->root) : NULL;
	JsonArray *classes;

	if (!yaml)
		g_prefix_error(error, "%s: ", name);
	if (!yaml || !read_top(&r, top, error))
		return NULL;
	classes = js_arr(top, "classes");
	for (guint i = 0; i < js_len(classes); i++)
		if (!read_class(&r, js_elem_obj(classes, i), i, error))
			return NULL;
	if (!idle_read(plan, yaml, top, error) || !limits_read(plan, yaml, top, error))
		return NULL;
	return g_steal_pointer(&plan);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "regions.h"
#include "terminal.h"

static void region_free(gpointer data)
{
	struct region *r = data;

	g_free(r->name);
	g_free(r);
}

GPtrArray *regions_new(void)
{
	return g_ptr_array_new_with_free_func(region_free);
}

static void add(GPtrArray *regions, const char *name, JsonObject *values)
{
	struct region *r;

	if (!name || !*name)
		return;
	r = g_new0(struct region, 1);
	r->name = g_strstrip(g_strdup(name));
	r->values = values;
	g_ptr_array_add(regions, r);
}

static gboolean refuse(const struct yaml *file, JsonObject *o, const char *key, GError **error)
{
	g_autofree char *place = yaml_place(file, o, key);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s: a list of names is wanted, or of mappings with name and values",
			place);
	return FALSE;
}

/* "values" that are misspelt would be lost. */
static gboolean is_region(JsonObject *o)
{
	g_autoptr(GList) names = o ? json_object_get_members(o) : NULL;

	for (GList *i = names; i; i = i->next)
		if (strcmp(i->data, "name") && strcmp(i->data, "values"))
			return FALSE;
	if (!js_str(o, "name"))
		return FALSE;
	return !json_object_has_member(o, "values") || js_obj(o, "values") ||
			json_object_get_null_member(o, "values");
}

static gboolean read_list(GPtrArray *regions, JsonArray *list)
{
	for (guint i = 0; i < js_len(list); i++) {
		JsonObject *o = js_elem_obj(list, i);

		if (!js_elem_str(list, i) && !is_region(o))
			return FALSE;
		add(regions, o ? js_str(o, "name") : js_elem_str(list, i), js_obj(o, "values"));
	}
	return TRUE;
}

gboolean regions_read(GPtrArray *regions, const struct yaml *file, JsonObject *cloud,
		GError **error)
{
	static const char *const keys[] = { "regions", "region_name", "region-name" };
	JsonObject *places[] = { cloud, js_obj(cloud, "auth") };

	for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
		for (gsize j = 0; j < G_N_ELEMENTS(keys) && places[i] && !regions->len; j++) {
			JsonNode *node = json_object_get_member(places[i], keys[j]);
			g_auto(GStrv) parts = g_strsplit(node && JSON_NODE_HOLDS_VALUE(node) ?
							js_str(places[i], keys[j]) :
							"",
					",", -1);

			for (char **p = parts; *p; p++)
				add(regions, *p, NULL);
			if (!node || JSON_NODE_HOLDS_VALUE(node) || JSON_NODE_HOLDS_NULL(node))
				continue;
			if (!JSON_NODE_HOLDS_ARRAY(node) ||
					!read_list(regions, json_node_get_array(node)))
				return refuse(file, places[i], keys[j], error);
		}
	return TRUE;
}

static const struct region *find(const GPtrArray *regions, const char *name)
{
	for (guint i = 0; i < regions->len; i++) {
		const struct region *r = regions->pdata[i];

		if (!name || !strcmp(r->name, name))
			return r;
	}
	return NULL;
}

static void set_names(struct settings *s, const GPtrArray *regions)
{
	g_strfreev(s->regions);
	s->regions = g_new0(char *, regions->len + 1);
	for (guint i = 0; i < regions->len; i++)
		s->regions[i] = g_strdup(((const struct region *)regions->pdata[i])->name);
}

gboolean regions_choose(struct settings *s, const GPtrArray *regions, const struct yaml *file,
		GError **error)
{
	const char *wanted = settings_get(s, SET_REGION_NAME);
	const struct region *r = find(regions, wanted);
	g_autofree char *joined = NULL;
	g_autofree char *all = NULL;
	struct settings layer = { 0 };
	gboolean ok = TRUE;

	if (!regions->len)
		return TRUE;
	set_names(s, regions);
	joined = g_strjoinv(", ", s->regions);
	all = text_clean(joined, 200);
	if (!r)
		terminal_info("region %s is none of those that %s names (%s)", wanted, file->name,
				all);
	else if (wanted || regions->len == 1)
		terminal_info("region %s, of %s", r->name, all);
	else
		terminal_info("region %s, the first of %s", r->name, all);
	if (r && !wanted)
		settings_set_from(s, SET_REGION_NAME, r->name, file->name);
	if (r && r->values)
		ok = settings_from_cloud(&layer, file, r->values, error);
	settings_fill(s, &layer);
	settings_clear(&layer);
	return ok;
}

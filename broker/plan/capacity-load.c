/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/capacity.h"

#define DISABLED "COMPUTE_STATUS_DISABLED"

struct loading {
	struct capacity *capacity;
	JsonObject *summaries;
	GHashTable *children; /* id -> GPtrArray of ids */
	GPtrArray *roots;
	guint loaded; /* providers */
};

static gboolean refuse(const char *id, const char *what, GError **error)
{
	g_autofree char *shown = text_clean(id, 60);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"Placement's answer is not whole: the resource provider %s %s; nothing "
			"is planned on a part of the cloud",
			shown, what);
	return FALSE;
}

static gboolean load_stock(struct loading *l, const char *id, const char *class, JsonObject *o,
		GError **error)
{
	struct stock stock = {
		.class = capacity_name(l->capacity, class),
		.size = js_int(o, "capacity", -1),
		.used = js_int(o, "used", -1),
		.min_unit = js_int(o, "min_unit", 1),
		.max_unit = js_int(o, "max_unit", G_MAXINT64),
		.step_size = js_int(o, "step_size", 1),
	};

	if (stock.size < 0 || stock.used < 0 || stock.min_unit < 1 || stock.max_unit < 1 ||
			stock.step_size < 1)
		return refuse(id, "has a resource without a capacity and a use", error);
	l->capacity->unbounded |= stock.max_unit == G_MAXINT64;
	capacity_add_stock(l->capacity, &stock);
	return TRUE;
}

static gboolean load_stocks(struct loading *l, const char *id, JsonObject *resources,
		GError **error)
{
	g_autoptr(GList) classes = json_object_get_members(resources);

	for (GList *i = classes; i; i = i->next)
		if (!load_stock(l, id, i->data, js_obj(resources, i->data), error))
			return FALSE;
	return TRUE;
}

static gboolean load_provider(struct loading *l, const char *id, int depth, GError **error)
{
	JsonObject *o = js_obj(l->summaries, id);
	JsonArray *traits = js_arr(o, "traits");
	GPtrArray *children = g_hash_table_lookup(l->children, id);

	if (!js_obj(o, "resources") || !traits)
		return refuse(id, "has no resources or no traits", error);
	if (depth > 16)
		return refuse(id, "is too deep in its tree", error);
	capacity_add_provider(l->capacity, id);
	l->loaded++;
	for (guint i = 0; i < js_len(traits); i++) {
		if (!js_elem_str(traits, i))
			return refuse(id, "has a trait that is no name", error);
		capacity_add_trait(l->capacity, js_elem_str(traits, i));
	}
	if (!load_stocks(l, id, js_obj(o, "resources"), error))
		return FALSE;
	for (guint i = 0; children && i < children->len; i++)
		if (!load_provider(l, children->pdata[i], depth + 1, error))
			return FALSE;
	return TRUE;
}

static gboolean has_trait(JsonArray *traits, const char *trait)
{
	for (guint i = 0; i < js_len(traits); i++)
		if (!g_strcmp0(js_elem_str(traits, i), trait))
			return TRUE;
	return FALSE;
}

/* Which is whose child; each parent and root must have been told. */
static gboolean sort_tree(struct loading *l, const char *id, GError **error)
{
	JsonObject *o = js_obj(l->summaries, id);
	const char *parent = js_str(o, "parent_provider_uuid");
	const char *root = js_str(o, "root_provider_uuid");
	GPtrArray *children;

	if (!o || !json_object_has_member(o, "parent_provider_uuid") || !root)
		return refuse(id, "has no place in a tree", error);
	if (!js_obj(l->summaries, root) || (parent && !js_obj(l->summaries, parent)))
		return refuse(id, "is below one that was not told", error);
	if (!parent) {
		if (strcmp(root, id))
			return refuse(id, "has neither a parent nor is it a root", error);
		g_ptr_array_add(l->roots, (gpointer)id);
		return TRUE;
	}
	children = g_hash_table_lookup(l->children, parent);
	if (!children) {
		children = g_ptr_array_new();
		g_hash_table_insert(l->children, (gpointer)parent, children);
	}
	g_ptr_array_add(children, (gpointer)id);
	return TRUE;
}

static gboolean load_all(struct loading *l, GError **error)
{
	g_autoptr(GList) ids = json_object_get_members(l->summaries);

	for (GList *i = ids; i; i = i->next)
		if (!sort_tree(l, i->data, error))
			return FALSE;
	for (guint i = 0; i < l->roots->len; i++) {
		JsonObject *root = js_obj(l->summaries, l->roots->pdata[i]);

		capacity_add_host(l->capacity, has_trait(js_arr(root, "traits"), DISABLED));
		if (!load_provider(l, l->roots->pdata[i], 0, error))
			return FALSE;
	}
	if (l->loaded != g_list_length(ids))
		return refuse("of a tree", "is its own ancestor", error);
	return TRUE;
}

struct capacity *capacity_load(JsonObject *summaries, GError **error)
{
	g_autoptr(auto_capacity) capacity = capacity_new();
	struct loading l = {
		.capacity = capacity,
		.summaries = summaries,
		.children = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				(GDestroyNotify)g_ptr_array_unref),
		.roots = g_ptr_array_new(),
	};
	gboolean ok = load_all(&l, error);

	g_hash_table_unref(l.children);
	g_ptr_array_unref(l.roots);
	return ok ? g_steal_pointer(&capacity) : NULL;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/snapshot.h"

void snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	capacity_free(s->capacity);
	g_hash_table_unref(s->needs);
	g_ptr_array_unref(s->needs_owned);
	g_array_unref(s->holdings);
	g_free(s);
}

static gboolean refuse(const char *what, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "the snapshot is not whole: %s",
			what);
	return FALSE;
}

/* A flavor that cannot be planned is an error only where it is asked for: NULL then. */
static gboolean load_flavors(struct snapshot *s, JsonArray *flavors, GError **error)
{
	if (!flavors)
		return refuse("it has no flavors", error);
	for (guint i = 0; i < js_len(flavors); i++) {
		JsonObject *flavor = js_elem_obj(flavors, i);
		struct need *need;

		if (!js_str(flavor, "name") || !js_str(flavor, "id"))
			return refuse("a flavor has no name or no id", error);
		need = need_load(s->capacity, flavor, FALSE, NULL);
		if (need)
			g_ptr_array_add(s->needs_owned, need);
		g_hash_table_insert(s->needs, g_strdup(js_str(flavor, "id")), need);
		g_hash_table_insert(s->needs, g_strdup(js_str(flavor, "name")), need);
	}
	return TRUE;
}

static int find_stock(const struct capacity *c, const char *provider, const char *class)
{
	int index = GPOINTER_TO_INT(g_hash_table_lookup(c->index, class)) - 1;

	for (guint i = 0; i < c->providers->len; i++) {
		const struct provider *p = &g_array_index(c->providers, struct provider, i);

		for (int j = 0; !strcmp(p->id, provider) && j < p->n_stocks; j++)
			if (g_array_index(c->stocks, struct stock, p->first_stock + j).class ==
					index)
				return p->first_stock + j;
	}
	return -1;
}

static gboolean load_allocation(struct snapshot *s, gint64 until, const char *provider,
		JsonObject *resources, GError **error)
{
	g_autoptr(GList) classes = resources ? json_object_get_members(resources) : NULL;

	for (GList *i = classes; i; i = i->next) {
		const struct holding h = { until, find_stock(s->capacity, provider, i->data),
			js_int(resources, i->data, -1) };

		if (h.stock < 0 || h.amount < 0)
			return refuse("a desktop has something of a provider that is not there",
					error);
		g_array_append_val(s->holdings, h);
	}
	return resources || refuse("a desktop's allocation has no resources", error);
}

static gboolean load_desktop(struct snapshot *s, JsonObject *desktop, GError **error)
{
	JsonObject *allocations = js_obj(desktop, "allocations");
	gint64 until = text_parse_time(js_str(desktop, "until"));
	g_autoptr(GList) providers = NULL;

	if (!allocations || !until)
		return refuse("a desktop has no end (until) or no allocations", error);
	providers = json_object_get_members(allocations);
	for (GList *i = providers; i; i = i->next)
		if (!load_allocation(s, until, i->data,
				    js_obj(js_obj(allocations, i->data), "resources"), error))
			return FALSE;
	return TRUE;
}

static gboolean load_desktops(struct snapshot *s, JsonArray *desktops, GError **error)
{
	for (guint i = 0; i < js_len(desktops); i++)
		if (!load_desktop(s, js_elem_obj(desktops, i), error))
			return FALSE;
	return TRUE;
}

struct snapshot *snapshot_load(const char *data, gsize length, GError **error)
{
	g_autoptr(JsonNode) root = js_load(data, length, error);
	JsonObject *top = root ? js_root_object(root) : NULL;
	g_autoptr(auto_snapshot) s = g_new0(struct snapshot, 1);

	s->needs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->needs_owned = g_ptr_array_new_with_free_func((GDestroyNotify)need_free);
	s->holdings = g_array_new(FALSE, FALSE, sizeof(struct holding));
	if (!root)
		return NULL;
	if (!js_obj(top, "provider_summaries")) {
		refuse("it has no provider_summaries", error);
		return NULL;
	}
	s->capacity = capacity_load(js_obj(top, "provider_summaries"), error);
	if (!s->capacity || !load_flavors(s, js_arr(top, "flavors"), error) ||
			!load_desktops(s, js_arr(top, "desktops"), error))
		return NULL;
	return g_steal_pointer(&s);
}

const struct need *snapshot_need(const struct snapshot *s, const char *flavor, GError **error)
{
	const struct need *need = g_hash_table_lookup(s->needs, flavor);
	g_autofree char *shown = text_clean(flavor, 80);

	if (!need && g_hash_table_contains(s->needs, flavor))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"the flavor \"%s\" chooses hosts in a way that cannot be planned",
				shown);
	else if (!need)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_FOUND,
				"there is no flavor \"%s\"",
				shown);
	return need;
}

GArray *snapshot_demands(const struct snapshot *s, const GArray *sessions, GError **error)
{
	g_autoptr(GArray) demands = g_array_new(FALSE, FALSE, sizeof(struct demand));

	for (guint i = 0; i < sessions->len; i++) {
		const struct session *x = &g_array_index(sessions, struct session, i);
		const struct plan_class *class = x->class_data;
		struct demand d = { .window = x->window,
			.need = snapshot_need(s, class->flavor, error),
			.count = x->count + x->spares };

		if (!d.need) {
			g_prefix_error(error, "%s: ", class->place);
			return NULL;
		}
		d.window.start -= x->prepare_s;
		d.window.end += x->grace_s;
		g_array_append_val(demands, d);
	}
	return g_steal_pointer(&demands);
}

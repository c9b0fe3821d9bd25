/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/capacity.h"

struct loading {
	struct capacity *capacity;
	struct need *need;
};

static gboolean refuse(const char *key, const char *value, const char *why, GError **error)
{
	g_autofree char *k = text_clean(key, 60);
	g_autofree char *v = text_clean(value, 60);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"the flavor's extra_spec \"%s\" = \"%s\" %s; plan with another flavor", k,
			v, why);
	return FALSE;
}

/* Set, replace or (0) remove what a group needs of a class. */
static gboolean set_item(struct loading *l, int group, const char *class, gint64 amount)
{
	GArray *items = l->need->items;
	const struct need_item item = { capacity_name(l->capacity, class), amount, group };

	for (guint i = 0; i < items->len; i++) {
		struct need_item *old = &g_array_index(items, struct need_item, i);

		if (old->class != item.class || old->group != group)
			continue;
		if (amount)
			*old = item;
		else
			g_array_remove_index(items, i);
		return TRUE;
	}
	if (amount)
		g_array_append_val(items, item);
	return items->len <= NEED_MAX_ITEMS;
}

/* "resources2:VGPU" with the word "resources": group 2 and "VGPU". Names instead of
 * numbers ("resources_GPU:") become groups too. */
static const char *split_key(struct loading *l, const char *key, const char *word, int *group)
{
	const char *colon = strchr(key, ':');
	g_autofree char *suffix = NULL;

	if (!g_str_has_prefix(key, word) || !colon || !colon[1])
		return NULL;
	suffix = g_strndup(key + strlen(word), (gsize)(colon - key) - strlen(word));
	*group = 0;
	if (*suffix) {
		g_autofree char *name = g_strconcat("group ", suffix, NULL);

		*group = capacity_name(l->capacity, name) + 1;
	}
	return colon + 1;
}

static gboolean load_resource(struct loading *l, const char *key, const char *value, int group,
		const char *class, GError **error)
{
	guint64 amount;

	if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &amount, NULL))
		return refuse(key, value, "is no amount", error);
	if (!set_item(l, group, class, (gint64)amount))
		return refuse(key, value, "is one resource too many", error);
	return TRUE;
}

static gboolean load_trait(struct loading *l, const char *key, const char *value, int group,
		const char *trait, GError **error)
{
	struct need_trait t = { capacity_name(l->capacity, trait), group, FALSE };

	if (!strcmp(value, "forbidden"))
		t.forbidden = TRUE;
	else if (strcmp(value, "required"))
		return refuse(key, value, "is neither required nor forbidden", error);
	g_array_append_val(l->need->traits, t);
	return TRUE;
}

/* A property that chooses hosts in other ways than Placement's would make a wrong "fits". */
static gboolean is_beyond(const char *key)
{
	static const char *const beyond[] = { "aggregate_instance_extra_specs:", "capabilities:",
		"pci_passthrough:", "hw:numa_", "hw:cpu_policy", "hw:cpu_thread_policy",
		"hw:mem_page_size", "hw:pci_numa_affinity_policy", "accel:", "trait:ANY",
		"same_subtree", "hw:mem_encryption" };

	for (gsize i = 0; i < G_N_ELEMENTS(beyond); i++)
		if (g_str_has_prefix(key, beyond[i]))
			return TRUE;
	return FALSE;
}

static gboolean load_spec(struct loading *l, const char *key, const char *value, GError **error)
{
	const char *name;
	int group;

	if (!value)
		return refuse(key, "?", "is no text", error);
	if (!strcmp(key, "group_policy")) {
		l->need->isolate = !strcmp(value, "isolate");
		return l->need->isolate || !strcmp(value, "none") ||
				refuse(key, value, "is not known", error);
	}
	if (is_beyond(key))
		return refuse(key, value, "chooses hosts in a way that cannot be planned", error);
	name = split_key(l, key, "resources", &group);
	if (name)
		return load_resource(l, key, value, group, name, error);
	name = split_key(l, key, "trait", &group);
	if (name)
		return load_trait(l, key, value, group, name, error);
	return TRUE;
}

static gboolean load_specs(struct loading *l, JsonObject *specs, GError **error)
{
	g_autoptr(GList) keys = specs ? json_object_get_members(specs) : NULL;

	for (GList *i = keys; i; i = i->next)
		if (!load_spec(l, i->data, js_str(specs, i->data), error))
			return FALSE;
	return TRUE;
}

static gint64 swap_mb(JsonObject *flavor)
{
	/* Nova writes "" for none up to 2.74. */
	const char *text = js_str(flavor, "swap");

	return text ? (*text ? atoll(text) : 0) : js_int(flavor, "swap", 0);
}

struct need *need_load(struct capacity *capacity, JsonObject *flavor, gboolean on_volume,
		GError **error)
{
	g_autoptr(auto_need) need = need_new();
	struct loading l = { capacity, need };
	gint64 vcpus = js_int(flavor, "vcpus", -1), ram = js_int(flavor, "ram", -1);
	gint64 disk = on_volume ? 0 : js_int(flavor, "disk", -1);
	gint64 ephemeral = js_int(flavor, "OS-FLV-EXT-DATA:ephemeral", 0);

	if (vcpus < 0 || ram < 0 || disk < 0 || ephemeral < 0 || swap_mb(flavor) < 0) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"Nova does not say what a desktop of the flavor needs");
		return NULL;
	}
	set_item(&l, 0, "VCPU", vcpus);
	set_item(&l, 0, "MEMORY_MB", ram);
	set_item(&l, 0, "DISK_GB", disk + ephemeral + (swap_mb(flavor) + 1023) / 1024);
	if (!load_specs(&l, js_obj(flavor, "extra_specs"), error))
		return NULL;
	return g_steal_pointer(&need);
}

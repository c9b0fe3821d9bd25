/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_CAPACITY_H
#define OSVDI_BROKER_PLAN_CAPACITY_H

#include <json-glib/json-glib.h>

/*
 * The capacity of the hosts of a cloud, as Placement tells it. A host is a tree of
 * resource providers: the machine, and below it its GPUs or NUMA nodes. A stock is
 * what one provider has of one resource class.
 */

struct stock {
	int class; /* index of the name in capacity.classes */
	gint64 size; /* (total - reserved) * allocation_ratio */
	gint64 used;
	gint64 min_unit, max_unit, step_size; /* of one allocation */
};

struct provider {
	char *id;
	int first_stock, n_stocks; /* in capacity.stocks */
	GArray *traits; /* int: indices of names */
};

struct host {
	int first_provider, n_providers; /* in capacity.providers; the first is the root */
	gboolean disabled; /* takes no new desktops */
};

struct capacity {
	GArray *hosts; /* struct host */
	GArray *providers; /* struct provider */
	GArray *stocks; /* struct stock */
	GPtrArray *names; /* char *: of resource classes and traits */
	GHashTable *index; /* name -> index + 1 */
	gboolean unbounded; /* some max_unit was not told: a large flavor may not fit */
};
typedef struct capacity auto_capacity;

struct capacity *capacity_new(void);
void capacity_free(struct capacity *capacity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_capacity, capacity_free)

/** The index of a name, which is added when it is new. */
int capacity_name(struct capacity *capacity, const char *name);

/** Begin a host, a provider of that host, a stock of that provider. */
void capacity_add_host(struct capacity *capacity, gboolean disabled);
void capacity_add_provider(struct capacity *capacity, const char *id);
void capacity_add_trait(struct capacity *capacity, const char *trait);
void capacity_add_stock(struct capacity *capacity, const struct stock *stock);

/**
 * From the member "provider_summaries" of Placement's answer to
 * GET /allocation_candidates (1.29 or later), to whose resources "min_unit",
 * "max_unit" and "step_size" of the inventories may have been added.
 *
 * Errors: BROKER_ERROR_SERVICE: a part of the answer is missing or makes no sense. A
 *         tree of which a part is unknown is never taken for a smaller one.
 * Owner:  capacity_free().
 */
struct capacity *capacity_load(JsonObject *summaries, GError **error);

/* One resource that a desktop needs, whole from one provider. */
struct need_item {
	int class;
	gint64 amount;
	int group; /* 0: of any providers of the host; else all of a group from one */
};

struct need_trait {
	int trait;
	int group;
	gboolean forbidden;
};

/* The resources that one desktop of a flavor needs. */
struct need {
	GArray *items; /* struct need_item, at most NEED_MAX_ITEMS */
	GArray *traits; /* struct need_trait */
	gboolean isolate; /* groups come from different providers */
};
typedef struct need auto_need;

#define NEED_MAX_ITEMS 16

struct need *need_new(void);
void need_free(struct need *need);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_need, need_free)

/**
 * From a flavor of Nova with its extra_specs: resources, resourcesN, trait, traitN,
 * group_policy. on_volume: the desktop's disk is a volume, not the host's.
 *
 * Errors: BROKER_ERROR_USAGE: an extra_spec that decides where a server may run and is
 *         not understood; the message names it.
 */
struct need *need_load(struct capacity *capacity, JsonObject *flavor, gboolean on_volume,
		GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "desktop/give-back.h"
#include "desktop/pool-tags.h"
#include "desktop/pool.h"
#include "face/face.h"

struct osvdi_broker_pools {
	GPtrArray *all; /* of struct pool_summary */
	GArray *shown; /* of struct osvdi_broker_pool */
};

static struct osvdi_broker_pools *show(GPtrArray *all)
{
	struct osvdi_broker_pools *out = g_new0(struct osvdi_broker_pools, 1);

	out->all = all;
	out->shown = g_array_new(FALSE, TRUE, sizeof(struct osvdi_broker_pool));
	for (guint i = 0; i < all->len; i++) {
		const struct pool_summary *p = all->pdata[i];
		const struct osvdi_broker_pool shown = { p->name, p->total, p->free, p->held };

		g_array_append_val(out->shown, shown);
	}
	return out;
}

struct osvdi_broker_pools *osvdi_broker_pools(struct osvdi_broker *b,
		struct osvdi_broker_error **error)
{
	g_autofree char *owner = NULL;
	GPtrArray *all = NULL;
	GError *e = NULL;

	if (face_begin(b, 0, &e)) {
		owner = b->user_id ? pool_owner(b->user_id) : NULL;
		all = pool_list(b->cloud, owner, &e);
	}
	return all ? show(all) : face_fail(b, e, error);
}

const struct osvdi_broker_pool *osvdi_broker_pools_get(const struct osvdi_broker_pools *pools,
		size_t i)
{
	GArray *shown = pools->shown;

	return i < shown->len ? &g_array_index(shown, struct osvdi_broker_pool, i) : NULL;
}

void osvdi_broker_pools_free(struct osvdi_broker_pools *pools)
{
	if (!pools)
		return;
	g_array_unref(pools->shown);
	g_ptr_array_unref(pools->all);
	g_free(pools);
}

/* A claim on a pool's desktop names a user. */
static char *owner_of(const struct osvdi_broker *b, GError **error)
{
	if (b->user_id)
		return pool_owner(b->user_id);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"a pool's desktop is taken for one user, and none is named");
	return NULL;
}

struct osvdi_broker_desktop *osvdi_broker_assign(struct osvdi_broker *b, const char *pool,
		int timeout_s, struct osvdi_broker_error **error)
{
	g_autofree char *owner = NULL;
	struct server *s = NULL;
	GError *e = NULL;

	if (face_begin(b, timeout_s, &e))
		owner = owner_of(b, &e);
	if (owner)
		s = pool_assign(b->cloud, pool, owner, b->deadline_us, &e);
	return s ? face_desktop(s) : face_fail(b, e, error);
}

bool osvdi_broker_release(struct osvdi_broker *b, struct osvdi_broker_desktop *d,
		const struct osvdi_broker_release_params *params,
		struct osvdi_broker_error **error)
{
	struct osvdi_broker_release_params given;
	struct give_back how = { 0 };
	g_autofree char *owner = NULL;
	GError *e = NULL;
	gboolean ok;

	face_take_params(&given, sizeof(given), params, params ? params->size : 0);
	ok = face_begin(b, given.timeout_s, &e);
	owner = b->user_id ? pool_owner(b->user_id) : NULL;
	how.rebuild = given.rebuild;
	how.stop = given.stop;
	how.owner = owner;
	how.deadline_us = b->deadline_us;
	ok = ok && give_back(b->cloud, &d->server, &how, &e);
	if (!ok)
		face_fail(b, e, error);
	return ok;
}

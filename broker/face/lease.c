/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "compute/create.h"
#include "compute/lease.h"
#include "compute/nova.h"
#include "face/face.h"

static struct osvdi_broker_lease *wrap(struct lease *lease)
{
	struct osvdi_broker_lease *l = g_new0(struct osvdi_broker_lease, 1);

	l->lease = lease;
	return l;
}

const char *osvdi_broker_lease_id(const struct osvdi_broker_lease *l)
{
	return l->lease->id;
}

const char *osvdi_broker_lease_name(const struct osvdi_broker_lease *l)
{
	return l->lease->name;
}

const char *osvdi_broker_lease_status(const struct osvdi_broker_lease *l)
{
	return l->lease->status;
}

int64_t osvdi_broker_lease_start(const struct osvdi_broker_lease *l)
{
	return l->lease->start;
}

int64_t osvdi_broker_lease_end(const struct osvdi_broker_lease *l)
{
	return l->lease->end;
}

const char *osvdi_broker_lease_reservation(const struct osvdi_broker_lease *l, size_t i)
{
	return i < g_strv_length(l->lease->reservations) ? l->lease->reservations[i] : NULL;
}

void osvdi_broker_lease_free(struct osvdi_broker_lease *l)
{
	if (!l)
		return;
	lease_free(l->lease);
	g_free(l);
}

struct osvdi_broker_lease **osvdi_broker_leases(struct osvdi_broker *b,
		struct osvdi_broker_error **error)
{
	GError *e = NULL;
	g_autoptr(GPtrArray) all = face_begin(b, 0, &e) ? lease_list(b->cloud, &e) : NULL;
	GPtrArray *out;

	if (!all)
		return face_fail(b, e, error);
	out = g_ptr_array_new();
	while (all->len)
		g_ptr_array_add(out, wrap(g_ptr_array_steal_index(all, 0)));
	g_ptr_array_add(out, NULL);
	return (struct osvdi_broker_lease **)g_ptr_array_free(out, FALSE);
}

void osvdi_broker_leases_free(struct osvdi_broker_lease **leases)
{
	for (struct osvdi_broker_lease **l = leases; l && *l; l++)
		osvdi_broker_lease_free(*l);
	g_free(leases);
}

struct osvdi_broker_lease *osvdi_broker_lease_find(struct osvdi_broker *b, const char *name,
		struct osvdi_broker_error **error)
{
	GError *e = NULL;
	struct lease *l = face_begin(b, 0, &e) ? lease_find(b->cloud, name, &e) : NULL;

	return l ? wrap(l) : face_fail(b, e, error);
}

static struct lease *create(struct osvdi_broker *b, const struct osvdi_broker_lease_params *given,
		GError **error)
{
	g_autofree char *flavor = NULL;
	struct lease_request r = {
		.name = given->name,
		.start = given->start,
		.end = given->end,
		.amount = given->amount,
		.vcpus = given->vcpus,
		.memory_mb = given->memory_mb,
		.disk_gb = given->disk_gb,
	};

	if (!face_begin(b, 0, error))
		return NULL;
	if (given->flavor && !(flavor = create_flavor_id(b->cloud, given->flavor, error)))
		return NULL;
	r.flavor = flavor;
	return lease_create(b->cloud, &r, error);
}

struct osvdi_broker_lease *osvdi_broker_lease_create(struct osvdi_broker *b,
		const struct osvdi_broker_lease_params *params, struct osvdi_broker_error **error)
{
	struct osvdi_broker_lease_params given;
	struct lease *l;
	GError *e = NULL;

	face_take_params(&given, sizeof(given), params, params->size);
	l = create(b, &given, &e);
	return l ? wrap(l) : face_fail(b, e, error);
}

struct osvdi_broker_list *osvdi_broker_lease_desktops(struct osvdi_broker *b,
		const struct osvdi_broker_lease *l, struct osvdi_broker_error **error)
{
	const struct nova_list all = { 0 };
	GError *e = NULL;
	g_autoptr(GPtrArray) servers =
			face_begin(b, 0, &e) ? nova_list_servers(b->cloud, &all, &e) : NULL;

	if (!servers)
		return face_fail(b, e, error);
	for (guint i = servers->len; i-- > 0;)
		if (!lease_has_server(l->lease, servers->pdata[i]))
			g_ptr_array_remove_index(servers, i);
	return face_list(b, servers);
}

static bool finish(const struct osvdi_broker *b, gboolean ok, GError *e,
		struct osvdi_broker_error **error)
{
	if (!ok)
		face_fail(b, e, error);
	return ok;
}

bool osvdi_broker_lease_extend(struct osvdi_broker *b, struct osvdi_broker_lease *l, int64_t end,
		struct osvdi_broker_error **error)
{
	GError *e = NULL;
	gboolean ok = face_begin(b, 0, &e) && lease_extend(b->cloud, &l->lease, end, &e);

	return finish(b, ok, e, error);
}

bool osvdi_broker_lease_wait(struct osvdi_broker *b, struct osvdi_broker_lease *l,
		int timeout_s, struct osvdi_broker_error **error)
{
	GError *e = NULL;
	gboolean ok = face_begin(b, timeout_s, &e) &&
			lease_wait(b->cloud, &l->lease, b->deadline_us, &e);

	return finish(b, ok, e, error);
}

bool osvdi_broker_lease_delete(struct osvdi_broker *b, const struct osvdi_broker_lease *l,
		struct osvdi_broker_error **error)
{
	GError *e = NULL;
	gboolean ok = face_begin(b, 0, &e) && lease_delete(b->cloud, l->lease, &e);

	return finish(b, ok, e, error);
}

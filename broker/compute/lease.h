/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_LEASE_H
#define OSVDI_BROKER_LEASE_H

#include "cloud/cloud.h"
#include "compute/server.h"

/* Blazar: capacity reserved for a time. When a lease ends, or is deleted, Blazar
 * deletes the servers in it. */

struct lease {
	char *id;
	char *name;
	char *status;
	gint64 start; /* seconds since 1970; 0: not told */
	gint64 end;
	char **reservations; /* their ids: Nova's flavor to boot by has the same */
};
typedef struct lease auto_lease;

/** From the "lease" object of Blazar. NULL when it lacks id, name or end. */
struct lease *lease_new(JsonObject *object);
void lease_free(struct lease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_lease, lease_free)

/** Minutes, UTC, as Blazar wants it: "2026-11-22 07:27". */
char *lease_format_time(gint64 unix_s);

/** All leases of the project. NULL and an error. */
GPtrArray *lease_list(struct cloud *cloud, GError **error);

/** One lease by name or id. BROKER_ERROR_NOT_FOUND, or _USAGE when several fit. */
struct lease *lease_find(struct cloud *cloud, const char *name, GError **error);

struct lease_request {
	const char *name;
	gint64 start; /* 0: now */
	gint64 end;
	int amount;
	const char *flavor; /* id: reserve servers of this flavor; or NULL: */
	int vcpus, memory_mb, disk_gb;
};

struct lease *lease_create(struct cloud *cloud, const struct lease_request *request,
		GError **error);
gboolean lease_extend(struct cloud *cloud, struct lease **lease, gint64 end, GError **error);
gboolean lease_delete(struct cloud *cloud, const struct lease *lease, GError **error);

/** Wait until a lease is ACTIVE. deadline on the cloud's clock. */
gboolean lease_wait(struct cloud *cloud, struct lease **lease, gint64 deadline_us, GError **error);

/**
 * Give servers that live in a reservation their lease's name and end. Asks
 * Blazar only when there is one; best effort.
 */
void lease_annotate(struct cloud *cloud, GPtrArray *servers);

/** Whether a server lives in one of the lease's reservations. */
gboolean lease_has_server(const struct lease *lease, const struct server *s);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_DESKTOPS_H
#define OSVDI_BROKER_DESKTOPS_H

#include "compute/nova.h"

/* Which servers are a user's desktops, and which one is meant. */

struct desktops_query {
	const char *user_id; /* whose; NULL: everyone's */
	const char *pool; /* of this pool only; or NULL */
	gboolean no_pools; /* only servers that the user made: Nova filters them */
	gboolean all_projects;
};

/**
 * Whether a server is a desktop of the user: the user made it and it is in no
 * pool, or it is a pool's and the user holds it.
 */
gboolean desktops_is_of(const struct server *s, const char *user_id);

/** The desktops, of struct server, sorted by name. NULL and an error. */
GPtrArray *desktops_list(struct cloud *cloud, const struct desktops_query *query, GError **error);

/**
 * The desktop meant by a name or id; without one the only desktop, or the one
 * of the name preferred (from the configuration), or the one marked default.
 *
 * Errors: BROKER_ERROR_NOT_FOUND: none, or none of the user's;
 *         BROKER_ERROR_USAGE: more than one fits (the message names them).
 * Owner:  server_free().
 */
struct server *desktops_find(struct cloud *cloud, const struct desktops_query *query,
		const char *name, const char *preferred, GError **error);

/** The id of a user given by id or name (names are asked of Keystone). */
char *desktops_user_id(struct cloud *cloud, const char *user, GError **error);

/** Ask the image service for the names of the servers' images; best effort. */
void desktops_name_images(struct cloud *cloud, GPtrArray *servers);

#endif

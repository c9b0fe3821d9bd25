/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CREATE_H
#define OSVDI_BROKER_CREATE_H

#include "compute/nova.h"

/* Making a desktop. */

struct create_request {
	const char *name;
	const char *image; /* name or id */
	const char *flavor; /* name or id */
	const char *reservation; /* Blazar's id, instead of a flavor; or NULL */
	char **networks; /* "none", "auto", or names or ids; NULL: auto */
	const char *key_name; /* or NULL */
	const char *availability_zone; /* or NULL */
	char **security_groups; /* or NULL */
	const char *user_data; /* bytes; or NULL */
	gsize user_data_length;
	gboolean config_drive;
	GHashTable *metadata; /* string -> string; or NULL */
	gboolean ids; /* image and flavor are ids: nothing is looked up */
};

/** Nova's limit for user data, after base64. */
#define CREATE_USER_DATA_MAX 65535

/** Refuse user data of more bytes than Nova takes: BROKER_ERROR_USAGE. */
gboolean create_check_user_data(gsize length, GError **error);

/**
 * Have Nova make the server. Names are looked up first.
 *
 * Errors: BROKER_ERROR_NOT_FOUND: no such image, flavor, network;
 *         BROKER_ERROR_USAGE: several fit; those of cloud_call().
 * Owner:  server_free(). It is still in BUILD.
 */
struct server *create_server(struct cloud *cloud, const struct create_request *request,
		GError **error);

/** The same without a look at the new server. */
gboolean create_server_only(struct cloud *cloud, const struct create_request *request,
		GError **error);

/** Id of an image by name or id. Free with g_free(). */
char *create_image_id(struct cloud *cloud, const char *image, GError **error);

/** Id of a flavor by name or id. Free with g_free(). */
char *create_flavor_id(struct cloud *cloud, const char *flavor, GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ENDPOINT_H
#define OSVDI_BROKER_ENDPOINT_H

#include <glib.h>

#include "base/redact.h"

/* Addresses of services, as catalogs and version documents have them. */

/**
 * Fill the templates that a catalog may still have, "%(project_id)s" and
 * "$(tenant_id)s" among them, take slashes off the end, and see that an http or https
 * address comes out.
 *
 * secrets: what the message must not show; or NULL.
 * Errors:  BROKER_ERROR_SERVICE, naming the address and what is wrong.
 */
char *endpoint_fill(const char *url, const char *project_id, const char *user_id,
		struct redact *secrets, GError **error);

/* "https://h/x/v2.1/PROJECT" in its parts. */
struct endpoint {
	char *root; /* "https://h/x" */
	char *version; /* "v2.1"; or NULL, the rest being empty then */
	char *rest; /* "/PROJECT", or "" */
};

/** At the last part of the path that is a version. Owner: endpoint_clear(). */
void endpoint_split(const char *url, struct endpoint *out);
void endpoint_clear(struct endpoint *e);

/** The address with this version in it: "https://h/image" -> "https://h/image/v2". */
char *endpoint_with_version(const char *url, const char *version);

/**
 * Follow a link of a version document at base. The path is the link's. Scheme, host and
 * port are those of base, because a service behind a proxy does not know its own.
 * NULL when the link names another host.
 */
char *endpoint_follow(const char *base, const char *link);

#endif

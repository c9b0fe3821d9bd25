/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_FETCH_H
#define OSVDI_PORTAL_FETCH_H

#include <glib.h>

/* One request to the provider, and what it answers. Blocks. */
struct fetch {
	const char *url;
	const char *form; /* secret; NULL: a GET */
	const char *authorization; /* secret: the value of that header; or NULL */
	const char *ca; /* PEM text: trust these alone; NULL: the system's */
	gint64 limit_s;
	const gint *ended; /* atomic: not 0 ends the request within a second */
};

struct fetched {
	long status;
	GString *body; /* may hold secrets */
};

/**
 * Redirects are answers, not followed: nothing secret goes to another address.
 * Errors: OIDC_FAULT_SERVICE. Owner: fetched_clear(), also after a failure.
 */
gboolean fetch_send(const struct fetch *fetch, struct fetched *fetched, GError **error);
void fetched_clear(struct fetched *fetched);

#endif

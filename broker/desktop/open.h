/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_OPEN_H
#define OSVDI_BROKER_OPEN_H

#include "desktop/config.h"
#include "desktop/desktops.h"
#include "desktop/resolve.h"

/* From a name to an address with warnings: find a desktop, wake it, resolve it. */

struct open_params {
	struct desktops_query query;
	const char *name; /* name or id; NULL: the default, as desktops_find() picks it */
	const struct config *config;
	const char *spice_ca; /* PEM text of config's spice_ca_file; or NULL */
	const char *cacert; /* PEM text to verify the WebSocket with; or NULL */
	int way; /* an enum resolve_way to force, or -1: the first that works */
	gboolean vnc; /* instead of SPICE */
	gboolean no_wake;
	gboolean repair;
	const char *no_websocket; /* why a WebSocket is of no use; NULL: it is */
	gint64 deadline_us; /* of the cloud's clock */
};

struct opened {
	struct server *server;
	struct address *address;
	struct resolve_log log;
	GPtrArray *warnings; /* of char *: what the user should know */
};

/**
 * out:    opened_clear() also after a failure.
 * Errors: those of open_find() and resolve_server().
 */
gboolean open_desktop(struct cloud *cloud, const struct open_params *params, struct opened *out,
		GError **error);
void opened_clear(struct opened *opened);

/**
 * desktops_find(), whose "there is none" then also names the region that was looked in.
 * Owner: server_free().
 */
struct server *open_find(struct cloud *cloud, const struct desktops_query *query,
		const char *name, const char *preferred, GError **error);

#endif

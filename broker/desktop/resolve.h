/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_RESOLVE_H
#define OSVDI_BROKER_RESOLVE_H

#include "compute/power.h"
#include "desktop/address.h"

/* From a server to the address of its console. */

enum resolve_way {
	WAY_DIRECT, /* ask Nova for the hypervisor's host and port */
	WAY_SPICE_DIRECT, /* ask the site's exchange for a .vv */
	WAY_WEBSOCKET, /* through Nova's console proxy */
	WAY_COUNT,
};

struct resolve_params {
	gboolean vnc; /* instead of SPICE */
	int only; /* a resolve_way to force, or -1: the first that works */
	const char *no_websocket; /* why that way cannot be used; NULL: it can */
	gboolean no_wake;
	gboolean repair;
	gint64 deadline_us;
	const char *ca; /* PEM text for direct TLS, or NULL */
	const char *host_subject; /* or NULL */
	const char *ws_ca; /* PEM text to verify the WebSocket with, or NULL */
	int console_token_ttl_s; /* Nova does not tell it */
};

/* The ways that were tried. */
struct resolve_log {
	char *reason[WAY_COUNT]; /* why it was not taken; NULL: taken or not tried */
	gboolean tried[WAY_COUNT];
	GPtrArray *woken; /* of char *: the verbs sent */
};

/** Name of a way as on the command line. */
const char *resolve_way_name(enum resolve_way way);

/**
 * Wake the server when needed and find its console.
 *
 * s:      replaced by what Nova shows last.
 * log:    filled in; clear with resolve_log_clear() also after a failure.
 * Errors: as power_reach(); BROKER_ERROR_SERVICE, _AUTH or _FAILED when no way
 *         works, with the reasons. Where no_websocket leaves none, nothing is woken.
 * Owner:  address_free().
 */
struct address *resolve_server(struct cloud *cloud, struct server **s,
		const struct resolve_params *params, struct resolve_log *log, GError **error);

void resolve_log_clear(struct resolve_log *log);

#endif

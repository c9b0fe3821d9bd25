/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_DESKS_H
#define OSVDI_PORTAL_DESKS_H

#include "account.h"

/* Desktops, as pages show them. Strings may be NULL but for id, name, status. */
struct desk {
	char *id, *name, *status, *task, *pool, *size, *image, *lease;
	gint64 lease_end; /* seconds since 1970; 0: none */
	gboolean locked;
};

/** All desktops of the account, of struct desk. NULL and trouble. */
GPtrArray *desks_list(struct account *account, struct trouble *trouble);

/** Where a running desktop's screen is, for a ticket. */
struct desk_screen {
	char *id, *name;
	char *host, *subject, *websocket, *password; /* the last two are secrets */
	int port, tls_port;
};

void desk_screen_free(struct desk_screen *screen);

/** Wake a desktop by its id, and find its screen. NULL and trouble. */
struct desk_screen *desk_open(struct account *account, const char *id, int timeout_s,
		const struct account_watch *watch, struct trouble *trouble);

/** As osvdi_broker_pools(). */
struct osvdi_broker_pools *desks_pools(struct account *account, struct trouble *trouble);

/** Take a free desktop of a pool, or the one that is held. */
gboolean desk_assign(struct account *account, const char *pool, int timeout_s,
		const struct account_watch *watch, struct trouble *trouble);

enum desk_change {
	DESK_START,
	DESK_SUSPEND,
	DESK_STOP,
	DESK_RESTART,
	DESK_SHELVE,
	DESK_RELEASE, /* give a pool's desktop back */
};

gboolean desk_change(struct account *account, const char *id, enum desk_change change,
		int timeout_s, const struct account_watch *watch, struct trouble *trouble);

#endif

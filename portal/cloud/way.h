/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_WAY_H
#define OSVDI_PORTAL_WAY_H

#include "config/portal-config.h"
#include "desks.h"

#include <ticket/seal.h>

/* From a screen to the gateway: a ticket, and the file that viewers open. */

/**
 * A ticket to the screen for one session, from now_s on.
 *
 * Errors: the configuration allows no way to it (the message says what is missing).
 * Owner:  ticket_free().
 */
struct ticket *way_ticket(const struct desk_screen *screen, const struct portal_config *config,
		const char *user, gint64 now_s, gint64 ends_s, GError **error);

/** A connection file for osvdi-viewer and remote-viewer. Owner: wipe_free(). */
char *way_file(const struct desk_screen *screen, const struct portal_config *config,
		const char *sealed);

#endif

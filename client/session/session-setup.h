/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SESSION_SETUP_H
#define OSVDI_SESSION_SETUP_H

#include <spice-client.h>
#include "base/options.h"
#include "target/target.h"

/**
 * A SpiceSession with everything from the command line and the target set.
 *
 * target: gets the proxy of the environment when it has none and needs one.
 * Errors: NULL when a proxy is not understood: nothing connects without it.
 */
SpiceSession *session_setup_new(const struct options *options, struct target *target, GError **error);

/* For a proxy that wants one; kept in memory only. */
void session_setup_proxy_login(SpiceSession *session, const char *user, const char *password);

/* Starts a connection attempt over what the target names. */
/* After the target got a fresh address. Errors: as above. */
gboolean session_setup_readdress(SpiceSession *session, const struct options *options, struct target *target,
		GError **error);

void session_setup_connect(SpiceSession *session, const struct target *target);

/* A folder-sharing channel: opened when a folder is shared. */
void session_setup_webdav(const struct options *options, SpiceChannel *channel);

/* The server's UUID as text, or NULL while unknown. Owner: caller. */
char *session_setup_get_uuid(SpiceSession *session);

#endif

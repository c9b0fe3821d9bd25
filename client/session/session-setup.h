/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SESSION_SETUP_H
#define OSVDI_SESSION_SETUP_H

#include <spice-client.h>
#include "base/options.h"
#include "target/target.h"

/**
 * Makes a SpiceSession with the properties that the command line and the target ask for.
 *
 * target: that of address_get_target().
 * Errors: NULL if spice-gtk does not understand the proxy: we never connect without the proxy.
 */
SpiceSession *session_setup_new(
		const struct options *options, const struct target *target, GError **error);

/* Sets the login for the proxy; kept in memory only. */
void session_setup_proxy_login(SpiceSession *session, const char *user, const char *password);

/* Call this after the target got a fresh address. Errors: as above. */
gboolean session_setup_readdress(SpiceSession *session, const struct options *options,
		const struct target *target, GError **error);

/* Starts an attempt to connect to the target. */
void session_setup_connect(SpiceSession *session, const struct target *target);

/* Opens a folder-sharing channel if a folder is shared. */
void session_setup_webdav(const struct options *options, SpiceChannel *channel);

/* The server's UUID as text, or NULL as long as it is not known. Owner: caller. */
char *session_setup_get_uuid(SpiceSession *session);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_ADDRESS_H
#define OSVDI_ADDRESS_H

#include <spice-client.h>
#include "base/options.h"
#include "session/failure.h"
#include "target/target.h"

/*
 * Where a session goes to. For a WebSocket each channel gets a tunnel. For a desktop that
 * osvdi-broker knows, a fresh address replaces an old one that no longer works: the token
 * has expired, the host or port has changed, or there is a new password. Main thread only.
 */
struct address;

/**
 * options, target: borrowed, and never changed.
 * renewed: called after address_renew(). failure: NULL, or why the address was not
 *          renewed; to be taken over.
 * Errors:  NULL if the address, its CA or its proxy cannot be used: we never connect without
 *          the proxy.
 */
struct address *address_new(const struct options *options, const struct target *target,
		void (*renewed)(struct failure *failure, gpointer data), gpointer data,
		GError **error);
void address_free(struct address *address);

/**
 * The target with the address that is good now: the latest from the broker, and the proxy of
 * the environment where the target needs a proxy and has none. Its wishes are those of the
 * target that address_new() got. Stays where it is until address_free().
 */
const struct target *address_get_target(const struct address *address);

gboolean address_is_websocket(const struct address *address);
/* Gives a channel its tunnel. may_wait: renew a stale address first. */
void address_open(struct address *address, SpiceChannel *channel, gboolean may_wait);
/* Opens the channels that wait for a fresh address, or forgets them. */
void address_open_waiting(struct address *address);
void address_forget_waiting(struct address *address);
/* Opens a tunnel that belongs to no channel. Errors: -1. Owner: the caller closes it. */
int address_open_fd(struct address *address, GError **error);

/* Whether the address has expired or was refused, and the broker can give another one. */
gboolean address_is_stale(const struct address *address);
/* Notes that the desktop is not there any more, or refuses what it accepted before. */
void address_refuse(struct address *address);
/* Whether the latest attempt failed because of the address, and the broker can give another
 * one. */
gboolean address_was_refused(const struct address *address);
/* Asks the broker for a fresh address. wake: start a desktop that was shut down. */
void address_renew(struct address *address, gboolean wake);
/* The number of renewals since the last call of address_good(). */
guint address_get_renewals(const struct address *address);
void address_good(struct address *address);

/* How many tunnels have reached the proxy (TCP) so far. */
guint address_get_reached(const struct address *address);

/**
 * The HTTP proxy between us and a WebSocket that refused the latest tunnel for want of a login,
 * or because of a wrong login: HOST:PORT. NULL if no proxy did.
 * Owner: caller. address_set_proxy_login() gives the login to tunnels that are opened later.
 */
char *address_take_login_proxy(struct address *address);
void address_set_proxy_login(struct address *address, const char *user, const char *password);

/**
 * Why a tunnel failed. SPICE itself only sees that the tunnel ended.
 * Owner: caller; NULL if the tunnel knows no reason.
 */
struct failure *address_take_failure(struct address *address);

#endif

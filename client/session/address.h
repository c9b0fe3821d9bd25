/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_ADDRESS_H
#define OSVDI_ADDRESS_H

#include <spice-client.h>
#include "session/failure.h"
#include "target/target.h"

/*
 * Where a session goes to: for a WebSocket a tunnel for each channel, and for a
 * desktop that osvdi-broker knows a fresh address when the old one is no longer
 * good (a token that ran out, another host or port, a new password). Main thread
 * only.
 */
struct address;

/**
 * target:  what it says of the address is kept fresh; borrowed.
 * renewed: after address_renew(); failure: NULL, or why not, to be taken over.
 * Errors:  NULL when the address or its CA cannot be used.
 */
struct address *address_new(const char *broker, const char *ca_file, struct target *target,
		void (*renewed)(struct failure *failure, gpointer data), gpointer data, GError **error);
void address_free(struct address *address);

gboolean address_is_websocket(const struct address *address);
/* Gives a channel its tunnel; may_wait: a stale address is renewed first. */
void address_open(struct address *address, SpiceChannel *channel, gboolean may_wait);
/* The channels that waited for a fresh address get it now, or never. */
void address_open_waiting(struct address *address);
void address_forget_waiting(struct address *address);
/* A tunnel for no channel. Errors: -1. Owner: the caller closes it. */
int address_open_fd(struct address *address, GError **error);

/* Whether it has expired, or was refused, and another can be had. */
gboolean address_is_stale(const struct address *address);
/* The desktop is not there any more, or refuses what it took before. */
void address_refuse(struct address *address);
/* Whether the latest attempt failed because of it, and another can be had. */
gboolean address_was_refused(const struct address *address);
/* wake: a desktop that was shut down is started again. */
void address_renew(struct address *address, gboolean wake);
/* Renewals since the last call of address_good(). */
guint address_get_renewals(const struct address *address);
void address_good(struct address *address);

/* How many of its tunnels have reached the proxy (TCP) so far. */
guint address_get_reached(const struct address *address);

/**
 * Why a tunnel failed; SPICE itself only sees an end.
 * Owner: caller; NULL when the tunnel knows nothing better.
 */
struct failure *address_take_failure(struct address *address);

#endif

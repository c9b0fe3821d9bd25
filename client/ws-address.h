/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_ADDRESS_H
#define OSVDI_WS_ADDRESS_H

#include <spice-client.h>
#include "failure.h"
#include "target.h"

/*
 * The WebSocket address of a session: a tunnel for each channel, and a fresh
 * token from osvdi-broker when the old one ran out. Main thread only.
 */
struct ws_address;

/**
 * target:  of kind TARGET_WEBSOCKET; its url and expires are kept fresh; borrowed.
 * renewed: after ws_address_renew(); failure: NULL, or why not, to be taken over.
 * Errors:  NULL when the address or its CA cannot be used.
 */
struct ws_address *ws_address_new(const char *broker, const char *ca_file, struct target *target,
		void (*renewed)(struct failure *failure, gpointer data), gpointer data, GError **error);
void ws_address_free(struct ws_address *address);

/* Gives a channel its tunnel; may_wait: a stale address is renewed first. */
void ws_address_open(struct ws_address *address, SpiceChannel *channel, gboolean may_wait);
/* The channels that waited for a fresh address get it now, or never. */
void ws_address_open_waiting(struct ws_address *address);
void ws_address_forget_waiting(struct ws_address *address);

/* Whether it has expired, or was refused, and another can be had. */
gboolean ws_address_is_stale(const struct ws_address *address);
/* Whether the latest attempt failed because of it. */
gboolean ws_address_was_refused(const struct ws_address *address);
void ws_address_renew(struct ws_address *address);
/* Renewals since the last call of ws_address_good(). */
guint ws_address_get_renewals(const struct ws_address *address);
void ws_address_good(struct ws_address *address);

/* How many of its connections have reached the proxy (TCP) so far. */
guint ws_address_get_reached(const struct ws_address *address);

/**
 * Why the tunnel failed; SPICE itself only sees an end.
 * Owner: caller; NULL when the tunnel knows nothing better.
 */
struct failure *ws_address_take_failure(struct ws_address *address);

#endif

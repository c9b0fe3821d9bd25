/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_TARGETS_H
#define OSVDI_GATEWAY_TARGETS_H

#include <glib.h>
#include <sys/socket.h>

/* The networks that desktops may be in: a ticket cannot lead anywhere else. */
struct targets;

/** text: "ADDRESS/BITS", or "ADDRESS", parted by commas, semicolons or blanks. */
struct targets *targets_parse(const char *text, GError **error);
void targets_free(struct targets *targets);

/**
 * Whether the gateway may connect there. Link-local addresses (a cloud's metadata
 * among them), multicast and "any" never may; loopback only where a network of the
 * list is in it.
 */
gboolean targets_allow(const struct targets *targets, const struct sockaddr *address);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_RESOLVER_H
#define OSVDI_GATEWAY_RESOLVER_H

#include "loop.h"

#include <sys/socket.h>

/* Names to addresses, by threads of its own: the C library blocks. */
struct resolver;
struct lookup;

struct address {
	struct sockaddr_storage storage;
	socklen_t size;
};

/* addresses: borrowed until return; length 0: the name is not known. */
typedef void (*lookup_func)(const struct address *addresses, guint n, gpointer data);

struct resolver *resolver_new(struct loop *loop, GError **error);
void resolver_free(struct resolver *resolver);

/**
 * func runs once, in the loop's thread, never before return. Cancel it with
 * lookup_cancel() when data ends earlier.
 */
struct lookup *resolver_look_up(struct resolver *resolver, const char *host, guint port,
		lookup_func func, gpointer data);
void lookup_cancel(struct lookup *lookup);

#endif

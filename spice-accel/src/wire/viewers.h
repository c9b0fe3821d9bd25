/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The connected viewers and their sockets, from the host's SpiceCoreInterface. */
#ifndef VIEWERS_H
#define VIEWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "pace/link.h"

struct SpiceChannelEventInfo;

/** Thread: host thread. */
struct viewers;

struct viewers *viewers_create(void); /* NULL: out of memory */
void viewers_destroy(struct viewers *viewers);

/* Tunes a TCP socket for latency and remembers it. Other descriptors are left alone. */
void viewers_socket_added(struct viewers *viewers, int fd);
void viewers_channel_event(struct viewers *viewers, int event,
		const struct SpiceChannelEventInfo *info);

/* Connections with a display channel. `known`: events came at all. */
unsigned viewers_count(const struct viewers *viewers, bool *known);

/* TCP_INFO of the socket behind display channel `id`; false when there is none
 * (a Unix socket, TLS hosts that hide it, or nobody is connected). */
bool viewers_link(struct viewers *viewers, unsigned id, struct link *link);

#endif

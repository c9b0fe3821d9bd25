/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef LINK_H
#define LINK_H

#include <stdint.h>

/* The way to a viewer. In each field 0 means unknown. */
struct link {
	uint64_t rtt_us, min_rtt_us; /* round trips: now, and the shortest */
	uint32_t unsent_bytes;       /* waiting in our socket */
	uint32_t delivery_kbps;      /* measured while the link was full */
	uint32_t target_kbps;        /* the rate that we send at most */
};

/* Adds the round trip measured by the acknowledgements of frames. It replaces TCP's value
 * (in *link) when the viewer is behind a proxy or not on TCP. Delay caused by a busy
 * viewer is not taken for congestion. */
void link_add_acks(struct link *link, uint64_t rtt_us, uint64_t min_rtt_us);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pace/link.h"

/* Acknowledgements that take so much longer than TCP's round trips: TCP's peer is a proxy. */
#define PROXY_US 8000u

void link_add_acks(struct link *link, uint64_t rtt, uint64_t min_rtt)
{
	if (link->min_rtt_us && min_rtt < link->min_rtt_us + PROXY_US)
		return;
	link->rtt_us = rtt;
	link->min_rtt_us = min_rtt;
}

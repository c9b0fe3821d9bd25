/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_FAILURE_H
#define OSVDI_FAILURE_H

#include <spice-client.h>
#include "session/retry.h"
#include "target/target.h"
#include "session/ws-tunnel.h"

/* Why something did not work, in words for the user. */
struct failure {
	char *what;   /* one line: what failed */
	char *why;    /* the cause, as far as known; may be NULL */
	char *remedy; /* what to do; may be NULL */
	gboolean final; /* trying again by itself is pointless */
	enum refusal refusal; /* what kind of no it was */
};

struct failure *failure_new(const char *what, const char *why, const char *remedy, gboolean final);
void failure_free(struct failure *failure);

/**
 * From an event of a channel.
 *
 * event:  SPICE_CHANNEL_ERROR_* or SPICE_CHANNEL_CLOSED.
 * error:  of the channel, may be NULL.
 */
struct failure *failure_from_channel(SpiceChannelEvent event, const GError *error,
		const struct target *target);

struct failure *failure_from_websocket(const struct ws_problem_report *report, const struct target *target);

/* Another viewer has opened the desktop. */
struct failure *failure_taken(const struct target *target);
/* The desktop has ended; last: what the latest try met. */
struct failure *failure_gone(const struct target *target, const struct failure *last);
/* What the connection file lets in was for one session. */
struct failure *failure_used_up(const struct target *target);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CHANNEL_FAILURE_H
#define OSVDI_CHANNEL_FAILURE_H

#include <spice-client.h>
#include "session/failure.h"

/**
 * The failure that an event of a channel means.
 *
 * event: SPICE_CHANNEL_ERROR_* or SPICE_CHANNEL_CLOSED.
 * error: of the channel, may be NULL.
 */
struct failure *failure_from_channel(SpiceChannelEvent event, const GError *error,
		const struct target *target);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_POWER_H
#define OSVDI_BROKER_POWER_H

#include "compute/nova.h"
#include "compute/power-rules.h"

struct power_params {
	gboolean repair;
	gboolean no_act; /* fail instead of sending a verb */
	gint64 deadline_us; /* of the cloud's clock */
	gboolean *turned; /* set when a desktop that came to rest was woken again by somebody
			   * else, which is a success then; NULL: a failure */
};

/**
 * Bring a server to a goal: sends what is needed, waits, sends the next. A verb
 * refused with 409 because the goal is reached, or another one is under way, is
 * no failure: the state is read again. A verb that wakes is sent again when it had
 * no effect; one that ends a session never: what runs then may be in use.
 *
 * s:      replaced by what Nova shows last, also on failure.
 * sent:   the verbs are added, or NULL.
 * Errors: BROKER_ERROR_NOT_READY: in time not reached, impossible from this
 *         state, or locked; those of cloud_call().
 */
gboolean power_reach(struct cloud *cloud, struct server **s, enum power_goal goal,
		const struct power_params *params, GPtrArray *sent, GError **error);

/** Wait until a status is shown and nothing is under way. Errors as above. */
gboolean power_wait(struct cloud *cloud, struct server **s, const char *status,
		const struct power_params *params, GError **error);

/** Wait until nothing is under way; ERROR is a failure. */
gboolean power_settle(struct cloud *cloud, struct server **s, const struct power_params *params,
		GError **error);

/** Send "reboot" of that type, SOFT or HARD, and wait until it runs. */
gboolean power_reboot(struct cloud *cloud, struct server **s, gboolean hard,
		const struct power_params *params, GError **error);

/** Read the server again. FALSE keeps the old one. */
gboolean power_refresh(struct cloud *cloud, struct server **s, GError **error);

#endif

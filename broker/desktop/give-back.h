/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_GIVE_BACK_H
#define OSVDI_BROKER_GIVE_BACK_H

#include "compute/nova.h"

/* A pool's desktop goes back, clean. */

struct give_back {
	gboolean rebuild; /* make its disk anew from its image first */
	gboolean stop; /* shut it down first */
	const char *owner; /* whose claim goes, as pool_owner() spells it; NULL: everybody's */
	gint64 deadline_us; /* of the cloud's clock */
};

/**
 * Clean the desktop, then end the claim: the next user must find nothing of the last
 * one, so a failure leaves the desktop with its user.
 *
 * s:      replaced by what Nova shows last.
 * Errors: BROKER_ERROR_USAGE: it is no pool's; those of power_reach() and cloud_call().
 */
gboolean give_back(struct cloud *cloud, struct server **s, const struct give_back *how,
		GError **error);

/** Whether a desktop is a pool's; FALSE and BROKER_ERROR_USAGE. */
gboolean give_back_check(const struct server *s, GError **error);

#endif

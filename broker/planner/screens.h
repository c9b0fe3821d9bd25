/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLANNER_SCREENS_H
#define OSVDI_BROKER_PLANNER_SCREENS_H

#include "desktop/config.h"
#include "planner/nova-ops.h"

/* The screens of a cloud's desktops, by their SPICE servers. All is borrowed. */
struct screens {
	struct cloud *cloud;
	const struct config *config;
	const char *spice_ca; /* PEM text of config's spice_ca_file; or NULL */
};

/**
 * A nova_plan_probe; data is the struct screens.
 * Errors: BROKER_ERROR_AUTH: the policy does not let this user see where screens are;
 *         CANCELLED. A screen that cannot be asked is PICTURE_UNKNOWN.
 */
gboolean screens_probe(void *data, const struct session *session, const char *id,
		enum picture *picture, GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PLACE_H
#define OSVDI_PORTAL_PLACE_H

#include "trouble.h"

#include "config/portal-config.h"

/* The cloud of the configuration: what each struct osvdi_broker is made with. */
struct place;

#define PLACE_USER_SETTINGS_MAX 8

/** Errors: a setting is not known or makes no sense, broker.yaml cannot be used. */
struct place *place_new(const struct portal_config *config, GError **error);
void place_free(struct place *place);

/**
 * A broker for one user. own: settings of the user, ended by one without a name, at
 * most PLACE_USER_SETTINGS_MAX; they go before those of the cloud. login: or NULL.
 */
struct osvdi_broker *place_broker(const struct place *place, const struct osvdi_broker_setting *own,
		const struct osvdi_broker_login *login, const struct osvdi_broker_hooks *hooks,
		struct trouble *trouble);

#endif

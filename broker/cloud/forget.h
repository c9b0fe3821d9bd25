/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_FORGET_H
#define OSVDI_BROKER_FORGET_H

#include "base/settings.h"
#include "hooks/caller.h"

/* The end of logins that are kept between runs (token-cache.h). */

struct forgotten {
	char *user; /* name, or id */
	char *project; /* name, or id */
	char *auth_url; /* without a secret */
	enum osvdi_broker_fate fate;
};

struct forget_params {
	const char *directory;
	const struct settings *like; /* logins of this place, and of the user and project as
				      * far as they are given; NULL: all logins */
	int timeout_s; /* for one request; 0: 10 */
	const struct caller *caller; /* hears why a login could not be revoked; or NULL */
};

/**
 * Remove kept logins, and have Keystone forget those that have not ended. What cannot be
 * revoked is removed all the same.
 *
 * Returns: of struct forgotten, those that were removed. Owner: g_ptr_array_unref().
 */
GPtrArray *forget_logins(const struct forget_params *params);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_OIDC_H
#define OSVDI_BROKER_OIDC_H

#include "base/settings.h"
#include "cloud/http.h"

/**
 * Log in by OpenID Connect: take the access token given, or get one from the
 * provider with user name and password, and have Keystone turn it into an
 * unscoped token of its own.
 *
 * Errors: as keystone_authenticate().
 * Owner:  secret_free() the token's id.
 */
char *oidc_unscoped_token(struct http *http, const struct settings *s, const char *keystone_base,
		gboolean with_password, GError **error);

#endif

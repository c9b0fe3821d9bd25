/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_ID_TOKEN_H
#define OSVDI_PORTAL_ID_TOKEN_H

#include <json-glib/json-glib.h>

/* The claims that make an ID token the answer to a login that we began. */
struct id_token_wanted {
	const char *issuer, *client_id;
	const char *nonce;
	const char *access_token; /* that came beside it */
	gint64 now_s, skew_s; /* seconds since 1970, and how much clocks may differ */
};

/**
 * Whether the claims of a token whose signature was checked are for us
 * (OpenID Connect Core 1.0, 3.1.3.7).
 *
 * Errors: OIDC_FAULT_PROOF, OIDC_FAULT_CLOCK.
 */
gboolean id_token_check(JsonObject *claims, const struct id_token_wanted *wanted, GError **error);

#endif

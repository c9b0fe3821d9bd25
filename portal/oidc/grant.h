/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_GRANT_H
#define OSVDI_PORTAL_GRANT_H

#include <glib.h>

/* The tokens that a provider gives for a code (RFC 6749, 5.1). */
struct grant {
	char *access_token, *id_token; /* secret */
};

/** Longer tokens are not passed on. */
#define GRANT_TOKEN_MAX_BYTES (16 * 1024)

/**
 * status: of HTTP. Errors: OIDC_FAULT_REFUSED, OIDC_FAULT_SERVICE.
 * Owner: grant_free(), which overwrites the tokens.
 */
struct grant *grant_parse(long status, const char *text, gsize size, GError **error);
void grant_free(struct grant *grant);

#endif

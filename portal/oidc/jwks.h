/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_JWKS_H
#define OSVDI_PORTAL_JWKS_H

#include <glib.h>
#include <openssl/evp.h>

/* How a provider may sign. Nothing else is taken: no "none", no shared secret. */
enum jws_algorithm {
	JWS_RS256,
	JWS_PS256,
	JWS_ES256,
};

/** FALSE: the name means none of ours. */
gboolean jws_algorithm_parse(const char *name, enum jws_algorithm *algorithm);

/* The keys that a provider signs with (RFC 7517). Shared as struct facts is. */
struct jwks;

/**
 * Keys that are of no use to us (to encrypt, of other kinds, weak) are left out.
 * Errors: OIDC_FAULT_SERVICE. Owner: jwks_unref().
 */
struct jwks *jwks_parse(const char *text, gsize size, GError **error);
struct jwks *jwks_ref(struct jwks *jwks);
void jwks_unref(struct jwks *jwks);

/**
 * The key of that name for an algorithm. kid NULL: the only one for it. NULL: there is
 * none, or several. Borrowed.
 */
EVP_PKEY *jwks_find(const struct jwks *jwks, const char *kid, enum jws_algorithm algorithm);

#endif

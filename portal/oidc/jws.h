/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_JWS_H
#define OSVDI_PORTAL_JWS_H

#include "jwks.h"

#include <json-glib/json-glib.h>

/** Longer tokens are not looked at. */
#define JWS_MAX_BYTES (16 * 1024)

/**
 * The claims of a signed token (a JWS in its compact form, RFC 7515), once its signature is
 * that of one of the keys: an object.
 *
 * Errors: OIDC_FAULT_PROOF: it is no such token, or not signed so; OIDC_FAULT_KEY: by none
 *         of the keys.
 * Owner:  json_node_unref().
 */
JsonNode *jws_open(const char *token, const struct jwks *jwks, GError **error);

#endif

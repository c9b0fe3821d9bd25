/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_FACTS_H
#define OSVDI_PORTAL_FACTS_H

#include <glib.h>

/*
 * A provider's own account of itself (OpenID Connect Discovery 1.0). Does not change once it
 * is made, so threads may share it.
 */
struct facts {
	char *authorization, *token, *keys; /* addresses */
	char *end_session; /* or NULL */
	gboolean secret_in_form; /* where our secret goes; FALSE: a header */
	gboolean takes_secret; /* in either way */
	gboolean names_itself; /* beside each code (RFC 9207) */
};

/**
 * The document of /.well-known/openid-configuration, which must be of this issuer.
 * Errors: OIDC_FAULT_SERVICE. Owner: facts_unref().
 */
struct facts *facts_parse(const char *text, gsize size, const char *issuer, GError **error);
struct facts *facts_ref(struct facts *facts);
void facts_unref(struct facts *facts);

#endif

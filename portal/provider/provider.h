/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PROVIDER_H
#define OSVDI_PORTAL_PROVIDER_H

#include "config/portal-config.h"
#include "oidc/round.h"

/*
 * The provider of identities (OpenID Connect) that the portal is a client of: the way
 * there, what comes back, and the way out.
 *
 * Thread: any.
 */
struct provider;

/** The path of ours that the provider sends browsers back to. */
#define PROVIDER_PATH_BACK "/login/back"

/** Nothing is sent yet. Errors: the files of the secret and of the authorities. */
struct provider *provider_new(const struct portal_config *config, GError **error);
void provider_free(struct provider *provider);
/** Read the secret again. */
gboolean provider_reload(struct provider *provider, GError **error);
/** Requests in progress end soon. */
void provider_end(struct provider *provider);

/** Learn what the way there needs. Blocks. Errors: OIDC_FAULT_SERVICE. */
gboolean provider_prepare(struct provider *provider, GError **error);
/** The address to send a browser to, once prepared; NULL: not known. Owner: g_free(). */
char *provider_way_in(struct provider *provider, const struct round *round, const char *state);
/** The address that ends the login at the provider too; NULL: none. Owner: g_free(). */
char *provider_way_out(struct provider *provider);

/** Whom the provider vouches for. */
struct provider_person {
	char *subject; /* the provider's name for them, for ever */
	char *name; /* for people's eyes */
	char *access_token; /* secret */
};

/**
 * Exchange a code, and check what comes for it. Blocks.
 * issuer: that came beside the code; or NULL.
 * Errors: OIDC_FAULT. Owner: provider_person_free().
 */
struct provider_person *provider_take(struct provider *provider, const struct round *round,
		const char *code, const char *issuer, GError **error);
void provider_person_free(struct provider_person *person);

#endif

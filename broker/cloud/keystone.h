/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_KEYSTONE_H
#define OSVDI_BROKER_KEYSTONE_H

#include "base/settings.h"
#include "cloud/http.h"
#include "cloud/token.h"

/**
 * Get a token from the Identity service (v3) by the method that the settings
 * name: password, token, application credential, or OpenID Connect (password
 * or access token).
 *
 * Errors: BROKER_ERROR_USAGE when something needed is not given (the message
 *         names it), BROKER_ERROR_AUTH when Keystone refuses,
 *         BROKER_ERROR_SERVICE when it fails or gives no token.
 * Owner:  token_free().
 */
struct token *keystone_authenticate(struct http *http, const struct settings *s,
		const struct clock *clock, GError **error);

/** A login that need not be for a project, and may take two steps. */
struct keystone_login {
	const char *passcode; /* the second factor (TOTP); with a receipt */
	char *receipt; /* secret: given where a second factor is wanted, taken with it */
	char *receipt_user; /* the id of its user; or NULL */
};

/**
 * The same for the project that the settings name, or else for none.
 *
 * login:  a receipt in it is set when the error's reason is SECOND_FACTOR: ask again
 *         with a passcode. The caller clears it with keystone_login_clear().
 */
struct token *keystone_log_in(struct http *http, const struct settings *s,
		const struct clock *clock, struct keystone_login *login, GError **error);
void keystone_login_clear(struct keystone_login *login);

/**
 * Have Keystone forget a token. TRUE also when it knows it no more.
 * Errors: BROKER_ERROR_SERVICE.
 */
gboolean keystone_revoke(struct http *http, const char *base, const char *id, GError **error);

/** Base of the Identity v3 API: auth_url with /v3 at its end. Free with g_free(). */
char *keystone_base(const char *auth_url);

/**
 * The short name of the method to log in by ("password"): what auth_type says, else the
 * one that the given settings are for.
 */
const char *keystone_method(const struct settings *s);

/** Whether the method needs a password that is not there (ask the user). */
gboolean keystone_needs_password(const struct settings *s);

/**
 * The body of POST /v3/auth/tokens; NULL and BROKER_ERROR_USAGE. login: then a project
 * need not be named, and a receipt in it asks for the second step; or NULL.
 */
JsonNode *keystone_body(const struct settings *s, const char *method, const char *token,
		const struct keystone_login *login, GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_ROUND_H
#define OSVDI_PORTAL_ROUND_H

#include <glib.h>

/* A way to the provider and back: what proves that the answer is to our question. */
struct round {
	char *browser; /* secret: a cookie of the browser that went */
	char *nonce; /* secret */
	char *verifier; /* secret: PKCE (RFC 7636) */
};

/** browser: copied. Owner: round_free(), which overwrites all. */
struct round *round_new(const char *browser);
void round_free(struct round *round);

/** The challenge by S256. Owner: g_free(). */
char *round_challenge(const struct round *round);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TLS_CAUSE_H
#define OSVDI_TLS_CAUSE_H

#include <gio/gio.h>

/* The properties that a certificate must have. All members may be NULL. */
struct tls_expected {
	const char *ca;      /* PEM of one or more authorities */
	const char *ca_file; /* the same in a file */
	const char *subject; /* "O=Lab,CN=desk" */
	const char *host;    /* its name counts if there is no subject */
};

enum tls_cause {
	TLS_CAUSE_UNKNOWN,
	TLS_CAUSE_NO_TLS,
	TLS_CAUSE_BROKEN_CA,
	TLS_CAUSE_EXPIRED,
	TLS_CAUSE_NOT_YET,
	TLS_CAUSE_AUTHORITY,
	TLS_CAUSE_SUBJECT,
	TLS_CAUSE_HOST,
};

/**
 * Finds out why a server was not trusted, to say so in words. The decision not to trust the
 * server was made before.
 *
 * certificate: the server's, or NULL if the handshake ended before.
 * error:       of the handshake, or NULL.
 */
enum tls_cause tls_cause_find(const struct tls_expected *expected, GTlsCertificate *certificate,
		const GError *error);

/* Returns what to do, in words for people, and sets *why to the cause. Owner of *why:
 * caller. */
const char *tls_cause_explain(enum tls_cause cause, const struct tls_expected *expected,
		GTlsCertificate *certificate, char **why);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_TEST_TLS_CASES_H
#define OSVDI_TEST_TLS_CASES_H

#include <glib.h>
#include <openssl/ssl.h>

/* Certificates that a test makes for itself, and whom a client may believe with which. */

struct cert {
	EVP_PKEY *key;
	X509 *x509;
};

/**
 * names: "DNS:host,IP:192.0.2.1", or NULL. issuer: NULL for one that signs itself, and may
 * sign others. Valid between these two times, in seconds from now.
 */
void cert_init(struct cert *cert, const char *organisation, const char *name, const char *names,
		const struct cert *issuer, long from_s, long to_s);
void cert_clear(struct cert *cert);
/* Owner: g_free(). password: NULL for a key without one. */
char *cert_pem(const struct cert *cert);
char *cert_key_pem(const struct cert *cert, const char *password);

/* A server with that certificate. */
SSL_CTX *cert_server(const struct cert *cert);

/* The handshake of two sessions that are joined in memory. TRUE: both have finished. */
gboolean tls_meet(SSL *client, SSL *server);

/**
 * A client that trusts the authority, PEM text, expects the host, or the subject where there
 * is one, and meets the server. TRUE: it would go on.
 */
typedef gboolean (*tls_judge)(const char *authority, const char *host, const char *subject,
		SSL_CTX *server);

/* Whom a client believes: each case by the judge. */
void tls_cases_run(tls_judge judge);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_TLS_H
#define OSVDI_GATEWAY_TLS_H

#include <glib.h>
#include <openssl/ssl.h>

/** Owner of both: SSL_CTX_free(). */
SSL_CTX *tls_server(const char *cert_file, const char *key_file, GError **error);
SSL_CTX *tls_client(const char *authority_file, GError **error);

/**
 * Before the handshake: whose certificate is expected. subject: as spice-gtk's
 * "host-subject" ("C=DE, O=site, CN=name"), or NULL: one for the host.
 */
gboolean tls_expect(SSL *ssl, const char *host, const char *subject);
/** After the handshake; the chain was checked in it. */
gboolean tls_is_expected(SSL *ssl, const char *subject);

/** Whether the text is a subject that can be compared. */
gboolean tls_subject_is_valid(const char *subject);

#endif

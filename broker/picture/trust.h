/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PICTURE_TRUST_H
#define OSVDI_BROKER_PICTURE_TRUST_H

#include <glib.h>
#include <openssl/ssl.h>

/** A client's context that trusts only these authorities, PEM text. Errors: USAGE. */
SSL_CTX *trust_context(const char *ca, GError **error);

/** A session that expects a host's certificate; with a subject: the subject's. */
SSL *trust_session(SSL_CTX *context, const char *host, const char *subject, GError **error);

/** After the handshake, which checked the chain: the subject, as SPICE writes it. */
gboolean trust_is_expected(SSL *ssl, const char *subject);

#endif

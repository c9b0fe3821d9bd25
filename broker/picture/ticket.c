/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/ticket.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/error.h"

/* SPICE_MAX_PASSWORD_LENGTH of the protocol, its NUL included. */
#define MAX_PASSWORD_BYTES 60

static EVP_PKEY *read_key(const guint8 *key, gsize size)
{
	const unsigned char *at = key;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)size);

	if (pkey && EVP_PKEY_base_id(pkey) == EVP_PKEY_RSA &&
			EVP_PKEY_size(pkey) == TICKET_BYTES)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

static gboolean encrypt(EVP_PKEY *pkey, const char *password, guint8 ticket[TICKET_BYTES])
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL);
	size_t size = TICKET_BYTES;
	gboolean ok = context && EVP_PKEY_encrypt_init(context) == 1 &&
			EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
			EVP_PKEY_encrypt(context, ticket, &size, (const guint8 *)password,
					strlen(password) + 1) == 1 && size == TICKET_BYTES;

	EVP_PKEY_CTX_free(context);
	return ok;
}

gboolean ticket_seal(const guint8 *key, gsize key_size, const char *password,
		guint8 ticket[TICKET_BYTES], GError **error)
{
	EVP_PKEY *pkey;
	gboolean ok;

	if (strlen(password) >= MAX_PASSWORD_BYTES) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"the desktop's password is longer than SPICE allows");
		return FALSE;
	}
	pkey = read_key(key, key_size);
	ok = pkey && encrypt(pkey, password, ticket);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	if (!ok)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"the SPICE server gives no usable key for the password");
	return ok;
}

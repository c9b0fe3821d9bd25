/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys-internal.h"

#include <string.h>

#define PREFIX "osvdi1."
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* Version and key stand in front of the sealed bytes and are sealed with them. */
char *seal_ticket(const struct keys *keys, const struct ticket *ticket)
{
	const struct key *key = &keys->all[0];
	g_autofree char *head = g_strdup_printf(PREFIX "%s.", key->id);
	char *text = ticket_format(ticket);
	gsize size = strlen(text), sealed = NONCE_BYTES + size + TAG_BYTES;
	g_autofree guint8 *bytes = g_malloc(sealed);
	gsize length = sodium_base64_ENCODED_LEN(sealed, BASE64);
	g_autofree char *encoded = g_malloc(length);

	randombytes_buf(bytes, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE_BYTES, NULL, (const guint8 *)text,
			size, (const guint8 *)head, strlen(head), NULL, bytes, key->bytes);
	sodium_bin2base64(encoded, length, bytes, sealed, BASE64);
	ticket_text_free(text);
	return g_strconcat(head, encoded, NULL);
}

/* "osvdi1.ID." at the text's start: the key, and the bytes of it. */
static const struct key *find_key(const struct keys *keys, const char *text, gsize size,
		gsize *head, GError **error)
{
	const char *id = text + strlen(PREFIX), *dot;
	const struct key *key;

	if (size > SEAL_MAX_BYTES || size < strlen(PREFIX) ||
			memcmp(text, PREFIX, strlen(PREFIX)) != 0 ||
			!(dot = memchr(id, '.', size - strlen(PREFIX)))) {
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_FORM, "no ticket");
		return NULL;
	}
	*head = (gsize)(dot + 1 - text);
	key = keys_find(keys, id, (gsize)(dot - id));
	if (!key)
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_KEY,
				"sealed with a key that is not here");
	return key;
}

struct ticket *seal_open(const struct keys *keys, const char *text, gsize size, GError **error)
{
	guint8 bytes[SEAL_MAX_BYTES], plain[SEAL_MAX_BYTES];
	unsigned long long length = 0;
	const struct key *key;
	struct ticket *ticket;
	gsize head, sealed;

	key = find_key(keys, text, size, &head, error);
	if (!key)
		return NULL;
	if (sodium_base642bin(bytes, sizeof bytes, text + head, size - head, NULL, &sealed,
			NULL, BASE64) || sealed < NONCE_BYTES + TAG_BYTES) {
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_FORM, "no ticket");
		return NULL;
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &length, NULL, bytes + NONCE_BYTES,
			sealed - NONCE_BYTES,
			    (const guint8 *)text, head, bytes, key->bytes)) {
		g_set_error(error, TICKET_ERROR, TICKET_ERROR_FORGED, "not as it was sealed");
		return NULL;
	}
	ticket = ticket_parse((const char *)plain, (gsize)length, error);
	sodium_memzero(plain, sizeof plain);
	return ticket;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_KEYS_INTERNAL_H
#define OSVDI_GATEWAY_KEYS_INTERNAL_H

/* For keys.c and seal.c. */
#include "seal.h"

#include <sodium.h>

#define SEAL_KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define KEY_ID_MAX_BYTES 16
#define KEYS_MAX 16

struct key {
	char id[KEY_ID_MAX_BYTES + 1];
	guint8 bytes[SEAL_KEY_BYTES];
};

struct keys {
	struct key all[KEYS_MAX];
	guint n;
};

const struct key *keys_find(const struct keys *keys, const char *id, gsize size);

#endif

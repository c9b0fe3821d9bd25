/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "round.h"

#include "base64url.h"
#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

struct round *round_new(const char *browser)
{
	struct round *round = g_new0(struct round, 1);

	round->browser = g_strdup(browser);
	round->nonce = wipe_random();
	round->verifier = wipe_random();
	return round;
}

void round_free(struct round *round)
{
	if (!round)
		return;
	wipe_free(round->browser);
	wipe_free(round->nonce);
	wipe_free(round->verifier);
	g_free(round);
}

char *round_challenge(const struct round *round)
{
	guint8 digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const guint8 *)round->verifier, strlen(round->verifier));
	return base64url_write(digest, sizeof(digest));
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TOKEN_KEY_H
#define OSVDI_BROKER_TOKEN_KEY_H

#include "base/settings.h"

/*
 * The name under which a login is kept: a digest of all that made it, secrets
 * included, so that whoever brings another password, token or access token finds
 * another file, or none.
 *
 * A plain digest would let the name be tried against a list of passwords. So the
 * digest is keyed with random bytes (the file "key" beside the logins, mode 0600),
 * and then goes through yescrypt, the system's own password hash: who has the
 * names alone can try nothing, and who has the key as well pays 2 MiB and some
 * 15 ms for each try.
 */

/**
 * The name, 32 hex digits; the key is made when there is none. NULL and
 * BROKER_ERROR_FAILED when it cannot be. Free with g_free().
 */
char *token_key_digest(const struct settings *s, const char *directory, GError **error);

#endif

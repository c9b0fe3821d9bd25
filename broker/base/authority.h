/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_AUTHORITY_H
#define OSVDI_BROKER_AUTHORITY_H

#include <glib.h>

#define AUTHORITY_MAX_BYTES (4 * 1024 * 1024)

/**
 * The certificates of a PEM file, or of all files of a directory (as c_rehash
 * makes one, or a plain one), each once, as PEM text without what stands between
 * them: comments in any encoding, keys, carriage returns. Every use of an
 * authority goes through here, so that what one command takes the next takes.
 *
 * place names the setting in errors ("OS_CACERT").
 * Errors: BROKER_ERROR_USAGE: no such file, no certificate in it, DER.
 * Owner:  g_free().
 */
char *authority_read(const char *path, const char *place, GError **error);

/** The same from text; the error says what is wrong with it. */
char *authority_parse(const char *data, gsize length, GError **error);

/**
 * Whether a client's certificate and its key (NULL: in the same file) can be used:
 * readable, PEM, the key not locked. A NULL certificate is fine.
 * Errors: BROKER_ERROR_USAGE naming the place.
 */
gboolean authority_check_client(const char *cert, const char *cert_place, const char *key,
		const char *key_place, GError **error);

#endif

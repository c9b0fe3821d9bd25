/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PICTURE_TICKET_H
#define OSVDI_BROKER_PICTURE_TICKET_H

#include <glib.h>

#define TICKET_BYTES 128

/**
 * Encrypt a password for the key of a SPICE server (RSA of 1024 bits, OAEP).
 * Errors: BROKER_ERROR_SERVICE: no such key; BROKER_ERROR_USAGE: the password is too long.
 */
gboolean ticket_seal(const guint8 *key, gsize key_size, const char *password,
		guint8 ticket[TICKET_BYTES], GError **error);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_BASE64URL_H
#define OSVDI_PORTAL_BASE64URL_H

#include <glib.h>

/**
 * Bytes from base64 without padding, with "-" and "_" (RFC 7515, 2). text: so many
 * characters of it. NULL: it is none. Owner: g_bytes_unref().
 */
GBytes *base64url_read(const char *text, gsize length);

/** Owner: g_free(). */
char *base64url_write(const guint8 *bytes, gsize size);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_CSRF_H
#define OSVDI_PORTAL_CSRF_H

#include <glib.h>

/*
 * Whether a page of ours sent a form: by where the browser says the form was, and by
 * a token in it that fits the cookie beside it.
 */

#define CSRF_KEY_BYTES 32

/** 64 hexadecimal digits. Owner: wipe_free(). */
char *csrf_token(const guint8 key[CSRF_KEY_BYTES], const char *cookie);
gboolean csrf_token_fits(const guint8 key[CSRF_KEY_BYTES], const char *cookie, const char *token);

/**
 * ours: "https://HOST[:PORT]". origin, fetch_site: the headers Origin and
 * Sec-Fetch-Site, or NULL. A browser that says neither is not let in.
 */
gboolean csrf_origin_fits(const char *ours, const char *origin, const char *fetch_site);

#endif

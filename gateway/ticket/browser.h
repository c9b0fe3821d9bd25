/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_BROWSER_H
#define OSVDI_GATEWAY_BROWSER_H

#include <glib.h>

/*
 * The browser that a ticket is for: a digest of one of its cookies, which no script of a
 * page can read. The ticket alone is then worth nothing.
 */

#define BROWSER_TEXT_BYTES 65 /* hexadecimal digits and NUL */

/** cookie: "NAME=VALUE" of size bytes. */
void browser_digest(const char *cookie, gsize size, char text[BROWSER_TEXT_BYTES]);
gboolean browser_fits(const char *digest, const char *cookie, gsize size);

#endif

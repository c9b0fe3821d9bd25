/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PROXY_H
#define OSVDI_PROXY_H

#include <glib.h>

/* An HTTP proxy for the SPICE connections, and the login for it. */
struct proxy {
	char *address; /* "http://HOST:PORT": never holds a secret */
	char *host;    /* without brackets */
	int port;
	char *user, *password; /* decoded, or NULL */
};

enum proxy_origin {
	PROXY_OF_FILE,
	PROXY_OF_ENVIRONMENT, /* SPICE_PROXY */
};

/**
 * Reads "http://[USER[:PASSWORD]@]HOST[:PORT][/]". The scheme may be https, or missing.
 * The default ports are 3128 and 3129 (https), as in spice-gtk.
 *
 * Errors: NULL, G_IO_ERROR_INVALID_ARGUMENT with a sentence that names the origin and
 *         those parts of the address that cannot be secret.
 */
struct proxy *proxy_parse(const char *text, enum proxy_origin origin, GError **error);
/* proxy: or NULL. Owner: caller. */
struct proxy *proxy_copy(const struct proxy *proxy);
void proxy_free(struct proxy *proxy);

#endif

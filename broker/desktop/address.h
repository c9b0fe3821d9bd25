/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ADDRESS_H
#define OSVDI_BROKER_ADDRESS_H

#include <glib.h>

/* Where a desktop's console is: what resolving gives. NULL or 0: not known. */
struct address {
	char *protocol; /* "spice" or "vnc" */
	char *via; /* "direct", "spice-direct", "websocket" */
	char *uri; /* secret: may hold a token; never a password */
	char *host;
	int port;
	int tls_port;
	char *ca; /* PEM text */
	char *host_subject;
	char *secure_channels; /* as an exchange says: "all", "main;inputs" */
	char *password; /* secret */
	char *ws_url; /* secret */
	char *ws_ca; /* PEM text */
	char *console_url; /* secret */
	gint64 token_expires; /* seconds since 1970 */
	gint64 ends; /* the desktop is taken back then: seconds since 1970 */
	char *server_id;
	char *title;
	char *other_keys; /* further lines of a proxy's .vv, "key=value\n"... */
};
typedef struct address auto_address;

void address_free(struct address *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_address, address_free)

#endif

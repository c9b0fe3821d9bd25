/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PORTAL_CONFIG_H
#define OSVDI_PORTAL_PORTAL_CONFIG_H

#include "core/client.h"

#include <glib.h>

/* The file; portal/data/osvdi-portal.conf documents each key. */
struct portal_config {
	char *listen;
	char *origin; /* "https://desktops.example.org", as browsers see the portal */
	struct client_proxies *proxies;
	char *tls_cert, *tls_key; /* both or none */
	char *keys; /* seal tickets */
	char *audit; /* NULL: standard output */
	char *title; /* NULL: the usual one */
	char *page; /* folder of the page for browsers; NULL: desktops are not opened here */
	gboolean by_password, by_credential;
	gboolean pools; /* are shown */

	GHashTable *cloud; /* settings of the broker's library by name */
	char *broker; /* file: broker.yaml; or NULL */

	char *oidc_issuer; /* of OpenID Connect; NULL: nobody logs in by it */
	char *oidc_name; /* of the provider, for people's eyes */
	char *oidc_client, *oidc_secret; /* our id there, and the file of its secret or NULL */
	char *oidc_scopes; /* parted by spaces */
	char *oidc_ca; /* file of the provider's authorities; NULL: the system's */
	char *oidc_idp, *oidc_protocol; /* the provider's names at Keystone */
	gboolean oidc_log_out; /* logging out here ends the login there too */
	gint64 oidc_skew_s;

	char *gateway_path;
	char *tls_authority, *websocket_authority; /* names in the gateway's file; or NULL */
	gboolean plain; /* SPICE's plain port may be used behind the gateway */
	guint32 channels; /* bits of channel types that may be opened */
	char *gateway_admin; /* sockets, "unix:PATH", parted by ";"; or NULL */
	gint64 ticket_use_s, ticket_life_s;

	guint visitors, connections, workers, tasks;
	guint per_name, per_address; /* logins a minute */
	gint64 idle_s, life_s, request_s, task_s, unwatched_s;
};

struct portal_config *portal_config_load(const char *path, GError **error);
struct portal_config *portal_config_parse(const char *text, GError **error);
void portal_config_free(struct portal_config *config);

#endif

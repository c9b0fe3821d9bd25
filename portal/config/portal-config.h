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
	gboolean by_password, by_credential;
	gboolean pools; /* are shown */

	GHashTable *cloud; /* settings of the broker's library by name */
	char *broker; /* file: broker.yaml; or NULL */

	char *gateway_path;
	char *tls_authority, *websocket_authority; /* names in the gateway's file; or NULL */
	gboolean plain; /* SPICE's plain port may be used behind the gateway */
	char *channels;
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

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_CONFIG_H
#define OSVDI_GATEWAY_CONFIG_H

#include <glib.h>

#include "policy/sessions.h"
#include "policy/targets.h"

struct limits {
	guint connections;
	guint handshakes; /* connections that no ticket has let in yet */
	guint silent;     /* of a session, channels that say nothing for longer than link_s */
	gint64 handshake_s, connect_s, link_s;
	gint64 ping_s;    /* WebSockets are pinged so often; unanswered three times: dead */
	gint64 stall_s;   /* one that takes nothing for so long is ended */
	gint64 drain_s;
};

/* The file; gateway/osvdi-gateway.conf documents each key. */
struct config {
	char **listen;
	gboolean proxy_protocol;
	char *tls_cert, *tls_key; /* both or none */
	char *keys;
	char *path;
	char **origins;
	gboolean ticket_in_url;
	struct targets *targets;
	/* NULL: none; audit: NULL is standard output */
	char *admin, *metrics, *audit, *revocations;
	GHashTable *authorities; /* name: file */
	struct limits limits;
	struct sessions_rules rules;
};

struct config *config_load(const char *path, GError **error);
struct config *config_parse(const char *text, GError **error);
void config_free(struct config *config);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_NOVA_H
#define OSVDI_BROKER_NOVA_H

#include "cloud/cloud.h"
#include "compute/server.h"

/* Calls of the compute API at the best microversion that both sides know. */

/** Minor number of the newest microversion used: 2.99 has all that is needed. */
#define NOVA_MINOR_MAX 99
/** remote-consoles instead of an action per protocol. */
#define NOVA_MINOR_REMOTE_CONSOLES 6
/** Server tags. */
#define NOVA_MINOR_TAGS 26
/** os-console-auth-tokens for every console type. */
#define NOVA_MINOR_CONSOLE_TOKENS 31
/** user_id filters for everyone. */
#define NOVA_MINOR_USER_FILTER 83
/** spice-direct consoles. */
#define NOVA_MINOR_SPICE_DIRECT 99

/**
 * The minor number to use with this cloud, 1 to NOVA_MINOR_MAX; -1 and an error.
 * Asked once a login, kept with the token.
 */
int nova_minor(struct cloud *cloud, GError **error);

struct nova_list {
	const char *name; /* exact; or NULL */
	const char *user_id; /* asked of Nova where it can filter; or NULL */
	gboolean all_projects; /* administrators only */
	gboolean *incomplete; /* set when some servers are not reached or not understood */
};

/**
 * Servers as the list says, of struct server, in no order. An entry that is odd is
 * left out, and a warning tells that the list is not whole. NULL and an error.
 */
GPtrArray *nova_list_servers(struct cloud *cloud, const struct nova_list *list, GError **error);

/** One server; BROKER_ERROR_NOT_FOUND also for another project's. */
struct server *nova_get_server(struct cloud *cloud, const char *id, GError **error);

/**
 * POST an action; body is taken over. The reply may have any status: callers
 * treat 409 by the server's state. NULL and an error when there is none.
 */
struct api_reply *nova_action(struct cloud *cloud, const char *id, JsonNode *body, GError **error);

/** { "verb": null } and { "verb": { "key": "value" } }. */
JsonNode *nova_action_body(const char *verb, const char *key, const char *value);

/**
 * Ask for a console ("spice", "spice-html5"). The reply may have any status;
 * *url is set on success. Free with secret_free().
 */
struct api_reply *nova_create_console(struct cloud *cloud, const char *id, const char *protocol,
		const char *type, char **url, GError **error);

struct nova_console {
	char *host;
	int port; /* 0: none */
	int tls_port; /* 0: none */
	char *server_id;
};

/** Look a console token up (administrators). The reply may have any status. */
struct api_reply *nova_lookup_console(struct cloud *cloud, const char *token,
		struct nova_console *console, GError **error);
void nova_console_clear(struct nova_console *console);

/** Add or remove one tag. The reply may have any status. */
struct api_reply *nova_tag(struct cloud *cloud, const char *id, const char *tag, gboolean add,
		GError **error);

/** The tags as they are now, NULL at the end; NULL and an error. */
char **nova_get_tags(struct cloud *cloud, const char *id, GError **error);

/** A call of the compute API with the microversion set. */
struct api_reply *nova_call(struct cloud *cloud, const char *method, const char *path,
		JsonNode *body, GError **error);

#endif

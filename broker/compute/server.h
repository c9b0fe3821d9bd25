/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_SERVER_H
#define OSVDI_BROKER_SERVER_H

#include <glib.h>
#include <json-glib/json-glib.h>

/* Nova's status of a server whose part of the cloud (cell) is down. */
#define SERVER_UNREACHED "UNKNOWN"

/* A Nova server. Strings may be NULL but for id, name ("" where it is not known),
 * status (SERVER_UNREACHED). */
struct server {
	char *id;
	char *name;
	char *status;
	char *task_state;
	char *user_id;
	char *project_id;
	char *image_id;
	char *image_name; /* filled in by whoever asks the image service */
	char *flavor; /* name, or id below microversion 2.47 */
	char *host;
	char *fault; /* why it is in ERROR */
	char *lock_reason;
	char *pool; /* metadata osvdi:pool */
	char *plan_class; /* metadata osvdi:class, of a plan's desktop */
	gint64 plan_session; /* metadata osvdi:session, osvdi:until; 0: not told */
	gint64 plan_until, plan_opens;
	gboolean plan_deletes; /* it is deleted after plan_until, also when a user holds it */
	char **plan_users; /* names or ids; NULL: not told */
	char **limits; /* metadata osvdi:limit.N (base/limit-note.h); NULL: none */
	char *idle_id; /* metadata osvdi:idle; or NULL */
	gboolean busy; /* metadata osvdi:busy: it says that it works */
	char *plan_group; /* of Keystone, name or id; or NULL */
	gint64 created; /* seconds since 1970; 0: not told */
	char *lease_name; /* filled in by lease_annotate() */
	char *lease_end;
	gint64 power_state; /* Nova's number, -1: not told */
	gboolean locked;
	gboolean marked_default; /* metadata osvdi:default */
	char **tags; /* NULL at the end; never NULL itself */
};
typedef struct server auto_server;

/**
 * From the "server" object of Nova. NULL when it has no id.
 * Owner: server_free().
 */
struct server *server_new(JsonObject *object);
void server_free(struct server *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_server, server_free)

/** "running", "shutdown", ..., or NULL. */
const char *server_power_name(const struct server *server);

gboolean server_is(const struct server *server, const char *status);

/** Whether the cloud does not reach it now, and so cannot say what and whose it is. */
gboolean server_is_unreached(const struct server *server);

/** The Blazar reservation in the flavor's name ("reservation:ID"), or NULL. */
const char *server_reservation(const struct server *server);

#endif

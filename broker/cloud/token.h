/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TOKEN_H
#define OSVDI_BROKER_TOKEN_H

#include <glib.h>
#include <json-glib/json-glib.h>

/* A Keystone token and what came with it. All strings belong to it. */
struct token {
	char *id; /* the secret */
	gint64 expires; /* seconds since 1970, on this machine's clock */
	gint64 clock_ahead_s; /* this machine's clock before the service's */
	gboolean fresh; /* of this run: used until a service refuses it */
	char *identity; /* base of the Identity API that gave it; NULL when it was kept */
	char *user_id;
	char *user_name; /* may be NULL */
	char *project_id; /* NULL: not scoped to a project */
	char *project_name;
	JsonNode *body; /* the answer: { "token": { ... } } */
};

/**
 * From the answer of POST /v3/auth/tokens and its X-Subject-Token header.
 * Takes over body in every case. secrets learns the id; or NULL. Errors: BROKER_ERROR_SERVICE.
 */
struct token *token_new(JsonNode *body, const char *id, struct redact *secrets, GError **error);
void token_free(struct token *token);
struct token *token_copy(const struct token *token);

/**
 * Reckon with a service's clock that differs from ours: expires becomes a time of
 * this machine's clock, now_s being the moment of the answer. The service's time
 * is issued_at of the token, else server_s (its Date header; 0: not told).
 */
void token_set_clock(struct token *token, gint64 now_s, gint64 server_s);

/** As above, with a difference that is known from before. */
void token_shift_clock(struct token *token, gint64 ahead_s);

/** Whether the catalog came along and a project is in scope. */
gboolean token_is_scoped(const struct token *token);

gboolean token_has_role(const struct token *token, const char *role);

/**
 * The address of a service, without a slash at its end; NULL when the catalog
 * has none. types: acceptable service types, best first, NULL at the end.
 * region NULL: any. Free with g_free().
 */
char *token_endpoint(const struct token *token, const char *const *types, const char *region,
		const char *interface);

/** Add the regions in which the catalog has a service of these types, each once. */
void token_regions(const struct token *t, const char *const *types, GPtrArray *names);

#endif

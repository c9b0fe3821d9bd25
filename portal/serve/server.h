/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_SERVER_H
#define OSVDI_PORTAL_SERVER_H

#include "answer.h"
#include "config/portal-config.h"
#include "core/form.h"
#include "core/route.h"
#include "crew.h"

/*
 * HTTP: requests to a handler, its answers back. One thread; a handler that has to ask
 * the cloud defers its request to the crew meanwhile.
 */
struct http_server;
struct request;

#define REQUEST_ARGUMENT_MAX 4096

/** The answer; NULL when the request was deferred. With the server's lock. */
typedef struct answer *(*http_server_handler)(struct request *request, void *data);

/** Errors: the address cannot be listened at, a certificate cannot be used. */
struct http_server *http_server_new(const struct portal_config *config, struct crew *crew,
		http_server_handler handler, void *data, GError **error);
/** No new request comes in; those that were deferred are answered. Frees the crew. */
void http_server_free(struct http_server *server);

/** For those who touch what handlers use from another thread. */
void http_server_lock(struct http_server *server);
void http_server_unlock(struct http_server *server);

enum route request_route(const struct request *request);
const char *request_subject(const struct request *request);
/** The first header of that name, or NULL. */
const char *request_header(const struct request *request, const char *name);
/**
 * The value of a name in the query, or NULL: where there is none, none that makes sense
 * (no UTF-8, longer than REQUEST_ARGUMENT_MAX), or two.
 */
const char *request_argument(const struct request *request, const char *name);
/** The fields of a POST; NULL: they are not understood. */
const struct form *request_form(const struct request *request);
gboolean request_is_post(const struct request *request);
/** The client's address, as text. */
const char *request_client(const struct request *request);

/** Something to keep with the request until it is answered. */
void request_keep(struct request *request, gpointer kept, GDestroyNotify free_kept);
gpointer request_kept(const struct request *request);

typedef struct answer *(*request_end)(struct request *request, gpointer job);

/**
 * Run `work` with `job` in a worker, then `end` in the server's thread, with its lock.
 * FALSE: the workers are busy, and job is freed.
 */
gboolean request_defer(struct request *request, crew_job work, request_end end, gpointer job,
		GDestroyNotify free_job);

#endif

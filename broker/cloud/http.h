/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_HTTP_H
#define OSVDI_BROKER_HTTP_H

#include <glib.h>

#include "base/clock.h"
#include "hooks/caller.h"

#define HTTP_MAX_BODY (16 * 1024 * 1024) /* bytes; a longer reply is refused */
#define HTTP_MAX_HEADERS (64 * 1024) /* bytes of all header lines */

struct http;

struct http_request {
	const char *method;
	const char *url;
	const char *const *headers; /* "Name: value", NULL at the end; or NULL */
	const char *body; /* or NULL */
	const char *userpwd; /* "user:password" for Basic; or NULL */
	gboolean public_data; /* follow up to 3 redirects: nothing secret is sent */
	gboolean repeatable; /* no GET, but one that may be sent twice: a login */
	gboolean once; /* a GET that is not sent again */
	gboolean makes; /* makes something each time it is sent: goes over a new connection */
	int timeout_s; /* less than the usual; 0: the usual */
};

struct http_reply {
	long status;
	GString *body;
	GHashTable *headers; /* lower-case name -> value */
	gboolean cut; /* the service hung up before the reply was whole */
};

/**
 * Sends one request and fills the reply, or fails with BROKER_ERROR_SERVICE.
 * The real one is libcurl; tests put scripted answers in its place.
 */
typedef gboolean (*http_transport)(void *data, const struct http_request *request,
		struct http_reply *reply, GError **error);

/* A request that begins at the deadline or later has this long: what was begun can
 * be undone. */
#define HTTP_GRACE_S 2

struct http_params {
	const char *ca; /* PEM text: trust these alone; NULL: the system's */
	const char *cert; /* client certificate, PEM file; or NULL */
	const char *key; /* its key; or NULL */
	gboolean insecure; /* do not verify TLS peers */
	gboolean ipv4_only;
	int timeout_s; /* for one request; 0: 60 */
	gint64 deadline_us; /* no request outlives it, but see HTTP_GRACE_S; 0: none */
	const struct clock *clock; /* NULL: the system's */
	const struct caller *caller; /* borrowed until http_free(); or NULL */
	http_transport transport; /* NULL: libcurl */
	void *transport_data;
};

struct http_stats {
	guint requests;
	guint connections;
	gint64 network_us; /* time spent waiting for services */
};

/** Owner: http_free(). Strings of params are copied. NULL and error on failure. */
struct http *http_new(const struct http_params *params, GError **error);
void http_free(struct http *http);

/** Whom these requests are for; may be NULL. */
const struct caller *http_caller(const struct http *http);

/** No request outlives this moment of the clock, but see HTTP_GRACE_S; 0: none. */
void http_set_deadline(struct http *http, gint64 deadline_us);

/**
 * Send a request and wait for the whole reply. One connection to each service
 * is kept and used again. A GET, or what is repeatable, that meets a connection
 * cut off or 429, 502, 503, 504 is sent again, twice at most, after the time that
 * the service asks for (Retry-After) where that is short.
 *
 * Errors: BROKER_ERROR_SERVICE when there is no whole HTTP reply: host not
 *         found, refused, timed out, TLS not trusted, reply too large. A reply
 *         with an error status is a reply. BROKER_ERROR_NOT_READY when the
 *         deadline cut it short.
 * Owner:  http_reply_free().
 */
struct http_reply *http_send(struct http *http, const struct http_request *request, GError **error);

void http_get_stats(const struct http *http, struct http_stats *stats);

void http_reply_clear(struct http_reply *reply);
void http_reply_free(struct http_reply *reply);
typedef struct http_reply auto_http_reply;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_http_reply, http_reply_free)

/** Header value by lower-case name, or NULL. */
const char *http_reply_header(const struct http_reply *reply, const char *name);

/** The moment of the reply by the service's clock (Date), seconds; 0: not told. */
gint64 http_reply_date(const struct http_reply *reply);

/** How long the service asks to wait (Retry-After), seconds; -1: not told. */
gint64 http_retry_after_s(const struct http_reply *reply);

/** The same as text, "2 s"; NULL when it is not told. Free with g_free(). */
char *http_retry_after(const struct http_reply *reply);

/**
 * Take one raw header line into the reply, "Name: value\r\n" or a status line
 * (which starts the headers anew). FALSE when there is too much of them.
 */
gboolean http_reply_add_header_line(struct http_reply *reply, const char *line, gsize length);

/** "Not Found" for 404. */
const char *http_status_text(long status);

#endif

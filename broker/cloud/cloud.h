/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLOUD_H
#define OSVDI_BROKER_CLOUD_H

#include "base/clock.h"
#include "base/settings.h"
#include "cloud/api-reply.h"
#include "cloud/token.h"

/* One user at one cloud: token, service addresses, calls.
 * Thread: one at a time. */
struct cloud;

enum service {
	SERVICE_IDENTITY,
	SERVICE_COMPUTE,
	SERVICE_IMAGE,
	SERVICE_NETWORK,
	SERVICE_RESERVATION,
	SERVICE_PLACEMENT,
	SERVICE_COUNT,
};

struct cloud_params {
	const struct settings *settings; /* copied */
	const struct clock *clock; /* NULL: the system's */
	const char *cache_directory; /* NULL: keep no token */
	const struct token *token; /* of a login that was made before, copied; or NULL */
	int request_timeout_s; /* 0: 60 */
	gint64 deadline_us; /* of all requests together, on the clock; 0: none */
	const struct caller *caller; /* borrowed until cloud_free(); or NULL */
	http_transport transport; /* NULL: libcurl */
	void *transport_data;
};

struct cloud_request {
	enum service service;
	const char *method;
	const char *path; /* from the base of the service's API on, "/servers" */
	const char *url; /* instead: of the same service, for discovery; or NULL */
	const char *microversion; /* compute and placement only, or NULL */
	JsonNode *body; /* borrowed, or NULL */
	gboolean makes; /* makes or does something each time it is sent */
	gboolean aside; /* nice to know only: asked once, with little patience, and a
			 * refusal says nothing of the login */
};

struct cloud *cloud_new(const struct cloud_params *params, GError **error);
void cloud_free(struct cloud *cloud);

/** Ways to services as the settings say: whom to trust, as whom. params has the rest. */
struct http *cloud_open_http(const struct settings *s, struct http_params *params, GError **error);

/**
 * Get a token: from the cache, or by logging in.
 * Owner: the cloud; valid until the next call that may log in again.
 */
const struct token *cloud_token(struct cloud *cloud, GError **error);

/**
 * Call a service's API with the token. If the service refuses the token (401), log in
 * again, once.
 *
 * Errors: as keystone_authenticate(); BROKER_ERROR_SERVICE when the service is
 *         not in the catalog, does not answer, or answers a success that is not
 *         JSON. A reply with an error status is a reply: see api_reply_check().
 * Owner:  api_reply_free().
 */
struct api_reply *cloud_call(struct cloud *cloud, const struct cloud_request *request,
		GError **error);

/**
 * Address of a service, from the catalog or an override, with its templates filled.
 * Errors: BROKER_ERROR_SERVICE when the catalog has none, or none that is an address.
 * Owner:  g_free().
 */
char *cloud_address(struct cloud *cloud, enum service service, GError **error);

/** Where the API of a service is, when its address does not say so by itself. */
void cloud_set_base(struct cloud *cloud, enum service service, const char *base);

/** Whether the catalog has the service. */
gboolean cloud_has(struct cloud *cloud, enum service service);

/**
 * "north; this cloud also has south, west": where desktops are looked for, when
 * the files or the catalog name other regions; NULL when there is one only.
 */
char *cloud_region_note(struct cloud *cloud);

/**
 * Facts about one service of the cloud, kept with the token: see token-cache.h.
 * A fact holds for the address that this region and interface lead to. A value of NULL
 * forgets the fact.
 */
const char *cloud_fact(struct cloud *cloud, enum service service, const char *name);
void cloud_set_fact(struct cloud *cloud, enum service service, const char *name, const char *value);

/** Whom this login is for; may be NULL. */
const struct caller *cloud_caller(const struct cloud *cloud);

struct http *cloud_http(struct cloud *cloud);
const struct clock *cloud_clock(struct cloud *cloud);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_API_REPLY_H
#define OSVDI_BROKER_API_REPLY_H

#include <json-glib/json-glib.h>

#include "cloud/http.h"

/* The answer of a service of the cloud to one call. */
struct api_reply {
	long status;
	JsonNode *root; /* NULL: empty */
	JsonObject *object; /* the root, when it is an object */
	char *message; /* what the service said, cleaned; "" if nothing */
	char *where; /* "compute: GET /servers" for messages */
	char *address; /* of the service, redacted */
	char *location; /* where a redirect leads, redacted; or NULL */
	char *retry_after; /* "2 s": how long the service asks to wait; or NULL */
};
typedef struct api_reply auto_api_reply;

struct api_call {
	const char *service; /* "compute" */
	const char *method;
	const char *path; /* in the service's address */
	const char *url; /* whole */
	struct redact *secrets; /* that messages must not show; or NULL */
};

/**
 * NULL and BROKER_ERROR_SERVICE for a success that is not JSON.
 * Owner: api_reply_free().
 */
struct api_reply *api_reply_new(const struct api_call *call, const struct http_reply *http,
		GError **error);
void api_reply_free(struct api_reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_api_reply, api_reply_free)

gboolean api_reply_is_success(const struct api_reply *reply);

/**
 * FALSE and an error that fits the status, when it is no success. For calls of one
 * thing, which 404 says is not there.
 */
gboolean api_reply_check(const struct api_reply *reply, GError **error);

/**
 * The same for calls of what is always there, a list or a version: 404 says that
 * this is not the service's address (BROKER_ERROR_SERVICE).
 */
gboolean api_reply_check_list(const struct api_reply *reply, GError **error);

#endif

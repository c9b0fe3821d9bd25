/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PORTAL_H
#define OSVDI_PORTAL_PORTAL_H

#include "cloud/place.h"
#include "policy/csrf.h"
#include "policy/rates.h"
#include "policy/visitors.h"
#include "provider/provider.h"
#include "serve/crew.h"
#include "serve/files.h"

#include <tell/audit.h>
#include <ticket/seal.h>

/* All that visits use. With the server's lock, but for what never changes. */
struct portal {
	struct portal_config *config;
	struct place *place;
	struct keys *keys;
	struct audit *audit;
	struct crew *crew; /* borrowed: the server frees it */
	struct visitors *visitors; /* of struct person */
	struct provider *provider; /* of identities; or NULL */
	struct visitors *rounds; /* of struct round: on the way to the provider, by their state */
	struct rates *by_name, *by_address; /* logins */
	guint8 csrf_key[CSRF_KEY_BYTES];
	char *style, *style_path;
	struct files *files; /* of the page for browsers; or NULL */
	char *files_policy;
	gboolean ending;
};

/** Errors: the configuration, the keys, the cloud's settings. */
struct portal *portal_new(const char *config_file, GError **error);
void portal_free(struct portal *portal);

/** Begin to work: threads start. */
void portal_open(struct portal *portal);
/** Calls in progress end soon, and tokens at the cloud are left to end by themselves. */
void portal_end(struct portal *portal);

/** Forget who is gone. */
void portal_tick(struct portal *portal);
/** Read the keys again, and open the record again. */
gboolean portal_reload(struct portal *portal, GError **error);

#endif

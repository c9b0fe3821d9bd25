/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_DESKTOP_JSON_H
#define OSVDI_BROKER_DESKTOP_JSON_H

#include "base/redact.h"
#include "desktop/config.h"
#include "desktop/resolve.h"

/* The JSON that docs/user/broker.md promises to other programs. */

/**
 * The answer of `list`: an array of objects, one a server. preferred: the configured
 * default, or NULL.
 */
JsonNode *desktop_list_json(GPtrArray *servers, const char *preferred);

/** The answer of `resolve`. warnings: of char *. Holds
 * secrets. redact: what the reasons must not show; or NULL. */
JsonNode *desktop_resolve_json(const struct server *s, const struct address *a,
		const struct resolve_log *log, GPtrArray *warnings, struct redact *redact);

#endif

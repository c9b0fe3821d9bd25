/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLOUDS_H
#define OSVDI_BROKER_CLOUDS_H

#include "settings.h"

/**
 * Fill s, which holds what the command line said, from the environment and from
 * clouds.yaml, secure.yaml and clouds-public.yaml, in this order of precedence
 * (that of OpenStack's own clients): command line, OS_* variables, secure.yaml,
 * clouds.yaml, the vendor profile.
 *
 * The files are the first found in the working directory, the user's
 * configuration directory (openstack/) and /etc/openstack, or what
 * OS_CLIENT_CONFIG_FILE, OS_CLIENT_SECURE_FILE and OS_CLIENT_VENDOR_FILE name.
 * Without a named cloud and without OS_AUTH_URL the only cloud is taken.
 *
 * Errors: BROKER_ERROR_USAGE: a file that is no YAML, a cloud that is not there.
 */
gboolean clouds_resolve(struct settings *s, char **envp, GError **error);

/** The part of a clouds.yaml tree for one cloud with that of secure.yaml over it. */
gboolean clouds_pick(struct settings *s, JsonNode *clouds, JsonNode *secure, JsonNode *vendors, const char *name, GError **error);

/** The name of the only cloud of a tree, or NULL. Borrowed. */
const char *clouds_only_name(JsonNode *clouds);

#endif

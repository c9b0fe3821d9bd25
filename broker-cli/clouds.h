/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLOUDS_H
#define OSVDI_BROKER_CLOUDS_H

#include "base/settings.h"
#include "base/yaml-tree.h"

/**
 * Fill s, which holds what the command line said, from the environment and from
 * clouds.yaml, secure.yaml and clouds-public.yaml, in this order of precedence
 * (that of OpenStack's own clients): command line, OS_* variables, the values of
 * the region, secure.yaml, clouds.yaml, the vendor profile. The library checks the
 * result.
 *
 * Where the files are: see clouds-files.h; OS_CLIENT_CONFIG_FILE,
 * OS_CLIENT_SECURE_FILE and OS_CLIENT_VENDOR_FILE name others. Without a named
 * cloud and without OS_AUTH_URL the only cloud is taken. The cloud "envvars" (or
 * what OS_CLOUD_NAME says) is the OS_* variables alone.
 *
 * Errors: BROKER_ERROR_USAGE: a file that is no YAML, a cloud that is not there, a list
 *         or a mapping where one value is wanted.
 */
gboolean clouds_resolve(struct settings *s, char **envp, GError **error);

struct clouds_files {
	struct yaml *clouds, *secure, *vendors;
	gboolean has_auth_url; /* from what counts more than the files */
};

/** The part of the files for one cloud. s holds what counts more. */
gboolean clouds_pick(struct settings *s, const struct clouds_files *files, const char *name,
		GError **error);

/** The name of the only cloud of a tree, or NULL. Borrowed. */
const char *clouds_only_name(const struct yaml *clouds);

#endif

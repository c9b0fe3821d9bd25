/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLOUDS_FILES_H
#define OSVDI_BROKER_CLOUDS_FILES_H

#include "base/yaml-tree.h"

/**
 * The file that a variable names, or else the first of the standard places that
 * has "clouds" (or another name) as .yaml, .yml or .json; an empty tree if none.
 *
 * Errors: BROKER_ERROR_USAGE: a named file that is not there, a file that is no YAML.
 * Owner:  yaml_destroy().
 */
struct yaml *clouds_file(char **envp, const char *variable, const char *name, GError **error);

#endif

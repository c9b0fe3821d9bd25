/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_YAML_TREE_H
#define OSVDI_BROKER_YAML_TREE_H

#include <glib.h>
#include <json-glib/json-glib.h>

#define YAML_MAX_BYTES (1024 * 1024)
#define YAML_MAX_DEPTH 32
#define YAML_MAX_NODES 100000 /* after aliases are followed */

/**
 * Parse the first YAML document into a tree of JSON nodes: mappings become
 * objects, sequences arrays; every scalar is a string, but null, ~ and an empty
 * plain one are null. "<<" merges a mapping in. Aliases are followed.
 *
 * Errors: BROKER_ERROR_USAGE, with line numbers: no YAML, too large, too deep,
 *         a mapping key that is no scalar.
 * Owner:  json_node_unref(). An empty document gives an empty object.
 */
JsonNode *yaml_load(const char *data, gsize length, GError **error);

/** The same for a file; the error names it. *missing: there is none (no error). */
JsonNode *yaml_load_file(const char *path, gboolean *missing, GError **error);

#endif

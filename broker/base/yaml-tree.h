/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_YAML_TREE_H
#define OSVDI_BROKER_YAML_TREE_H

#include <glib.h>
#include <json-glib/json-glib.h>

#define YAML_MAX_BYTES (1024 * 1024)
#define YAML_MAX_DEPTH 32
#define YAML_MAX_NODES 100000 /* after aliases are followed */

/* A file's tree, and on which line each key of it stands. */
struct yaml {
	JsonNode *root;
	char *name; /* of the file, for messages */
	GHashTable *lines; /* JsonObject -> (key -> line) */
	GPtrArray *remarks; /* char *: what is odd, and read all the same */
};
typedef struct yaml auto_yaml;

/**
 * Parse the only YAML document (or JSON, which is YAML) into a tree of JSON
 * nodes: mappings become objects, sequences arrays; every scalar is a string as
 * it is written, but null, ~ and an empty plain one are null. "<<" merges a
 * mapping in, or a list of mappings of which the first wins. Aliases are
 * followed. YAML's own tags of scalars change nothing but that !!str makes a
 * string of null.
 *
 * Errors: BROKER_ERROR_USAGE, with line numbers: no YAML, too large, too deep,
 *         a mapping key that is no scalar, an unknown tag, a second document.
 * Owner:  yaml_destroy(). An empty document gives an empty object.
 */
struct yaml *yaml_load(const char *name, const char *data, gsize length, GError **error);

/** The same for a file; the error names it. *missing: there is none (no error). */
struct yaml *yaml_load_file(const char *path, gboolean *missing, GError **error);

void yaml_destroy(struct yaml *yaml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_yaml, yaml_destroy)

/** The line of a key of an object in this tree; 0: not known. */
int yaml_line(const struct yaml *yaml, JsonObject *object, const char *key);

/** "clouds.yaml:12 (key)", for messages. Free with g_free(). */
char *yaml_place(const struct yaml *yaml, JsonObject *object, const char *key);

#endif

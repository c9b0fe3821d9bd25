/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_JSON_H
#define OSVDI_BROKER_JSON_H

#include <glib.h>
#include <json-glib/json-glib.h>

/*
 * json-glib with every type checked: bytes from a service are hostile, and
 * json-glib's own getters assert. All getters accept NULL objects and return
 * borrowed values, valid while the document is.
 */
#define JSON_MAX_BYTES (16 * 1024 * 1024)
#define JSON_MAX_DEPTH 64

/**
 * Parse one JSON document that is an array or an object (RFC 8259; none of json-glib's
 * extensions).
 *
 * Errors: BROKER_ERROR_SERVICE: not such a document, over JSON_MAX_BYTES or nested deeper
 *         than JSON_MAX_DEPTH (json-glib recurses once a level).
 * Owner:  release with json_node_unref().
 */
JsonNode *js_load(const char *data, gsize length, GError **error);

/** The root as an object, NULL when it is something else. */
JsonObject *js_root_object(JsonNode *root);

/** Member of that type, NULL when it is absent or of another type. */
const char *js_str(JsonObject *object, const char *key);
JsonObject *js_obj(JsonObject *object, const char *key);
JsonArray *js_arr(JsonObject *object, const char *key);
/** Boolean member, fallback when it is absent or of another type. */
gboolean js_bool(JsonObject *object, const char *key, gboolean fallback);
/** Integer member, fallback when it is absent or of another type. */
gint64 js_int(JsonObject *object, const char *key, gint64 fallback);

/** Element i when it is an object or string, else NULL. */
JsonObject *js_elem_obj(JsonArray *array, guint i);
const char *js_elem_str(JsonArray *array, guint i);
/** Length; 0 for NULL. */
guint js_len(JsonArray *array);

/** Text of a document. Free with g_free(). */
char *js_dump(JsonNode *root, gboolean pretty);

/**
 * The same for people's eyes: what steers a terminal or turns the direction of
 * writing is escaped. Free with g_free().
 */
char *js_dump_shown(JsonNode *root, gboolean pretty);

/** Builder shorthands: a member that is null when the value is NULL. */
void js_add_str(JsonBuilder *b, const char *key, const char *value);
void js_add_int(JsonBuilder *b, const char *key, gint64 value);
void js_add_bool(JsonBuilder *b, const char *key, gboolean value);
void js_add_null(JsonBuilder *b, const char *key);
void js_begin_obj(JsonBuilder *b, const char *key);
void js_begin_arr(JsonBuilder *b, const char *key);
/** The finished document; the builder may be freed then. */
JsonNode *js_finish(JsonBuilder *b);

#endif

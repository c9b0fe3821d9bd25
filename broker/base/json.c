/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include <osvdi-common/json-form.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

JsonNode *js_load(const char *data, gsize length, GError **error)
{
	g_autoptr(JsonParser) parser = NULL;
	g_autoptr(GError) e = NULL;
	const char *bad;

	if (length > JSON_MAX_BYTES)
		bad = "it is too large";
	else if (!length)
		bad = "it is empty";
	else if (!g_utf8_validate_len(data, length, NULL))
		bad = "it is not UTF-8";
	else
		bad = json_form_check(data, length, JSON_MAX_DEPTH);
	if (bad) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "not JSON: %s", bad);
		return NULL;
	}
	parser = json_parser_new_immutable();
	if (!json_parser_load_from_data(parser, data, (gssize)length, &e) ||
			!json_parser_get_root(parser)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"not JSON (%" G_GSIZE_FORMAT " bytes)", length);
		return NULL;
	}
	return json_parser_steal_root(parser);
}

JsonObject *js_root_object(JsonNode *root)
{
	return root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
}

static JsonNode *member(JsonObject *object, const char *key)
{
	return object ? json_object_get_member(object, key) : NULL;
}

static const char *node_str(JsonNode *n)
{
	if (!n || !JSON_NODE_HOLDS_VALUE(n) || json_node_get_value_type(n) != G_TYPE_STRING)
		return NULL;
	return json_node_get_string(n);
}

const char *js_str(JsonObject *object, const char *key)
{
	return node_str(member(object, key));
}

JsonObject *js_obj(JsonObject *object, const char *key)
{
	return js_root_object(member(object, key));
}

JsonArray *js_arr(JsonObject *object, const char *key)
{
	JsonNode *n = member(object, key);

	return n && JSON_NODE_HOLDS_ARRAY(n) ? json_node_get_array(n) : NULL;
}

gboolean js_bool(JsonObject *object, const char *key, gboolean fallback)
{
	JsonNode *n = member(object, key);

	if (!n || !JSON_NODE_HOLDS_VALUE(n) || json_node_get_value_type(n) != G_TYPE_BOOLEAN)
		return fallback;
	return json_node_get_boolean(n);
}

gint64 js_int(JsonObject *object, const char *key, gint64 fallback)
{
	JsonNode *n = member(object, key);

	if (!n || !JSON_NODE_HOLDS_VALUE(n) || json_node_get_value_type(n) != G_TYPE_INT64)
		return fallback;
	return json_node_get_int(n);
}

guint js_len(JsonArray *array)
{
	return array ? json_array_get_length(array) : 0;
}

JsonObject *js_elem_obj(JsonArray *array, guint i)
{
	return i < js_len(array) ? js_root_object(json_array_get_element(array, i)) : NULL;
}

const char *js_elem_str(JsonArray *array, guint i)
{
	return i < js_len(array) ? node_str(json_array_get_element(array, i)) : NULL;
}

char *js_dump(JsonNode *root, gboolean pretty)
{
	g_autoptr(JsonGenerator) g = json_generator_new();

	json_generator_set_pretty(g, pretty);
	json_generator_set_indent(g, 1);
	json_generator_set_root(g, root);
	return json_generator_to_data(g, NULL);
}

/* Outside of strings JSON is ASCII, so each of these stands within one. */
static void add_escaped(GString *out, gunichar c)
{
	if (c > 0xffff) {
		g_string_append_printf(out, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	g_string_append_printf(out, "\\u%04x", c);
}

char *js_dump_shown(JsonNode *root, gboolean pretty)
{
	char *text = js_dump(root, pretty);
	GString *out = g_string_sized_new(strlen(text));

	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n' || text_char_is_shown(c))
			g_string_append_unichar(out, c);
		else
			add_escaped(out, c);
	}
	secret_free(text);
	return g_string_free(out, FALSE);
}

void js_add_str(JsonBuilder *b, const char *key, const char *value)
{
	json_builder_set_member_name(b, key);
	if (value)
		json_builder_add_string_value(b, value);
	else
		json_builder_add_null_value(b);
}

void js_add_int(JsonBuilder *b, const char *key, gint64 value)
{
	json_builder_set_member_name(b, key);
	json_builder_add_int_value(b, value);
}

void js_add_bool(JsonBuilder *b, const char *key, gboolean value)
{
	json_builder_set_member_name(b, key);
	json_builder_add_boolean_value(b, value);
}

void js_add_null(JsonBuilder *b, const char *key)
{
	js_add_str(b, key, NULL);
}

void js_begin_obj(JsonBuilder *b, const char *key)
{
	if (key)
		json_builder_set_member_name(b, key);
	json_builder_begin_object(b);
}

void js_begin_arr(JsonBuilder *b, const char *key)
{
	if (key)
		json_builder_set_member_name(b, key);
	json_builder_begin_array(b);
}

JsonNode *js_finish(JsonBuilder *b)
{
	return json_builder_get_root(b);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "error.h"
#include "text.h"
#include "yaml-tree.h"

struct conversion {
	yaml_document_t *document;
	int depth;
	int nodes;
	GError **error;
};

static JsonNode *convert(struct conversion *c, int index);

static void *refuse(struct conversion *c, const yaml_node_t *node, const char *what)
{
	if (!c->error || !*c->error)
		g_set_error(c->error, BROKER_ERROR, BROKER_ERROR_USAGE, "line %lu: %s", node ? (unsigned long)node->start_mark.line + 1 : 0, what);
	return NULL;
}

static JsonNode *convert_scalar(struct conversion *c, const yaml_node_t *n)
{
	const char *text = (const char *)n->data.scalar.value;
	JsonNode *out = json_node_alloc();

	if (memchr(text, 0, n->data.scalar.length)) {
		json_node_unref(out);
		return refuse(c, n, "a NUL character");
	}
	if (n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && (!*text || !strcmp(text, "~") || !strcmp(text, "null")))
		return json_node_init_null(out);
	return json_node_init_string(out, text);
}

static JsonNode *convert_sequence(struct conversion *c, const yaml_node_t *n)
{
	g_autoptr(JsonArray) array = json_array_new();
	JsonNode *out;

	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
		JsonNode *element = convert(c, *i);

		if (!element)
			return NULL;
		json_array_add_element(array, element);
	}
	out = json_node_alloc();
	return json_node_init_array(out, array);
}

static void merge(JsonObject *into, JsonNode *from)
{
	GList *names;

	if (!JSON_NODE_HOLDS_OBJECT(from))
		return;
	names = json_object_get_members(json_node_get_object(from));
	for (GList *i = names; i; i = i->next)
		if (!json_object_has_member(into, i->data))
			json_object_set_member(into, i->data, json_object_dup_member(json_node_get_object(from), i->data));
	g_list_free(names);
}

static JsonNode *convert_mapping(struct conversion *c, const yaml_node_t *n)
{
	g_autoptr(JsonObject) object = json_object_new();
	JsonNode *out;

	for (yaml_node_pair_t *i = n->data.mapping.pairs.start; i < n->data.mapping.pairs.top; i++) {
		const yaml_node_t *key = yaml_document_get_node(c->document, i->key);
		JsonNode *value;

		if (!key || key->type != YAML_SCALAR_NODE || memchr(key->data.scalar.value, 0, key->data.scalar.length))
			return refuse(c, key ? key : n, "a key that is not a plain word");
		value = convert(c, i->value);
		if (!value)
			return NULL;
		if (!strcmp((const char *)key->data.scalar.value, "<<")) {
			merge(object, value);
			json_node_unref(value);
		} else {
			json_object_set_member(object, (const char *)key->data.scalar.value, value);
		}
	}
	out = json_node_alloc();
	return json_node_init_object(out, object);
}

static JsonNode *convert(struct conversion *c, int index)
{
	const yaml_node_t *n = yaml_document_get_node(c->document, index);
	JsonNode *out = NULL;

	if (!n)
		return refuse(c, NULL, "a broken document");
	if (++c->nodes > YAML_MAX_NODES)
		return refuse(c, n, "too many values");
	if (++c->depth > YAML_MAX_DEPTH)
		return refuse(c, n, "nested too deeply");
	switch (n->type) {
	case YAML_SCALAR_NODE: out = convert_scalar(c, n); break;
	case YAML_SEQUENCE_NODE: out = convert_sequence(c, n); break;
	case YAML_MAPPING_NODE: out = convert_mapping(c, n); break;
	default: refuse(c, n, "an empty value"); break;
	}
	c->depth--;
	return out;
}

static JsonNode *empty_object(void)
{
	JsonObject *object = json_object_new();
	JsonNode *out = json_node_alloc();

	json_node_init_object(out, object);
	json_object_unref(object);
	return out;
}

static JsonNode *load_document(yaml_parser_t *parser, GError **error)
{
	yaml_document_t document;
	struct conversion c = { &document, 0, 0, error };
	JsonNode *out;

	if (!yaml_parser_load(parser, &document)) {
		g_autofree char *problem = text_clean(parser->problem, 200);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "line %lu: %s", (unsigned long)parser->problem_mark.line + 1, *problem ? problem : "not YAML");
		return NULL;
	}
	out = yaml_document_get_root_node(&document) ? convert(&c, 1) : empty_object();
	yaml_document_delete(&document);
	return out;
}

JsonNode *yaml_load(const char *data, gsize length, GError **error)
{
	g_autoptr(GError) e = NULL;
	yaml_parser_t parser;
	JsonNode *out;

	if (length > YAML_MAX_BYTES) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "over %d bytes", YAML_MAX_BYTES);
		return NULL;
	}
	if (!g_utf8_validate_len(data, length, NULL)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "not UTF-8 text");
		return NULL;
	}
	if (!yaml_parser_initialize(&parser))
		g_error("yaml_parser_initialize: out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);
	out = load_document(&parser, &e);
	yaml_parser_delete(&parser);
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	return out;
}

JsonNode *yaml_load_file(const char *path, gboolean *missing, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *data = NULL;
	JsonNode *out = NULL;
	gsize length;

	*missing = FALSE;
	if (g_file_get_contents(path, &data, &length, &e))
		out = yaml_load(data, length, &e);
	else
		*missing = g_error_matches(e, G_FILE_ERROR, G_FILE_ERROR_NOENT) || g_error_matches(e, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
	if (data)
		explicit_bzero(data, length);
	if (!out && !*missing)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", path, e->message);
	return out;
}

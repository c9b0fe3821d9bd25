/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/yaml-tree.h"

#define TAG_PREFIX "tag:yaml.org,2002:"

/* The node that an anchor names. */
struct anchor {
	JsonNode *node;
	int nodes; /* of its tree: an alias counts as many */
};

struct reader {
	yaml_parser_t parser;
	struct yaml *yaml;
	GHashTable *anchors; /* name -> struct anchor */
	int depth;
	int nodes;
	GError **error;
};

static JsonNode *read_node(struct reader *r, const yaml_event_t *e);

static void *refuse(struct reader *r, size_t line, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void *refuse(struct reader *r, size_t line, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	if (!*r->error)
		g_set_error(r->error, BROKER_ERROR, BROKER_ERROR_USAGE, "line %lu: %s",
				(unsigned long)line + 1, what);
	return NULL;
}

static gboolean next(struct reader *r, yaml_event_t *e)
{
	g_autofree char *problem = NULL;

	if (yaml_parser_parse(&r->parser, e))
		return TRUE;
	problem = text_clean(r->parser.problem, 200);
	refuse(r, r->parser.problem_mark.line, "%s", *problem ? problem : "not YAML");
	memset(e, 0, sizeof(*e));
	return FALSE;
}

/* A tag that is not known may mean that the text is no value yet: encrypted, a variable. */
static gboolean check_tag(struct reader *r, const yaml_event_t *e, const char *tag,
		const char *const *known)
{
	g_autofree char *shown = NULL;

	if (!tag || !strcmp(tag, "!"))
		return TRUE;
	if (g_str_has_prefix(tag, TAG_PREFIX) && g_strv_contains(known, tag + strlen(TAG_PREFIX)))
		return TRUE;
	shown = text_clean(tag, 60);
	refuse(r, e->start_mark.line, "the tag \"%s\" is not understood", shown);
	return FALSE;
}

static gboolean is_null(const yaml_event_t *e, const char *text)
{
	const char *tag = (const char *)e->data.scalar.tag;

	if (tag && !strcmp(tag, TAG_PREFIX "null"))
		return TRUE;
	if (tag || e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return FALSE;
	return !*text || !strcmp(text, "~") || !strcmp(text, "null");
}

static JsonNode *read_scalar(struct reader *r, const yaml_event_t *e)
{
	static const char *const known[] = { "str", "int", "float", "bool", "null", "timestamp",
		NULL };
	const char *text = (const char *)e->data.scalar.value;

	if (memchr(text, 0, e->data.scalar.length))
		return refuse(r, e->start_mark.line, "a NUL character");
	if (!check_tag(r, e, (const char *)e->data.scalar.tag, known))
		return NULL;
	if (is_null(e, text))
		return json_node_init_null(json_node_alloc());
	return json_node_init_string(json_node_alloc(), text);
}

static JsonNode *read_sequence(struct reader *r, const yaml_event_t *start)
{
	static const char *const known[] = { "seq", NULL };
	g_autoptr(JsonArray) array = json_array_new();
	yaml_event_t e;

	if (!check_tag(r, start, (const char *)start->data.sequence_start.tag, known))
		return NULL;
	while (next(r, &e)) {
		JsonNode *element = NULL;

		if (e.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&e);
			return json_node_init_array(json_node_alloc(), array);
		}
		element = read_node(r, &e);
		yaml_event_delete(&e);
		if (!element)
			return NULL;
		json_array_add_element(array, element);
	}
	return NULL;
}

static void set_line(struct yaml *y, JsonObject *object, const char *key, int line)
{
	GHashTable *of_object = g_hash_table_lookup(y->lines, object);

	if (!of_object) {
		of_object = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(y->lines, json_object_ref(object), of_object);
	}
	g_hash_table_replace(of_object, g_strdup(key), GINT_TO_POINTER(line));
}

static gboolean refuse_merge(struct reader *r, size_t line)
{
	return refuse(r, line, "<<: a mapping, or a list of mappings, is wanted") != NULL;
}

/* Adds to `merged` the keys that it does not have yet: the first of several wins. */
static gboolean merge(struct reader *r, JsonObject *merged, JsonNode *from, size_t line)
{
	g_autoptr(GList) names = NULL;
	JsonObject *o;

	if (JSON_NODE_HOLDS_ARRAY(from)) {
		JsonArray *all = json_node_get_array(from);

		for (guint i = 0; i < json_array_get_length(all); i++)
			if (JSON_NODE_HOLDS_ARRAY(json_array_get_element(all, i)) ||
					!merge(r, merged, json_array_get_element(all, i), line))
				return refuse_merge(r, line);
		return TRUE;
	}
	if (!JSON_NODE_HOLDS_OBJECT(from))
		return refuse(r, line, "<<: a mapping, or a list of mappings, is wanted") != NULL;
	o = json_node_get_object(from);
	names = json_object_get_members(o);
	for (GList *i = names; i; i = i->next) {
		if (json_object_has_member(merged, i->data))
			continue;
		json_object_set_member(merged, i->data, json_object_dup_member(o, i->data));
		set_line(r->yaml, merged, i->data, yaml_line(r->yaml, o, i->data));
	}
	return TRUE;
}

static gboolean is_merge_key(const yaml_event_t *e)
{
	return !strcmp((const char *)e->data.scalar.value, "<<") &&
			e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* One pair, of which e is the key. */
static gboolean read_pair(struct reader *r, const yaml_event_t *e, JsonObject *object,
		JsonObject *merged)
{
	const char *key = (const char *)e->data.scalar.value;
	size_t line = e->start_mark.line;
	yaml_event_t value;
	JsonNode *node;
	gboolean ok = TRUE;

	if (e->type != YAML_SCALAR_EVENT || memchr(key, 0, e->data.scalar.length))
		return refuse(r, line, "a key that is not a plain word") != NULL;
	if (!next(r, &value))
		return FALSE;
	node = read_node(r, &value);
	yaml_event_delete(&value);
	if (!node)
		return FALSE;
	if (is_merge_key(e)) {
		ok = merge(r, merged, node, line);
		json_node_unref(node);
		return ok;
	}
	if (json_object_has_member(object, key)) {
		g_autofree char *shown = text_clean(key, 60);

		g_ptr_array_add(r->yaml->remarks,
				g_strdup_printf("line %lu: \"%s\" is given twice; the last one "
						"counts",
						(unsigned long)line + 1, shown));
	}
	json_object_set_member(object, key, node);
	set_line(r->yaml, object, key, (int)line + 1);
	return TRUE;
}

static JsonNode *read_mapping(struct reader *r, const yaml_event_t *start)
{
	static const char *const known[] = { "map", NULL };
	g_autoptr(JsonObject) object = json_object_new();
	g_autoptr(JsonObject) merged = json_object_new();
	yaml_event_t e;

	if (!check_tag(r, start, (const char *)start->data.mapping_start.tag, known))
		return NULL;
	while (next(r, &e)) {
		gboolean end = e.type == YAML_MAPPING_END_EVENT;
		gboolean ok = end || read_pair(r, &e, object, merged);

		yaml_event_delete(&e);
		if (!ok)
			return NULL;
		if (end) {
			g_autoptr(JsonNode) below =
					json_node_init_object(json_node_alloc(), merged);

			merge(r, object, below, 0);
			return json_node_init_object(json_node_alloc(), object);
		}
	}
	return NULL;
}

static JsonNode *read_alias(struct reader *r, const yaml_event_t *e)
{
	const struct anchor *a = g_hash_table_lookup(r->anchors, e->data.alias.anchor);

	if (!a)
		return refuse(r, e->start_mark.line,
				"an alias of something that does not stand before");
	r->nodes += a->nodes;
	if (r->nodes > YAML_MAX_NODES)
		return refuse(r, e->start_mark.line, "too many values");
	return json_node_copy(a->node);
}

static void anchor_free(gpointer data)
{
	struct anchor *a = data;

	json_node_unref(a->node);
	g_free(a);
}

static const char *anchor_of(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT: return (const char *)e->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT: return (const char *)e->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT: return (const char *)e->data.mapping_start.anchor;
	default: return NULL;
	}
}

static JsonNode *read_node(struct reader *r, const yaml_event_t *e)
{
	const char *name = anchor_of(e);
	int before = r->nodes;
	JsonNode *out = NULL;

	if (++r->nodes > YAML_MAX_NODES)
		return refuse(r, e->start_mark.line, "too many values");
	if (++r->depth > YAML_MAX_DEPTH)
		return refuse(r, e->start_mark.line, "nested too deeply");
	switch (e->type) {
	case YAML_SCALAR_EVENT: out = read_scalar(r, e); break;
	case YAML_SEQUENCE_START_EVENT: out = read_sequence(r, e); break;
	case YAML_MAPPING_START_EVENT: out = read_mapping(r, e); break;
	case YAML_ALIAS_EVENT: out = read_alias(r, e); break;
	default: refuse(r, e->start_mark.line, "an empty value"); break;
	}
	r->depth--;
	if (out && name) {
		struct anchor *a = g_new0(struct anchor, 1);

		a->node = json_node_copy(out);
		a->nodes = r->nodes - before;
		g_hash_table_replace(r->anchors, g_strdup(name), a);
	}
	return out;
}

/* The events of a stream with one document, or none. */
static JsonNode *read_stream(struct reader *r)
{
	g_autoptr(JsonNode) root = NULL;
	yaml_event_t e;

	while (next(r, &e)) {
		yaml_event_type_t type = e.type;
		size_t line = e.start_mark.line;
		gboolean ok = TRUE;

		if (type == YAML_DOCUMENT_START_EVENT && root)
			ok = refuse(r, line, "a second document begins; a file of one is wanted") !=
					NULL;
		else if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
				type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT)
			ok = (root = read_node(r, &e)) != NULL;
		yaml_event_delete(&e);
		if (!ok)
			return NULL;
		if (type == YAML_STREAM_END_EVENT && (!root || JSON_NODE_HOLDS_NULL(root))) {
			g_autoptr(JsonObject) empty = json_object_new();

			return json_node_init_object(json_node_alloc(), empty);
		}
		if (type == YAML_STREAM_END_EVENT)
			return g_steal_pointer(&root);
	}
	return NULL;
}

struct yaml *yaml_load(const char *name, const char *data, gsize length, GError **error)
{
	g_autoptr(auto_yaml) y = g_new0(struct yaml, 1);
	g_autoptr(GError) e = NULL;
	struct reader r = { .yaml = y, .error = &e };

	y->name = g_strdup(name);
	y->lines = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)json_object_unref,
			(GDestroyNotify)g_hash_table_unref);
	y->remarks = g_ptr_array_new_with_free_func(g_free);
	if (length > YAML_MAX_BYTES) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "over %d bytes",
				YAML_MAX_BYTES);
		return NULL;
	}
	if (!g_utf8_validate_len(data, length, NULL)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "not UTF-8 text");
		return NULL;
	}
	if (!yaml_parser_initialize(&r.parser))
		g_error("yaml_parser_initialize: out of memory");
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)data, length);
	r.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, anchor_free);
	y->root = read_stream(&r);
	g_hash_table_unref(r.anchors);
	yaml_parser_delete(&r.parser);
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	return y->root ? g_steal_pointer(&y) : NULL;
}

struct yaml *yaml_load_file(const char *path, gboolean *missing, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *data = NULL;
	struct yaml *out = NULL;
	gsize length;

	*missing = FALSE;
	if (g_file_get_contents(path, &data, &length, &e)) {
		out = yaml_load(path, data, length, &e);
		if (!out)
			g_prefix_error(&e, "%s: ", path);
	} else {
		*missing = g_error_matches(e, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
				g_error_matches(e, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
	}
	if (data)
		explicit_bzero(data, length);
	if (!out && !*missing)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", e->message);
	return out;
}

void yaml_destroy(struct yaml *y)
{
	if (!y)
		return;
	g_clear_pointer(&y->root, json_node_unref);
	g_clear_pointer(&y->lines, g_hash_table_unref);
	g_clear_pointer(&y->remarks, g_ptr_array_unref);
	g_free(y->name);
	g_free(y);
}

int yaml_line(const struct yaml *y, JsonObject *object, const char *key)
{
	GHashTable *of_object = y && object ? g_hash_table_lookup(y->lines, object) : NULL;

	return of_object ? GPOINTER_TO_INT(g_hash_table_lookup(of_object, key)) : 0;
}

char *yaml_place(const struct yaml *y, JsonObject *object, const char *key)
{
	g_autofree char *shown = text_clean(key, 60);
	int line = yaml_line(y, object, key);

	if (!line)
		return g_strdup_printf("%s (%s)", y ? y->name : "?", shown);
	return g_strdup_printf("%s:%d (%s)", y->name, line, shown);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/discovery.h"
#include "compute/nova.h"
#include "hooks/caller.h"

/* More than any project has: a list without an end. */
#define MAX_SERVERS 100000
/* A console more than was wanted does no harm. */
#define CONSOLES "/remote-consoles"

int nova_minor(struct cloud *cloud, GError **error)
{
	return cloud_token(cloud, error) ? discovery_compute(cloud, error) : -1;
}

static struct api_reply *call_once(struct cloud *cloud, const char *method, const char *path,
		JsonNode *body, GError **error)
{
	struct cloud_request r = { .service = SERVICE_COMPUTE,
		.method = method,
		.path = path,
		.body = body,
		.makes = !strcmp(method, "POST") && !g_str_has_suffix(path, CONSOLES) };
	int minor = nova_minor(cloud, error);
	g_autofree char *version = g_strdup_printf("2.%d", minor);

	if (minor < 0)
		return NULL;
	r.microversion = version;
	return cloud_call(cloud, &r, error);
}

/* 406: what is known of the service is not true any more (it was changed, or another
 * one answers at its address): look anew, and ask once more. */
struct api_reply *nova_call(struct cloud *cloud, const char *method, const char *path,
		JsonNode *body, GError **error)
{
	g_autoptr(auto_api_reply) reply = call_once(cloud, method, path, body, error);

	if (!reply || reply->status != 406)
		return g_steal_pointer(&reply);
	log_info(cloud_caller(cloud), "%s: %s; asking anew what it knows", reply->where,
			reply->message);
	cloud_set_fact(cloud, SERVICE_COMPUTE, "compute_api", NULL);
	return call_once(cloud, method, path, body, error);
}

static void add_query(GString *path, const char *name, const char *value)
{
	g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(path, "%c%s=%s", strchr(path->str, '?') ? '&' : '?', name, escaped);
}

/* Nova's name filter is a regular expression of its database. */
static void add_name(GString *path, const char *name)
{
	g_autofree char *escaped = g_regex_escape_string(name, -1);
	g_autofree char *whole = g_strdup_printf("^%s$", escaped);

	add_query(path, "name", whole);
}

static char *list_path(const struct nova_list *list, int minor, const char *marker)
{
	GString *path = g_string_new("/servers/detail");

	if (list->name)
		add_name(path, list->name);
	if (list->user_id && minor >= NOVA_MINOR_USER_FILTER)
		add_query(path, "user_id", list->user_id);
	if (list->all_projects)
		add_query(path, "all_tenants", "1");
	if (marker)
		add_query(path, "marker", marker);
	return g_string_free(path, FALSE);
}

static gboolean has_next(JsonObject *document)
{
	JsonArray *links = js_arr(document, "servers_links");

	for (guint i = 0; i < js_len(links); i++)
		if (!g_strcmp0(js_str(js_elem_obj(links, i), "rel"), "next"))
			return TRUE;
	return FALSE;
}

/* Counts of the list's entries that cannot be used. */
struct oddities {
	guint unreached; /* in a part of the cloud that is down */
	guint junk; /* no servers at all */
};

static gboolean take_page(GPtrArray *out, const struct nova_list *list, JsonObject *document,
		struct oddities *odd, GError **error)
{
	JsonArray *servers = js_arr(document, "servers");
	guint junk = 0;

	if (!servers) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"compute: its list of servers is no list");
		return FALSE;
	}
	for (guint i = 0; i < js_len(servers); i++) {
		struct server *s = server_new(js_elem_obj(servers, i));

		junk += !s;
		if (!s)
			continue;
		odd->unreached += server_is_unreached(s);
		if (list->name && strcmp(list->name, s->name))
			server_free(s);
		else
			g_ptr_array_add(out, s);
	}
	odd->junk += junk;
	if (!junk || junk < js_len(servers))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"compute: no entry of its list is a server");
	return FALSE;
}

static void warn_of_oddities(const struct caller *c, const struct nova_list *list,
		const struct oddities *odd)
{
	if (odd->unreached)
		log_warning(c, "the cloud does not reach %u of the servers now, and does not say "
				"whose they are: desktops may be missing here",
				odd->unreached);
	if (odd->junk)
		log_warning(c, "%u entries of the list of servers are not understood: desktops "
				"may be missing here",
				odd->junk);
	if (list->incomplete)
		*list->incomplete = odd->unreached || odd->junk;
}

/* The last one with an id. */
static const char *marker_of(JsonArray *servers)
{
	for (guint i = js_len(servers); i-- > 0;) {
		const char *id = js_str(js_elem_obj(servers, i), "id");

		if (text_is_uuid(id))
			return id;
	}
	return NULL;
}

/* The next page is asked by marker: a link is text from outside, and the token
 * goes to no address but the catalog's. */
GPtrArray *nova_list_servers(struct cloud *cloud, const struct nova_list *list, GError **error)
{
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)server_free);
	g_autofree char *marker = NULL;
	g_autoptr(GHashTable) markers =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	int minor = nova_minor(cloud, error);
	struct oddities odd = { 0 };
	gsize n = 0;

	if (minor < 0)
		return NULL;
	while (n < MAX_SERVERS) {
		g_autofree char *path = list_path(list, minor, marker);
		g_autoptr(auto_api_reply) reply = nova_call(cloud, "GET", path, NULL, error);
		JsonArray *servers;
		const char *last;

		if (!reply || !api_reply_check_list(reply, error) ||
				!take_page(out, list, reply->object, &odd, error))
			return NULL;
		servers = js_arr(reply->object, "servers");
		n += js_len(servers);
		last = marker_of(servers);
		if (!has_next(reply->object) || !last) {
			warn_of_oddities(cloud_caller(cloud), list, &odd);
			return g_steal_pointer(&out);
		}
		/* The page of a marker that was asked for already. */
		if (!g_hash_table_add(markers, g_strdup(last)))
			break;
		g_free(marker);
		marker = g_strdup(last);
	}
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"compute: its list of servers does not end");
	return NULL;
}

struct server *nova_get_server(struct cloud *cloud, const char *id, GError **error)
{
	g_autofree char *path = g_strdup_printf("/servers/%s", id);
	g_autoptr(auto_api_reply) reply = nova_call(cloud, "GET", path, NULL, error);
	struct server *s;

	if (!reply)
		return NULL;
	if (reply->status == 404) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_FOUND,
				"there is no desktop %s (or it belongs to another project)", id);
		return NULL;
	}
	if (!api_reply_check(reply, error))
		return NULL;
	s = server_new(js_obj(reply->object, "server"));
	if (!s || g_ascii_strcasecmp(s->id, id)) {
		server_free(s);
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"%s: the answer is not that server", reply->where);
		return NULL;
	}
	return s;
}

JsonNode *nova_action_body(const char *verb, const char *key, const char *value)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_obj(b, NULL);
	if (key) {
		js_begin_obj(b, verb);
		js_add_str(b, key, value);
		json_builder_end_object(b);
	} else {
		js_add_null(b, verb);
	}
	json_builder_end_object(b);
	return js_finish(b);
}

struct api_reply *nova_action(struct cloud *cloud, const char *id, JsonNode *body, GError **error)
{
	g_autofree char *path = g_strdup_printf("/servers/%s/action", id);
	g_autoptr(JsonNode) owned = body;

	return nova_call(cloud, "POST", path, owned, error);
}

static struct api_reply *create_legacy_console(struct cloud *cloud, const char *id,
		const char *type, GError **error)
{
	const char *verb = !strcmp(type, "novnc") ? "os-getVNCConsole" : "os-getSPICEConsole";

	return nova_action(cloud, id, nova_action_body(verb, "type", type), error);
}

static JsonNode *console_body(const char *protocol, const char *type)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_obj(b, NULL);
	js_begin_obj(b, "remote_console");
	js_add_str(b, "protocol", protocol);
	js_add_str(b, "type", type);
	json_builder_end_object(b);
	json_builder_end_object(b);
	return js_finish(b);
}

struct api_reply *nova_create_console(struct cloud *cloud, const char *id, const char *protocol,
		const char *type, char **url, GError **error)
{
	g_autofree char *path = g_strdup_printf("/servers/%s" CONSOLES, id);
	g_autoptr(JsonNode) body = console_body(protocol, type);
	g_autoptr(auto_api_reply) reply = NULL;
	int minor = nova_minor(cloud, error);
	gboolean legacy = minor < NOVA_MINOR_REMOTE_CONSOLES;
	const char *text;

	*url = NULL;
	if (minor < 0)
		return NULL;
	reply = legacy ? create_legacy_console(cloud, id, type, error) :
			 nova_call(cloud, "POST", path, body, error);
	/* 404: the call has led to a new look at the version, which is older now. */
	if (!legacy && reply && reply->status == 404 &&
			(minor = nova_minor(cloud, error)) < NOVA_MINOR_REMOTE_CONSOLES) {
		g_clear_pointer(&reply, api_reply_free);
		legacy = TRUE;
		reply = minor < 0 ? NULL : create_legacy_console(cloud, id, type, error);
	}
	if (!reply || !api_reply_is_success(reply))
		return g_steal_pointer(&reply);
	text = js_str(js_obj(reply->object, legacy ? "console" : "remote_console"), "url");
	if (!text) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"%s: the answer has no console address", reply->where);
		return NULL;
	}
	*url = g_strdup(text);
	return g_steal_pointer(&reply);
}

static int port_member(JsonObject *o, const char *key)
{
	gint64 n = js_int(o, key, 0);

	return n >= 1 && n <= 65535 ? (int)n : 0;
}

struct api_reply *nova_lookup_console(struct cloud *cloud, const char *token,
		struct nova_console *console, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(token, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/os-console-auth-tokens/%s", escaped);
	g_autoptr(auto_api_reply) reply = nova_call(cloud, "GET", path, NULL, error);
	JsonObject *c;

	memset(console, 0, sizeof(*console));
	if (!reply || !api_reply_is_success(reply))
		return g_steal_pointer(&reply);
	c = js_obj(reply->object, "console");
	console->host = g_strdup(js_str(c, "host"));
	console->server_id = g_strdup(js_str(c, "instance_uuid"));
	console->port = port_member(c, "port");
	console->tls_port = port_member(c, "tls_port");
	if (console->host && (console->port || console->tls_port))
		return g_steal_pointer(&reply);
	nova_console_clear(console);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: the answer has no host or port",
			reply->where);
	return NULL;
}

void nova_console_clear(struct nova_console *console)
{
	g_clear_pointer(&console->host, g_free);
	g_clear_pointer(&console->server_id, g_free);
}

struct api_reply *nova_tag(struct cloud *cloud, const char *id, const char *tag, gboolean add,
		GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(tag, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/servers/%s/tags/%s", id, escaped);

	return nova_call(cloud, add ? "PUT" : "DELETE", path, NULL, error);
}

char **nova_get_tags(struct cloud *cloud, const char *id, GError **error)
{
	g_autofree char *path = g_strdup_printf("/servers/%s/tags", id);
	g_autoptr(auto_api_reply) reply = nova_call(cloud, "GET", path, NULL, error);
	GPtrArray *out;
	JsonArray *tags;

	if (!reply || !api_reply_check(reply, error))
		return NULL;
	tags = js_arr(reply->object, "tags");
	if (!tags) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: the answer has no tags",
				reply->where);
		return NULL;
	}
	out = g_ptr_array_new();
	for (guint i = 0; i < js_len(tags); i++)
		if (js_elem_str(tags, i))
			g_ptr_array_add(out, g_strdup(js_elem_str(tags, i)));
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

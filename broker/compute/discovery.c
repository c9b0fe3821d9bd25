/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/endpoint.h"
#include "compute/discovery.h"
#include "compute/nova.h"
#include "hooks/caller.h"

#define API "v2.1"

/* The state of a search for the API. */
struct finding {
	struct cloud *cloud;
	char *address; /* the catalog's */
	struct endpoint parts; /* of the address */
	char *last; /* what the last document's address answered, for the message */
	gboolean listed; /* there is a list of versions, so nothing is guessed */
	char *base; /* where the API is */
	int minor;
};

static JsonArray *list_of(JsonObject *document)
{
	JsonArray *all = js_arr(document, "versions");

	return all ? all : js_arr(document, "choices");
}

/* The entry of API v2.1, in a list of versions or alone. */
static JsonObject *entry_of(JsonObject *document)
{
	JsonArray *all = list_of(document);
	JsonObject *v = js_obj(document, "version");

	for (guint i = 0; !v && i < js_len(all); i++)
		if (!g_strcmp0(js_str(js_elem_obj(all, i), "id"), API))
			v = js_elem_obj(all, i);
	return g_strcmp0(js_str(v, "id"), API) ? NULL : v;
}

int discovery_parse_compute(JsonObject *document)
{
	JsonObject *v = entry_of(document);
	const char *text = js_str(v, "version");
	const char *dot;
	long minor;

	if (!v)
		return -1;
	/* v2.1 before microversions has "" here. */
	if (!text || !*text)
		return 1;
	dot = strchr(text, '.');
	if (strncmp(text, "2.", 2) || !dot || !g_ascii_isdigit(dot[1]))
		return -1;
	minor = strtol(dot + 1, NULL, 10);
	return minor < 1 ? -1 : (int)MIN(minor, NOVA_MINOR_MAX);
}

static const char *self_link(JsonObject *version)
{
	JsonArray *links = js_arr(version, "links");

	for (guint i = 0; i < js_len(links); i++) {
		JsonObject *link = js_elem_obj(links, i);
		const char *rel = js_str(link, "rel");

		if (rel && !g_ascii_strcasecmp(rel, "self"))
			return js_str(link, "href");
	}
	return NULL;
}

/* The document at url. NULL without an error: there is none, look elsewhere. */
static struct api_reply *get_document(struct finding *f, const char *url, GError **error)
{
	struct cloud_request r = { .service = SERVICE_COMPUTE,
		.method = "GET",
		.path = "",
		.url = url };
	g_autoptr(auto_api_reply) reply = cloud_call(f->cloud, &r, error);

	if (!reply)
		return NULL;
	g_free(f->last);
	f->last = g_strdup_printf("%ld %s", reply->status, http_status_text(reply->status));
	if (api_reply_is_success(reply) || reply->status == 300)
		return g_steal_pointer(&reply);
	if (reply->status != 404 && reply->status != 410)
		api_reply_check(reply, error);
	return NULL;
}

/* Whether the document of one version stands at address: then that is the base. */
static gboolean try_version(struct finding *f, const char *address, const char *rest,
		GError **error)
{
	g_autofree char *url = g_strconcat(address, "/", NULL);
	g_autoptr(auto_api_reply) reply = get_document(f, url, error);
	int minor = reply && !list_of(reply->object) ? discovery_parse_compute(reply->object) : -1;

	if (minor < 0)
		return FALSE;
	f->minor = minor;
	f->base = g_strconcat(address, rest, NULL);
	return TRUE;
}

static char *behind_root(const struct finding *f)
{
	return g_strconcat(f->parts.root, "/" API, NULL);
}

/* Tries what keystoneauth tries: the link, if it can be meant for us, then the version
 * behind the root. */
static gboolean try_entry(struct finding *f, JsonObject *document, GError **error)
{
	JsonObject *v = entry_of(document);
	g_autofree char *linked = v ? endpoint_follow(f->parts.root, self_link(v)) : NULL;
	g_autofree char *behind = behind_root(f);
	g_autoptr(GError) e = NULL;

	if (!v)
		return FALSE;
	/* A proxy may refuse what the service's own link names. */
	if (linked && strcmp(linked, behind) && try_version(f, linked, f->parts.rest, &e))
		return TRUE;
	return try_version(f, behind, f->parts.rest, error);
}

static gboolean try_root(struct finding *f, GError **error)
{
	g_autofree char *url = g_strconcat(f->parts.root, "/", NULL);
	g_autoptr(GError) e = NULL;
	g_autoptr(auto_api_reply) reply = get_document(f, url, &e);

	if (!reply && !e)
		reply = get_document(f, f->parts.root, &e);
	if (e) {
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	if (!reply)
		return FALSE;
	f->listed = f->listed || list_of(reply->object);
	if (list_of(reply->object))
		return try_entry(f, reply->object, error);
	/* The document of one version: a proxy leads the address to the API itself. */
	f->minor = discovery_parse_compute(reply->object);
	if (f->minor > 0)
		f->base = g_strdup(f->parts.root);
	return f->minor > 0;
}

/* "/v3/compute": what looks like a version was a prefix. */
static gboolean try_whole(struct finding *f, GError **error)
{
	if (!*f->parts.rest)
		return FALSE;
	endpoint_clear(&f->parts);
	f->parts.root = g_strdup(f->address);
	f->parts.rest = g_strdup("");
	return try_root(f, error);
}

/* A proxy may lead to the versions alone, with nothing at their root. */
static gboolean try_behind(struct finding *f, GError **error)
{
	g_autofree char *behind = behind_root(f);

	return try_version(f, behind, f->parts.rest, error);
}

static gboolean try_all(struct finding *f, GError **error)
{
	g_autofree char *versioned = NULL;
	g_autoptr(GError) e = NULL;
	gboolean found = FALSE;

	if (f->parts.version) {
		versioned = g_strconcat(f->parts.root, "/", f->parts.version, NULL);
		found = try_version(f, versioned, f->parts.rest, &e);
	}
	if (!found && !e)
		found = try_root(f, &e);
	if (!found && !e)
		found = try_whole(f, &e);
	if (!found && !e && !f->listed)
		found = try_behind(f, &e);
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	return found;
}

static gboolean find(struct finding *f, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *shown = NULL;

	if (try_all(f, &e))
		return TRUE;
	if (e) {
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	shown = text_clean(f->address, 200);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"compute: there is no API " API
			" at %s (%s); the catalog's address is wrong, or "
			"OS_COMPUTE_ENDPOINT_OVERRIDE",
			shown, f->last ? f->last : "no answer");
	return FALSE;
}

/* Nova's routes take a project's id alone after the version, or nothing. */
static void drop_prefixed_project(struct finding *f)
{
	if (!g_str_has_prefix(f->parts.rest, "/AUTH_"))
		return;
	log_info(cloud_caller(f->cloud),
			"compute: leaving out \"%s\" of the catalog's address: it is object "
			"storage's",
			f->parts.rest);
	f->parts.rest[0] = '\0';
}

/* "ADDRESS BASE MINOR": what was found for another address is of no use. */
static gboolean recall(struct finding *f)
{
	const char *fact = cloud_fact(f->cloud, SERVICE_COMPUTE, "compute_api");
	g_auto(GStrv) words = fact ? g_strsplit(fact, " ", 4) : NULL;

	if (!words || g_strv_length(words) != 3 || strcmp(words[0], f->address))
		return FALSE;
	f->minor = atoi(words[2]);
	if (f->minor < 1 || f->minor > NOVA_MINOR_MAX)
		return FALSE;
	f->base = g_strdup(words[1]);
	return TRUE;
}

static void remember(struct finding *f)
{
	g_autofree char *fact = g_strdup_printf("%s %s %d", f->address, f->base, f->minor);

	cloud_set_fact(f->cloud, SERVICE_COMPUTE, "compute_api", fact);
}

static void finding_clear(struct finding *f)
{
	endpoint_clear(&f->parts);
	g_free(f->address);
	g_free(f->last);
	g_free(f->base);
}

int discovery_compute(struct cloud *cloud, GError **error)
{
	struct finding f = { .cloud = cloud, .minor = -1 };

	f.address = cloud_address(cloud, SERVICE_COMPUTE, error);
	if (!f.address)
		return -1;
	if (!recall(&f)) {
		endpoint_split(f.address, &f.parts);
		drop_prefixed_project(&f);
		if (find(&f, error))
			remember(&f);
		else
			f.minor = -1;
	}
	if (f.minor > 0)
		cloud_set_base(cloud, SERVICE_COMPUTE, f.base);
	finding_clear(&f);
	return f.minor;
}

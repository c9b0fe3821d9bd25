/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/authority.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/cloud.h"
#include "cloud/endpoint.h"
#include "cloud/keystone.h"
#include "cloud/settings-check.h"
#include "cloud/token-cache.h"
#include "hooks/caller.h"

/* A token is not used in its last minute: a call may take that long. One that has
 * little more than that from the start is used until a service refuses it. */
#define TOKEN_MIN_LIFE_S 60
/* For what is nice to know only. */
#define ASIDE_TIMEOUT_S 4

struct cloud {
	struct settings settings;
	const struct clock *clock;
	struct http *http;
	struct token *token;
	JsonObject *facts;
	char *cache_directory;
	char *cache_path;
	char *base[SERVICE_COUNT]; /* found out; NULL: the address says it */
	const struct caller *caller;
};

static const struct {
	const char *name;
	const char *types[4];
	const char *version; /* stands below the address, wherever that is; or NULL */
} services[SERVICE_COUNT] = {
	[SERVICE_IDENTITY] = { "identity", { "identity" }, NULL },
	[SERVICE_COMPUTE] = { "compute", { "compute" }, NULL },
	[SERVICE_IMAGE] = { "image", { "image" }, "v2" },
	[SERVICE_NETWORK] = { "network", { "network" }, "v2.0" },
	[SERVICE_RESERVATION] = { "reservation", { "reservation" }, "v1" },
	[SERVICE_PLACEMENT] = { "placement", { "placement" }, NULL },
};

/* Refuse a bad override before anything is sent. */
static gboolean check_overrides(const struct settings *settings, const struct caller *caller,
		GError **error)
{
	for (int i = 0; i < SERVICE_COUNT; i++) {
		enum setting which = SET_IDENTITY_ENDPOINT_OVERRIDE + i;
		const char *given = settings_get(settings, which);
		g_autofree char *filled = NULL;
		g_autofree char *name = NULL;
		g_autoptr(GError) e = NULL;

		if (!given || (filled = endpoint_fill(given, "p", "u", caller_secrets(caller), &e)))
			continue;
		name = settings_place(settings, which);
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s", name, e->message);
		return FALSE;
	}
	return TRUE;
}

/* The cache is opened before a password is asked for, so that a user who types the
 * password finds the kept login without typing it again. */
static void open_cache(struct cloud *s, const char *directory)
{
	g_autoptr(GError) error = NULL;

	if (!directory)
		return;
	s->cache_directory = g_strdup(directory);
	s->cache_path = token_cache_path(&s->settings, directory, &error);
	if (!s->cache_path)
		log_warning(s->caller, "the login is not kept: %s", error->message);
}

struct http *cloud_open_http(const struct settings *s, struct http_params *params, GError **error)
{
	const char *path = settings_get(s, SET_CACERT);
	g_autofree char *place = settings_place(s, SET_CACERT);
	g_autofree char *ca = path ? authority_read(path, place, error) : NULL;

	if (path && !ca)
		return NULL;
	params->ca = ca;
	params->cert = settings_get(s, SET_CERT);
	params->key = settings_get(s, SET_KEY);
	params->insecure = settings_are_insecure(s);
	params->ipv4_only = text_is_true(settings_get(s, SET_FORCE_IPV4));
	return http_new(params, error);
}

/* The address of the Identity service that the login was made at. */
static char *login_address(struct cloud *s)
{
	const char *found = js_str(s->facts, "identity_at");

	return found ? g_strdup(found) : keystone_base(settings_get(&s->settings, SET_AUTH_URL));
}

/* Each login starts with new facts. */
static void begin_facts(struct cloud *s)
{
	g_autofree char *expected = NULL;

	g_clear_pointer(&s->facts, json_object_unref);
	s->facts = json_object_new();
	expected = login_address(s);
	if (strcmp(expected, s->token->identity))
		json_object_set_string_member(s->facts, "identity_at", s->token->identity);
}

struct cloud *cloud_new(const struct cloud_params *params, GError **error)
{
	struct cloud *s = g_new0(struct cloud, 1);
	struct http_params http = { 0 };

	settings_fill(&s->settings, params->settings);
	s->clock = params->clock ? params->clock : clock_system();
	s->caller = params->caller;
	s->facts = json_object_new();
	open_cache(s, params->cache_directory);
	http.timeout_s = params->request_timeout_s;
	http.deadline_us = params->deadline_us;
	http.clock = s->clock;
	http.caller = s->caller;
	http.transport = params->transport;
	http.transport_data = params->transport_data;
	if (check_overrides(&s->settings, s->caller, error))
		s->http = cloud_open_http(&s->settings, &http, error);
	if (!s->http) {
		cloud_free(s);
		return NULL;
	}
	s->token = params->token ? token_copy(params->token) : NULL;
	if (s->token)
		begin_facts(s);
	return s;
}

void cloud_free(struct cloud *s)
{
	if (!s)
		return;
	settings_clear(&s->settings);
	http_free(s->http);
	token_free(s->token);
	g_clear_pointer(&s->facts, json_object_unref);
	g_free(s->cache_directory);
	g_free(s->cache_path);
	for (int i = 0; i < SERVICE_COUNT; i++)
		g_free(s->base[i]);
	g_free(s);
}

static void save_token(struct cloud *s)
{
	g_autoptr(GError) error = NULL;

	if (!s->cache_path || !s->token ||
			token_cache_save(s->cache_path, &s->settings, s->token, s->facts, &error))
		return;
	/* Warn once: the next attempt would fail in the same way. */
	log_warning(s->caller, "the login is not kept: %s", error->message);
	g_clear_pointer(&s->cache_path, g_free);
}

static void ask_for_password(struct cloud *s)
{
	const char *user = settings_get(&s->settings, SET_USERNAME);
	g_autofree char *who =
			text_clean(user ? user : settings_get(&s->settings, SET_USER_ID), 60);
	g_autofree char *question = g_strdup_printf("Password of %s: ", who);
	char *password = caller_ask_password(s->caller, question);

	settings_set(&s->settings, SET_PASSWORD, password);
	redact_remember(caller_secrets(s->caller), password);
	secret_free(password);
}

static gboolean log_in(struct cloud *s, GError **error)
{
	gint64 now = clock_unix_s(s->clock);

	if (keystone_needs_password(&s->settings))
		ask_for_password(s);
	g_clear_pointer(&s->token, token_free);
	s->token = keystone_authenticate(s->http, &s->settings, s->clock, error);
	if (!s->token)
		return FALSE;
	s->token->fresh = s->token->expires < now + 2 * TOKEN_MIN_LIFE_S;
	begin_facts(s);
	if (s->cache_path)
		token_cache_purge(s->cache_directory, now);
	save_token(s);
	return TRUE;
}

static gboolean take_kept(struct cloud *s)
{
	struct kept_login *kept = NULL;

	if (s->cache_path)
		kept = token_cache_load(s->cache_path, clock_unix_s(s->clock), TOKEN_MIN_LIFE_S,
			caller_secrets(s->caller));
	if (!kept)
		return FALSE;
	s->token = g_steal_pointer(&kept->token);
	json_object_unref(s->facts);
	s->facts = g_steal_pointer(&kept->facts);
	kept_login_free(kept);
	log_debug(s->caller, "using the login kept from before");
	return TRUE;
}

const struct token *cloud_token(struct cloud *s, GError **error)
{
	if (s->token &&
			(s->token->fresh ||
					s->token->expires >=
							clock_unix_s(s->clock) + TOKEN_MIN_LIFE_S))
		return s->token;
	if (!s->token && take_kept(s))
		return s->token;
	return log_in(s, error) ? s->token : NULL;
}

/* The setting of one service, or else that of all services. */
static const char *of_service(const struct settings *s, int of_one, enum service service,
		int of_all)
{
	const char *own = settings_get(s, (enum setting)(of_one + (int)service));

	return own || of_all < 0 ? own : settings_get(s, (enum setting)of_all);
}

static const char *interface_names(const struct settings *s, enum service service)
{
	const char *names = of_service(s, SET_IDENTITY_INTERFACE, service, SET_INTERFACE);

	return names ? names : "public";
}

static const char *region_name(const struct settings *s, enum service service)
{
	return of_service(s, SET_IDENTITY_REGION_NAME, service, SET_REGION_NAME);
}

/* The address for the first of the wanted interfaces that the catalog has. */
static char *catalog_address(struct cloud *s, enum service service)
{
	const char *type = of_service(&s->settings, SET_IDENTITY_SERVICE_TYPE, service, -1);
	const char *const given[] = { type, NULL };
	g_auto(GStrv) interfaces = g_strsplit(interface_names(&s->settings, service), ",", -1);
	char *address = NULL;

	for (char **i = interfaces; *i && !address; i++) {
		g_autofree char *lower = g_ascii_strdown(*i, -1);

		if (g_str_has_suffix(lower, "url"))
			lower[strlen(lower) - 3] = '\0';
		address = token_endpoint(s->token, type ? given : services[service].types,
				region_name(&s->settings, service), lower);
	}
	return address;
}

/* All but the one that is used, from clouds.yaml and the catalog; NULL: no other. */
static char *other_regions(struct cloud *s, enum service service)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *used = region_name(&s->settings, service);
	g_autofree char *joined = NULL;
	guint which;

	for (char **r = s->settings.regions; r && *r; r++)
		g_ptr_array_add(names, g_strdup(*r));
	if (s->token)
		token_regions(s->token, services[service].types, names);
	if (used && g_ptr_array_find_with_equal_func(names, used, g_str_equal, &which))
		g_ptr_array_remove_index(names, which);
	if (!names->len)
		return NULL;
	g_ptr_array_add(names, NULL);
	joined = g_strjoinv(", ", (char **)names->pdata);
	return text_clean(joined, 200);
}

char *cloud_region_note(struct cloud *s)
{
	const char *used = region_name(&s->settings, SERVICE_COMPUTE);
	g_autofree char *shown = text_clean(used, 60);
	g_autofree char *others = used ? other_regions(s, SERVICE_COMPUTE) : NULL;

	return others ? g_strdup_printf("%s; this cloud also has %s", shown, others) : NULL;
}

/* If the user named a region that does not exist, the mistake is the user's. */
static void set_no_service(struct cloud *s, enum service service, GError **error)
{
	const char *region = region_name(&s->settings, service);
	g_autofree char *shown = text_clean(region ? region : "any", 60);
	g_autofree char *others = other_regions(s, service);
	gboolean named = region && others;

	g_set_error(error, BROKER_ERROR, named ? BROKER_ERROR_USAGE : BROKER_ERROR_SERVICE,
			"this cloud has no %s service (region %s, interface %s); check "
			"OS_REGION_NAME and OS_INTERFACE%s%s",
			services[service].name, shown, interface_names(&s->settings, service),
			named ? "; other regions: " : "", named ? others : "");
}

/* Identity is asked where the login was made, unless the settings name another place. */
static char *identity_address(struct cloud *s, GError **error)
{
	gboolean own = settings_get(&s->settings, SET_IDENTITY_INTERFACE) ||
			settings_get(&s->settings, SET_IDENTITY_REGION_NAME);
	const char *given = settings_get(&s->settings, SET_IDENTITY_ENDPOINT_OVERRIDE);
	g_autofree char *address = given ? g_strdup(given) :
			own              ? catalog_address(s, SERVICE_IDENTITY) :
					   login_address(s);

	if (address)
		return keystone_base(address);
	set_no_service(s, SERVICE_IDENTITY, error);
	return NULL;
}

static const char *override_of(struct cloud *s, enum service service)
{
	return settings_get(&s->settings, SET_IDENTITY_ENDPOINT_OVERRIDE + (int)service);
}

char *cloud_address(struct cloud *s, enum service service, GError **error)
{
	const char *given = override_of(s, service);
	g_autofree char *found = NULL;
	char *out;

	if (service == SERVICE_IDENTITY)
		return identity_address(s, error);
	if (!given)
		found = catalog_address(s, service);
	if (!given && !found) {
		set_no_service(s, service, error);
		return NULL;
	}
	out = endpoint_fill(given ? given : found, s->token->project_id, s->token->user_id,
			caller_secrets(s->caller), error);
	if (!out)
		g_prefix_error(error, "%s: ", services[service].name);
	return out;
}

void cloud_set_base(struct cloud *s, enum service service, const char *base)
{
	if (!g_strcmp0(s->base[service], base))
		return;
	g_free(s->base[service]);
	s->base[service] = g_strdup(base);
}

gboolean cloud_has(struct cloud *s, enum service service)
{
	g_autofree char *address = s->token ? cloud_address(s, service, NULL) : NULL;

	return address != NULL;
}

static char *request_url(struct cloud *s, const struct cloud_request *r, GError **error)
{
	g_autofree char *address = NULL;
	g_autofree char *base = NULL;

	if (r->url)
		return g_strdup(r->url);
	if (s->base[r->service])
		return g_strconcat(s->base[r->service], r->path, NULL);
	address = cloud_address(s, r->service, error);
	if (!address)
		return NULL;
	if (services[r->service].version)
		base = endpoint_with_version(address, services[r->service].version);
	return g_strconcat(base ? base : address, r->path, NULL);
}

static struct http_reply *send_request(struct cloud *s, const struct cloud_request *r,
		const char *url, GError **error)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func((GDestroyNotify)secret_free);
	char *text = r->body ? js_dump(r->body, FALSE) : NULL;
	struct http_request request = { .method = r->method, .url = url, .body = text,
		.makes = r->makes };
	struct http_reply *reply;

	if (r->aside) {
		request.timeout_s = ASIDE_TIMEOUT_S;
		request.once = TRUE;
	}
	if (!r->body && !strcmp(r->method, "POST"))
		request.body = "";
	g_ptr_array_add(headers, g_strdup("Accept: application/json"));
	g_ptr_array_add(headers, g_strconcat("X-Auth-Token: ", s->token->id, NULL));
	if (r->body)
		g_ptr_array_add(headers, g_strdup("Content-Type: application/json"));
	if (r->microversion) {
		g_ptr_array_add(headers,
				g_strconcat("OpenStack-API-Version: ", services[r->service].name,
						" ", r->microversion, NULL));
		if (r->service == SERVICE_COMPUTE)
			g_ptr_array_add(headers, g_strconcat("X-OpenStack-Nova-API-Version: ",
								 r->microversion, NULL));
	}
	g_ptr_array_add(headers, NULL);
	request.headers = (const char *const *)headers->pdata;
	reply = http_send(s->http, &request, error);
	if (!reply) {
		g_autofree char *shown = redact_text(caller_secrets(s->caller), url);

		g_prefix_error(error, "%s (%s): ", services[r->service].name, shown);
	}
	secret_free(text);
	return reply;
}

static struct http_reply *send_again(struct cloud *s, const struct cloud_request *r, char **url,
		GError **error)
{
	log_info(s->caller, "%s does not take the login any more; logging in again",
			services[r->service].name);
	if (s->cache_path)
		token_cache_remove(s->cache_path);
	if (!log_in(s, error))
		return NULL;
	g_free(*url);
	*url = request_url(s, r, error);
	return *url ? send_request(s, r, *url, error) : NULL;
}

struct api_reply *cloud_call(struct cloud *s, const struct cloud_request *r, GError **error)
{
	struct api_call call = { services[r->service].name, r->method, r->url ? r->url : r->path,
		NULL, caller_secrets(s->caller) };
	g_autoptr(auto_http_reply) reply = NULL;
	g_autofree char *url = NULL;

	if (!cloud_token(s, error))
		return NULL;
	url = request_url(s, r, error);
	reply = url ? send_request(s, r, url, error) : NULL;
	if (reply && reply->status == 401 && !r->aside) {
		http_reply_free(reply);
		reply = send_again(s, r, &url, error);
	}
	call.url = url;
	return reply ? api_reply_new(&call, reply, error) : NULL;
}

static char *fact_key(struct cloud *s, enum service service, const char *name)
{
	const char *region = settings_get(&s->settings, SET_REGION_NAME);
	g_autofree char *address = s->token ? cloud_address(s, service, NULL) : NULL;

	return g_strdup_printf("%s %s %s", name, region ? region : "", address ? address : "");
}

const char *cloud_fact(struct cloud *s, enum service service, const char *name)
{
	g_autofree char *key = fact_key(s, service, name);

	return js_str(s->facts, key);
}

void cloud_set_fact(struct cloud *s, enum service service, const char *name, const char *value)
{
	g_autofree char *key = fact_key(s, service, name);

	if (!g_strcmp0(js_str(s->facts, key), value))
		return;
	if (value)
		json_object_set_string_member(s->facts, key, value);
	else
		json_object_remove_member(s->facts, key);
	save_token(s);
}

const struct caller *cloud_caller(const struct cloud *s)
{
	return s->caller;
}

struct http *cloud_http(struct cloud *s)
{
	return s->http;
}

const struct clock *cloud_clock(struct cloud *s)
{
	return s->clock;
}

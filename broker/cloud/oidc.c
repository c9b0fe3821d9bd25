/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/oidc.h"
#include "hooks/caller.h"

static const char *need(const struct settings *s, enum setting which, GError **error)
{
	g_autofree char *name = NULL;

	if (settings_get(s, which))
		return settings_get(s, which);
	name = g_ascii_strup(settings_key(which), -1);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"OS_%s is not set: OpenID Connect needs it", name);
	return NULL;
}

static JsonNode *provider_answer(struct http *http, const struct http_request *request,
		GError **error)
{
	g_autoptr(auto_http_reply) reply = http_send(http, request, error);
	g_autofree char *where = redact_text(caller_secrets(http_caller(http)), request->url);
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *why = NULL;

	if (!reply) {
		g_prefix_error(error, "OpenID provider (%s): ", where);
		return NULL;
	}
	root = js_load(reply->body->str, reply->body->len, NULL);
	if (reply->status == 200 && js_root_object(root))
		return g_steal_pointer(&root);
	why = text_clean(js_str(js_root_object(root), "error_description"), 200);
	if (reply->status == 400 || reply->status == 401 || reply->status == 403)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH,
				"OpenID provider (%s): login refused (%ld)%s%s", where,
				reply->status, *why ? ": " : "", why);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"OpenID provider (%s): %ld, no JSON object", where, reply->status);
	return NULL;
}

static char *token_address(struct http *http, const struct settings *s, GError **error)
{
	struct http_request request = { .method = "GET", .public_data = TRUE };
	g_autoptr(JsonNode) root = NULL;
	const char *address;

	if (settings_get(s, SET_ACCESS_TOKEN_ENDPOINT))
		return g_strdup(settings_get(s, SET_ACCESS_TOKEN_ENDPOINT));
	request.url = need(s, SET_DISCOVERY_ENDPOINT, error);
	if (!request.url)
		return NULL;
	root = provider_answer(http, &request, error);
	if (!root)
		return NULL;
	address = js_str(js_root_object(root), "token_endpoint");
	if (!address ||
			!(g_str_has_prefix(address, "https://") ||
					g_str_has_prefix(address, "http://"))) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"OpenID provider: its discovery document names no token_endpoint");
		return NULL;
	}
	/* A provider that the user reaches by https must not make us send the password
	 * in the clear. */
	if (g_str_has_prefix(request.url, "https://") && !g_str_has_prefix(address, "https://")) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"OpenID provider: its token_endpoint is not https");
		return NULL;
	}
	return g_strdup(address);
}

static void add_field(GString *form, const char *name, const char *value)
{
	g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(form, "%s%s=%s", form->len ? "&" : "", name, escaped);
}

static char *login_form(const struct settings *s, GError **error)
{
	const char *user = need(s, SET_USERNAME, error);
	const char *password = user ? need(s, SET_PASSWORD, error) : NULL;
	const char *scope = settings_get(s, SET_OPENID_SCOPE);
	GString *form;

	if (!password)
		return NULL;
	form = g_string_new(NULL);
	add_field(form, "grant_type", "password");
	add_field(form, "username", user);
	add_field(form, "password", password);
	add_field(form, "scope", scope ? scope : "openid profile");
	add_field(form, "client_id", settings_get(s, SET_CLIENT_ID));
	return g_string_free(form, FALSE);
}

static char *access_token(struct http *http, const struct settings *s, GError **error)
{
	static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded",
		"Accept: application/json", NULL };
	const char *client = need(s, SET_CLIENT_ID, error);
	const char *secret = settings_get(s, SET_CLIENT_SECRET);
	const char *kind = settings_get(s, SET_ACCESS_TOKEN_TYPE);
	struct http_request request = { .method = "POST", .headers = headers };
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *url = client ? token_address(http, s, error) : NULL;
	char *form = url ? login_form(s, error) : NULL;
	char *userpwd = secret ? g_strdup_printf("%s:%s", client ? client : "", secret) : NULL;
	char *token = NULL;

	if (form) {
		request.url = url;
		request.body = form;
		request.userpwd = userpwd;
		root = provider_answer(http, &request, error);
		token = g_strdup(js_str(js_root_object(root), kind ? kind : "access_token"));
		if (root && !token)
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
					"OpenID provider: its answer holds no %s",
					kind ? kind : "access_token");
	}
	secret_free(form);
	secret_free(userpwd);
	return token;
}

static char *exchange(struct http *http, const char *url, const char *access, GError **error)
{
	g_autoptr(auto_http_reply) reply = NULL;
	char *bearer = g_strconcat("Authorization: Bearer ", access, NULL);
	const char *headers[] = { bearer, "Accept: application/json", NULL };
	struct http_request request = { .method = "POST",
		.url = url,
		.headers = headers,
		.body = "",
		.repeatable = TRUE };
	const char *id;

	reply = http_send(http, &request, error);
	secret_free(bearer);
	if (!reply) {
		g_prefix_error(error, "identity (%s): ", url);
		return NULL;
	}
	id = http_reply_header(reply, "x-subject-token");
	if ((reply->status == 200 || reply->status == 201) && id)
		return g_strdup(id);
	if (reply->status == 401 || reply->status == 403)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH,
				"identity (%s): Keystone does not take this OpenID login (%ld)",
				url, reply->status);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"identity (%s): %ld %s instead of a token; is federation set up, "
				"are OS_IDENTITY_PROVIDER and OS_PROTOCOL right?",
				url, reply->status, http_status_text(reply->status));
	return NULL;
}

char *oidc_unscoped_token(struct http *http, const struct settings *s, const char *base,
		gboolean with_password, GError **error)
{
	const char *provider = need(s, SET_IDENTITY_PROVIDER, error);
	const char *protocol = provider ? need(s, SET_PROTOCOL, error) : NULL;
	g_autofree char *p1 = NULL, *p2 = NULL, *url = NULL;
	char *access, *token = NULL;

	if (!protocol)
		return NULL;
	access = with_password ? access_token(http, s, error) :
				 g_strdup(need(s, SET_ACCESS_TOKEN, error));
	if (!access)
		return NULL;
	redact_remember(caller_secrets(http_caller(http)), access);
	p1 = g_uri_escape_string(provider, NULL, FALSE);
	p2 = g_uri_escape_string(protocol, NULL, FALSE);
	url = g_strdup_printf("%s/OS-FEDERATION/identity_providers/%s/protocols/%s/auth", base, p1,
			p2);
	if (strpbrk(access, "\r\n"))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"the access token has a line break in it");
	else
		token = exchange(http, url, access, error);
	secret_free(access);
	return token;
}

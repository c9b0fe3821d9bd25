/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "error.h"
#include "json.h"
#include "keystone.h"
#include "oidc.h"
#include "text.h"

/* auth_type, as OpenStack's own clients name it, and the method it means. */
static const struct {
	const char *type;
	const char *method;
} types[] = {
	{ "password", "password" },
	{ "v3password", "password" },
	{ "token", "token" },
	{ "v3token", "token" },
	{ "v3applicationcredential", "application_credential" },
	{ "v3oidcpassword", "oidc-password" },
	{ "v3oidcaccesstoken", "oidc-token" },
};

const char *keystone_method(const struct settings *s)
{
	const char *type = settings_get(s, SET_AUTH_TYPE);

	for (gsize i = 0; type && i < G_N_ELEMENTS(types); i++)
		if (!strcmp(type, types[i].type))
			return types[i].method;
	if (type)
		return NULL;
	if (settings_get(s, SET_APPLICATION_CREDENTIAL_SECRET))
		return "application_credential";
	if (settings_get(s, SET_TOKEN) && !settings_get(s, SET_PASSWORD))
		return "token";
	return "password";
}

gboolean keystone_needs_password(const struct settings *s)
{
	const char *method = keystone_method(s);

	return method && (!strcmp(method, "password") || !strcmp(method, "oidc-password")) && !settings_get(s, SET_PASSWORD);
}

char *keystone_base(const char *auth_url)
{
	g_autofree char *url = g_strdup(auth_url);
	gsize n = strlen(url);

	while (n && url[n - 1] == '/')
		url[--n] = '\0';
	if (g_str_has_suffix(url, "/v3"))
		return g_steal_pointer(&url);
	if (g_str_has_suffix(url, "/v2.0"))
		url[n - strlen("/v2.0")] = '\0';
	return g_strconcat(url, "/v3", NULL);
}

static void set_refusal(const char *base, const struct http_reply *reply, GError **error)
{
	g_autoptr(JsonNode) root = json_load(reply->body->str, reply->body->len, NULL);
	const char *said = json_str(json_obj(json_root_object(root), "error"), "message");
	g_autofree char *message = text_clean(said, 300);

	if (reply->status == 401 && http_reply_header(reply, "openstack-auth-receipt"))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH, "identity (%s): a second factor is wanted; use an application credential or a token instead", base);
	else if (reply->status == 401)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH, "identity (%s): login refused (401); check user, domain and password or secret, or project", base);
	else if (reply->status == 403)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH, "identity (%s): not allowed (403): %s", base, message);
	/* "Could not find Application Credential", "Could not recognize Fernet token"; for an
	 * address that is none its words are others. */
	else if (reply->status == 404 && g_str_has_prefix(message, "Could not "))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH, "identity (%s): login refused (404): %s", base, message);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "identity (%s): %ld %s instead of a token%s%s; is OS_AUTH_URL right?", base, reply->status, http_status_text(reply->status), *message ? ": " : "", message);
}

static struct token *post_auth(struct http *http, const char *base, JsonNode *body, GError **error)
{
	static const char *const headers[] = { "Content-Type: application/json", "Accept: application/json", NULL };
	g_autofree char *url = g_strconcat(base, "/auth/tokens", NULL);
	char *text = json_dump(body, FALSE);
	struct http_request request = { .method = "POST", .url = url, .headers = headers, .body = text };
	g_autoptr(auto_http_reply) reply = http_send(http, &request, error);
	struct token *token;
	JsonNode *root;

	secret_free(text);
	if (!reply) {
		g_prefix_error(error, "identity (%s): ", base);
		return NULL;
	}
	if (reply->status != 201 && reply->status != 200) {
		set_refusal(base, reply, error);
		return NULL;
	}
	root = json_load(reply->body->str, reply->body->len, error);
	token = root ? token_new(root, http_reply_header(reply, "x-subject-token"), error) : NULL;
	if (!token)
		g_prefix_error(error, "identity (%s): ", base);
	return token;
}

struct token *keystone_authenticate(struct http *http, const struct settings *s, GError **error)
{
	const char *url = settings_get(s, SET_AUTH_URL);
	const char *method = keystone_method(s);
	g_autoptr(JsonNode) body = NULL;
	g_autofree char *base = NULL;
	struct token *token;
	char *unscoped = NULL;

	if (!url) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "OS_AUTH_URL is not set (auth_url in clouds.yaml)");
		return NULL;
	}
	if (!method) {
		g_autofree char *type = text_clean(settings_get(s, SET_AUTH_TYPE), 60);

		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "OS_AUTH_TYPE \"%s\" is not known; known: password, token, v3applicationcredential, v3oidcpassword, v3oidcaccesstoken", type);
		return NULL;
	}
	base = keystone_base(url);
	if (g_str_has_prefix(method, "oidc-")) {
		unscoped = oidc_unscoped_token(http, s, base, !strcmp(method, "oidc-password"), error);
		if (!unscoped)
			return NULL;
		method = "token";
	}
	body = keystone_body(s, method, unscoped, error);
	token = body ? post_auth(http, base, body, error) : NULL;
	secret_free(unscoped);
	if (token && !token_is_scoped(token)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "the login is for no project: set OS_PROJECT_NAME or OS_PROJECT_ID");
		g_clear_pointer(&token, token_free);
	}
	return token;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/identity.h"
#include "cloud/keystone.h"
#include "cloud/oidc.h"
#include "hooks/caller.h"

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

	return method && (!strcmp(method, "password") || !strcmp(method, "oidc-password")) &&
			!settings_get(s, SET_PASSWORD);
}

char *keystone_base(const char *auth_url)
{
	g_autofree char *url = g_strdup(auth_url);
	gsize n = strlen(url);

	while (n && url[n - 1] == '/')
		url[--n] = '\0';
	/* as it is pasted from a message or a document */
	if (g_str_has_suffix(url, "/auth/tokens"))
		url[n -= strlen("/auth/tokens")] = '\0';
	while (n && url[n - 1] == '/')
		url[--n] = '\0';
	if (g_str_has_suffix(url, "/v3"))
		return g_steal_pointer(&url);
	if (g_str_has_suffix(url, "/v2.0"))
		url[n - strlen("/v2.0")] = '\0';
	return g_strconcat(url, "/v3", NULL);
}

/* A header of both ways: the first factor was right. */
#define RECEIPT "openstack-auth-receipt"

/* Keystone's words when it does not want to say more. */
#define SAYS_NOTHING "The request you have made requires authentication."

static const char *refusal_remedy(const char *said)
{
	g_autofree char *words = g_ascii_strdown(said, -1);

	if (strstr(words, "password") && strstr(words, "expired"))
		return "; change it where the cloud lets you (its dashboard, openstack user "
				"password set), then log in with the new one";
	if (strstr(words, "locked"))
		return "; too many wrong passwords lock an account for a time: try again later, "
				"or ask an administrator";
	if (strstr(words, "disabled"))
		return "; an administrator must enable it";
	return "; check user, domain and password or secret, or project";
}

static void set_refused(const char *base, const struct http_reply *reply, const char *said,
		GError **error)
{
	gboolean silent = !*said || !strcmp(said, SAYS_NOTHING);

	if (reply->status == 401 && http_reply_header(reply, RECEIPT))
		broker_set_error(error, BROKER_ERROR_AUTH, OSVDI_BROKER_REASON_SECOND_FACTOR,
				"identity (%s): a second factor is wanted; use an application "
				"credential or a token instead",
				base);
	else if (reply->status == 401)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH,
				"identity (%s): login refused (401)%s%s%s", base,
				silent ? "" : ": ", silent ? "" : said,
				refusal_remedy(silent ? "" : said));
	else if (reply->status == 403)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH,
				"identity (%s): not allowed (403): %s", base, said);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_AUTH,
				"identity (%s): login refused (404): %s", base, said);
}

static char *failure_remedy(struct redact *secrets, const struct http_reply *reply)
{
	g_autofree char *wait = http_retry_after(reply);
	g_autofree char *redacted = redact_text(secrets, http_reply_header(reply, "location"));
	g_autofree char *location = text_clean(redacted, 200);
	char *end = strstr(location, "/auth/tokens");

	if (end)
		*end = '\0';
	switch (reply->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return g_strdup_printf(
				" to %s; a login is not sent after a redirect: set OS_AUTH_URL "
				"to the right address",
				*location ? location : "nowhere");
	case 407:
		return g_strdup("; a proxy on the way wants a login of its own: see http_proxy, "
				"https_proxy, no_proxy");
	case 429:
	case 502:
	case 503:
	case 504:
		return wait ? g_strdup_printf("; Keystone is busy and asks to wait %s: try again "
				"then",
					      wait) :
			      g_strdup("; Keystone is busy or down: try again in a moment");
	case 500:
		return g_strdup("; Keystone is in trouble: try again, or tell its operator");
	default:
		return g_strdup("; is OS_AUTH_URL right?");
	}
}

static void set_refusal(struct redact *secrets, const char *base, const struct http_reply *reply,
		GError **error)
{
	g_autoptr(JsonNode) root = js_load(reply->body->str, reply->body->len, NULL);
	g_autofree char *said =
			text_clean(js_str(js_obj(js_root_object(root), "error"), "message"), 300);
	g_autofree char *remedy = NULL;

	/* "Could not find Application Credential", "Could not recognize Fernet token"; for an
	 * address that is none its words are others. */
	if (reply->status == 401 || reply->status == 403 ||
			(reply->status == 404 && g_str_has_prefix(said, "Could not "))) {
		set_refused(base, reply, said, error);
		return;
	}
	remedy = failure_remedy(secrets, reply);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"identity (%s): %ld %s instead of a token%s%s%s", base, reply->status,
			http_status_text(reply->status), *said ? ": " : "", said, remedy);
}

/* Nothing of Keystone's login is at the address. */
static gboolean is_elsewhere(const struct http_reply *reply)
{
	return reply->status == 404 || reply->status == 405 || reply->status == 410 ||
			reply->status == 300;
}

void keystone_login_clear(struct keystone_login *login)
{
	g_clear_pointer(&login->receipt, secret_free);
	g_clear_pointer(&login->receipt_user, g_free);
}

/* Keep the receipt of a first factor. One that could not stand in a header is none. */
static void take_receipt(struct keystone_login *login, const struct http_reply *reply,
		struct redact *secrets)
{
	const char *receipt = http_reply_header(reply, RECEIPT);
	g_autoptr(JsonNode) root = js_load(reply->body->str, reply->body->len, NULL);
	JsonObject *user = js_obj(js_obj(js_root_object(root), "receipt"), "user");

	if (!receipt || reply->status != 401 || strpbrk(receipt, "\r\n"))
		return;
	keystone_login_clear(login);
	login->receipt = g_strdup(receipt);
	login->receipt_user = g_strdup(js_str(user, "id"));
	redact_remember(secrets, receipt);
}

static struct http_reply *send_auth(struct http *http, const char *base, JsonNode *body,
		const struct keystone_login *login, GError **error)
{
	const char *receipt = login ? login->receipt : NULL;
	g_autofree char *url = g_strconcat(base, "/auth/tokens", NULL);
	char *line = receipt ? g_strconcat("Openstack-Auth-Receipt: ", receipt, NULL) : NULL;
	const char *const headers[] = { "Content-Type: application/json",
		"Accept: application/json", line, NULL };
	char *text = js_dump(body, FALSE);
	struct http_request request = { .method = "POST",
		.url = url,
		.headers = headers,
		.body = text,
		.repeatable = !receipt };
	struct http_reply *reply = http_send(http, &request, error);

	secret_free(line);
	secret_free(text);
	return reply;
}

static struct token *take_token(struct http *http, const char *base, const struct clock *clock,
		const struct http_reply *reply, GError **error)
{
	JsonNode *root = js_load(reply->body->str, reply->body->len, error);
	const char *id = http_reply_header(reply, "x-subject-token");
	struct token *token =
			root ? token_new(root, id, caller_secrets(http_caller(http)), error) : NULL;

	if (!token)
		return NULL;
	token_set_clock(token, clock_unix_s(clock), http_reply_date(reply));
	token->identity = g_strdup(base);
	return token;
}

/* elsewhere: set when the API may be at another address. */
static struct token *post_auth(struct http *http, const char *base, JsonNode *body,
		const struct clock *clock, struct keystone_login *login, gboolean *elsewhere,
		GError **error)
{
	g_autoptr(auto_http_reply) reply = send_auth(http, base, body, login, error);
	struct redact *secrets = caller_secrets(http_caller(http));
	struct token *token;

	if (!reply) {
		g_prefix_error(error, "identity (%s): ", base);
		return NULL;
	}
	if (reply->status != 201 && reply->status != 200) {
		set_refusal(secrets, base, reply, error);
		if (login)
			take_receipt(login, reply, secrets);
		*elsewhere = is_elsewhere(reply) && !broker_error_is(*error, BROKER_ERROR_AUTH);
		return NULL;
	}
	token = take_token(http, base, clock, reply, error);
	if (!token)
		g_prefix_error(error, "identity (%s): ", base);
	return token;
}

/* Log in below auth_url at "/v3", or else at the address in its list of versions. */
static struct token *post_anywhere(struct http *http, const char *auth_url, const char *base,
		JsonNode *body, const struct clock *clock, struct keystone_login *login,
		GError **error)
{
	gboolean elsewhere = FALSE;
	g_autoptr(GError) e = NULL;
	struct token *token = post_auth(http, base, body, clock, login, &elsewhere, &e);
	g_autofree char *found = elsewhere ? identity_find(http, auth_url) : NULL;

	if (!found || !strcmp(found, base)) {
		if (e)
			g_propagate_error(error, g_steal_pointer(&e));
		return token;
	}
	log_info(http_caller(http), "identity: its API is at %s", found);
	return post_auth(http, found, body, clock, login, &elsewhere, error);
}

gboolean keystone_revoke(struct http *http, const char *base, const char *id, GError **error)
{
	g_autofree char *url = g_strconcat(base, "/auth/tokens", NULL);
	char *caller = g_strconcat("X-Auth-Token: ", id, NULL);
	char *subject = g_strconcat("X-Subject-Token: ", id, NULL);
	const char *headers[] = { caller, subject, "Accept: application/json", NULL };
	struct http_request request = { .method = "DELETE", .url = url, .headers = headers };
	g_autoptr(auto_http_reply) reply = http_send(http, &request, error);

	secret_free(caller);
	secret_free(subject);
	if (!reply)
		return FALSE;
	/* A token that Keystone knows no more may not even ask. */
	if (reply->status == 204 || reply->status == 200 || reply->status == 401 ||
			reply->status == 404)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%ld %s", reply->status,
			http_status_text(reply->status));
	return FALSE;
}

static struct token *refuse_type(const struct settings *s, GError **error)
{
	g_autofree char *type = text_clean(settings_get(s, SET_AUTH_TYPE), 60);
	g_autofree char *place = settings_place(s, SET_AUTH_TYPE);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s \"%s\" is not known; known: password, token, "
			"v3applicationcredential, v3oidcpassword, v3oidcaccesstoken; any other: "
			"openstack token issue, then OS_AUTH_TYPE=v3token and OS_TOKEN",
			place, type);
	return NULL;
}

/* login NULL: for a project, in one step. */
static struct token *enter(struct http *http, const struct settings *s, const struct clock *clock,
		struct keystone_login *login, GError **error)
{
	const char *url = settings_get(s, SET_AUTH_URL);
	const char *method = keystone_method(s);
	g_autoptr(JsonNode) body = NULL;
	g_autofree char *base = NULL;
	struct token *token;
	char *unscoped = NULL;

	if (!method)
		return refuse_type(s, error);
	if (!url) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"OS_AUTH_URL is not set (auth_url in clouds.yaml)");
		return NULL;
	}
	base = keystone_base(url);
	if (g_str_has_prefix(method, "oidc-")) {
		unscoped = oidc_unscoped_token(http, s, base, !strcmp(method, "oidc-password"),
				error);
		if (!unscoped)
			return NULL;
		method = "token";
	}
	body = keystone_body(s, method, unscoped, login, error);
	token = body ? post_anywhere(http, url, base, body, clock, login, error) : NULL;
	secret_free(unscoped);
	return token;
}

struct token *keystone_log_in(struct http *http, const struct settings *s,
		const struct clock *clock, struct keystone_login *login, GError **error)
{
	return enter(http, s, clock, login, error);
}

struct token *keystone_authenticate(struct http *http, const struct settings *s,
		const struct clock *clock, GError **error)
{
	struct token *token = enter(http, s, clock, NULL, error);

	if (token && !token_is_scoped(token)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"the login is for no project: set OS_PROJECT_NAME or "
				"OS_PROJECT_ID");
		g_clear_pointer(&token, token_free);
	}
	return token;
}

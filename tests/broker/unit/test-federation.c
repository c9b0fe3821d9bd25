/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "cloud/identity.h"
#include "cloud/oidc.h"
#include "cloud/projects.h"
#include "scripted.h"

/* Logins by OpenID Connect, Keystone's list of versions, and the list of projects. */

#define KEYSTONE "http://cloud/identity/v3"
#define DISCOVERY "https://idp/.well-known/openid-configuration"
#define FOUND { "GET /.well-known/openid-configuration", 200, \
	"{\"token_endpoint\":\"https://idp/token\"}", NULL, 0 }
#define GIVEN(body) { "POST /token", 200, body, NULL, 0 }
#define EXCHANGE "POST /identity/v3/OS-FEDERATION/identity_providers/my%20idp/protocols/openid/auth"
#define TAKEN { EXCHANGE, 201, "{}", "x-subject-token: unscoped", 0 }
#define ACCESS "{\"access_token\":\"acc-1234\"}"

struct rig {
	struct scripted script;
	struct cloud *cloud;
	struct settings settings;
	GError *error;
};

static void rig_start(struct rig *r, struct answer *answers)
{
	memset(r, 0, sizeof(*r));
	scripted_init(&r->script, answers);
	r->cloud = scripted_cloud(&r->script, NULL);
	settings_set(&r->settings, SET_IDENTITY_PROVIDER, "my idp");
	settings_set(&r->settings, SET_PROTOCOL, "openid");
	settings_set(&r->settings, SET_USERNAME, "alice & b");
	settings_set(&r->settings, SET_PASSWORD, "p&ss=w\303\266rd%");
	settings_set(&r->settings, SET_CLIENT_ID, "viewer");
	settings_set(&r->settings, SET_DISCOVERY_ENDPOINT, DISCOVERY);
}

static void rig_end(struct rig *r)
{
	g_clear_error(&r->error);
	settings_clear(&r->settings);
	cloud_free(r->cloud);
	scripted_clear(&r->script);
}

/* NULL, and words of the message; or the token. */
static void check(struct rig *r, const char *token, const char *wanted, const char *words, int code)
{
	g_assert_cmpstr(token, ==, wanted);
	g_assert_cmpint(r->error != NULL, ==, words != NULL);
	if (!words)
		return;
	g_test_message("%s", r->error->message);
	g_assert_true(broker_error_is(r->error, code));
	g_assert_nonnull(strstr(r->error->message, words));
	g_assert_null(strstr(r->error->message, "acc-1234"));
	g_assert_null(strstr(r->error->message, "p&ss"));
}

/* ---- logins by password ---------------------------------------------------- */

static void test_by_password(void)
{
	static struct {
		struct answer answers[4];
		const char *wanted, *words;
		int code;
	} cases[] = {
		{ { FOUND, GIVEN(ACCESS), TAKEN }, "unscoped", NULL, 0 },
		{ { FOUND, GIVEN(ACCESS), { EXCHANGE, 200, "", "X-Subject-Token: u2", 0 } }, "u2",
			NULL, 0 },
		/* the provider's document */
		{ { { "GET /.well-known/openid-configuration", 404, "", NULL, 0 } }, NULL,
			"404, no JSON object", BROKER_ERROR_SERVICE },
		{ { { "GET /.well-known/openid-configuration", 200, "[]", NULL, 0 } }, NULL,
			"no JSON object", BROKER_ERROR_SERVICE },
		{ { { "GET /.well-known/openid-configuration", 200, "{}", NULL, 0 } }, NULL,
			"names no token_endpoint", BROKER_ERROR_SERVICE },
		{ { { "GET /.well-known/openid-configuration", 200, "{\"token_endpoint\":7}", NULL,
			0 } }, NULL, "names no token_endpoint", BROKER_ERROR_SERVICE },
		{ { { "GET /.well-known/openid-configuration", 200,
			"{\"token_endpoint\":\"file:///etc/passwd\"}", NULL, 0 } }, NULL,
			"names no token_endpoint", BROKER_ERROR_SERVICE },
		/* nobody may lead the password into the clear */
		{ { { "GET /.well-known/openid-configuration", 200,
			"{\"token_endpoint\":\"http://idp/token\"}", NULL, 0 }, GIVEN(ACCESS) },
			NULL, "is not https", BROKER_ERROR_SERVICE },
		{ { { "GET /.well-known/openid-configuration", 0, "", NULL, 0 } }, NULL,
			"OpenID provider (https://idp/", BROKER_ERROR_SERVICE },
		/* the provider's answer */
		{ { FOUND, { "POST /token", 401, "{\"error_description\":\"no\\u001b[m such\"}",
			NULL, 0 } }, NULL, "login refused (401): no?[m such", BROKER_ERROR_AUTH },
		{ { FOUND, { "POST /token", 400, "<html>", NULL, 0 } }, NULL,
			"login refused (400)", BROKER_ERROR_AUTH },
		{ { FOUND, { "POST /token", 403, "{\"error_description\":[]}", NULL, 0 } }, NULL,
			"login refused (403)", BROKER_ERROR_AUTH },
		{ { FOUND, { "POST /token", 500, ACCESS, NULL, 0 } }, NULL, "500",
			BROKER_ERROR_SERVICE },
		{ { FOUND, GIVEN("{}") }, NULL, "holds no access_token", BROKER_ERROR_SERVICE },
		{ { FOUND, GIVEN("{\"access_token\":null}") }, NULL, "holds no access_token",
			BROKER_ERROR_SERVICE },
		{ { FOUND, GIVEN("{\"access_token\":\"a\\r\\nX: y\"}"), TAKEN }, NULL,
			"line break", BROKER_ERROR_USAGE },
		/* Keystone's */
		{ { FOUND, GIVEN(ACCESS), { EXCHANGE, 401, "", NULL, 0 } }, NULL,
			"does not take this OpenID login (401)", BROKER_ERROR_AUTH },
		{ { FOUND, GIVEN(ACCESS), { EXCHANGE, 404, "", NULL, 0 } }, NULL,
			"404 Not Found instead of a token", BROKER_ERROR_SERVICE },
		{ { FOUND, GIVEN(ACCESS), { EXCHANGE, 302, "", "location: https://idp/", 0 } },
			NULL, "302", BROKER_ERROR_SERVICE },
		{ { FOUND, GIVEN(ACCESS), { EXCHANGE, 201, "{}", NULL, 0 } }, NULL,
			"instead of a token", BROKER_ERROR_SERVICE },
		{ { FOUND, GIVEN(ACCESS), { EXCHANGE, 0, "", NULL, 0 } }, NULL,
			"identity (" KEYSTONE, BROKER_ERROR_SERVICE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct rig r;
		g_autofree char *token = NULL;

		g_test_message("case %zu", i);
		rig_start(&r, cases[i].answers);
		token = oidc_unscoped_token(cloud_http(r.cloud), &r.settings, KEYSTONE, TRUE,
				&r.error);
		check(&r, token, cases[i].wanted, cases[i].words, cases[i].code);
		rig_end(&r);
	}
}

/* Letters that mean something in a form are escaped. */
static void test_form(void)
{
	struct answer answers[] = { FOUND, GIVEN("{\"id_token\":\"acc-1234\"}"), TAKEN, { 0 } };
	g_autofree char *token = NULL;
	struct rig r;

	rig_start(&r, answers);
	settings_set(&r.settings, SET_OPENID_SCOPE, "openid groups");
	settings_set(&r.settings, SET_ACCESS_TOKEN_TYPE, "id_token");
	settings_set(&r.settings, SET_CLIENT_SECRET, "s");
	token = oidc_unscoped_token(cloud_http(r.cloud), &r.settings, KEYSTONE, TRUE, &r.error);
	check(&r, token, "unscoped", NULL, 0);
	g_assert_cmpuint(r.script.asked->len, ==, 3);
	g_assert_cmpstr(r.script.bodies->pdata[1], ==, "grant_type=password&"
			"username=alice%20%26%20b&password=p%26ss%3Dw%C3%B6rd%25&"
			"scope=openid%20groups&client_id=viewer");
	rig_end(&r);
}

/* A setting that is missing is named, and nothing is asked. */
static void test_missing(void)
{
	static const struct {
		enum setting which;
		gboolean with_password;
		const char *words;
	} cases[] = {
		{ SET_IDENTITY_PROVIDER, TRUE, "OS_IDENTITY_PROVIDER is not set" },
		{ SET_PROTOCOL, TRUE, "OS_PROTOCOL is not set" },
		{ SET_CLIENT_ID, TRUE, "OS_CLIENT_ID is not set" },
		{ SET_DISCOVERY_ENDPOINT, TRUE, "OS_DISCOVERY_ENDPOINT is not set" },
		{ SET_IDENTITY_PROVIDER, FALSE, "OS_IDENTITY_PROVIDER is not set" },
		{ SET_PROTOCOL, FALSE, "OS_PROTOCOL is not set" },
		{ SET_ACCESS_TOKEN, FALSE, "OS_ACCESS_TOKEN is not set" },
	};
	struct answer none[] = { { 0 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct rig r;
		g_autofree char *token = NULL;

		rig_start(&r, none);
		settings_set(&r.settings, SET_ACCESS_TOKEN, "acc-1234");
		settings_set(&r.settings, cases[i].which, NULL);
		token = oidc_unscoped_token(cloud_http(r.cloud), &r.settings, KEYSTONE,
				cases[i].with_password, &r.error);
		check(&r, token, NULL, cases[i].words, BROKER_ERROR_USAGE);
		g_assert_cmpuint(r.script.asked->len, ==, 0);
		rig_end(&r);
	}
}

/* A token that is given is all that is needed; an address that is given is not asked for. */
static void test_given(void)
{
	struct answer answers[] = { TAKEN, GIVEN(ACCESS), { 0 } };
	g_autofree char *token = NULL, *second = NULL;
	struct rig r;

	rig_start(&r, answers);
	settings_set(&r.settings, SET_ACCESS_TOKEN, "acc-1234");
	settings_set(&r.settings, SET_DISCOVERY_ENDPOINT, NULL);
	settings_set(&r.settings, SET_USERNAME, NULL);
	token = oidc_unscoped_token(cloud_http(r.cloud), &r.settings, KEYSTONE, FALSE, &r.error);
	check(&r, token, "unscoped", NULL, 0);
	g_assert_cmpuint(r.script.asked->len, ==, 1);
	settings_set(&r.settings, SET_ACCESS_TOKEN_ENDPOINT, "http://idp/token");
	settings_set(&r.settings, SET_USERNAME, "u");
	second = oidc_unscoped_token(cloud_http(r.cloud), &r.settings, KEYSTONE, TRUE, &r.error);
	check(&r, second, "unscoped", NULL, 0);
	g_assert_cmpuint(scripted_count(&r.script, "GET"), ==, 0);
	rig_end(&r);
}

/* ---- Keystone's versions --------------------------------------------------- */

#define V3(href) "{\"id\":\"v3.14\",\"links\":[{\"rel\":\"help\",\"href\":\"http://x/\"}," \
	"{\"rel\":\"self\",\"href\":\"" href "\"}]}"

/* The document at an address, and where v3 is. */
static void test_versions(void)
{
	static struct {
		struct answer answers[2];
		const char *wanted;
	} cases[] = {
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":[{\"id\":\"v2.0\"},"
			V3("http://cloud/id/v3/") "]}}", NULL, 0 } }, "http://cloud/id/v3" },
		{ { { "GET /id/", 200, "{\"versions\":[" V3("/keystone/v3") "]}", NULL, 0 } },
			"http://cloud/keystone/v3" },
		{ { { "GET /id/", 200, "{\"version\":" V3("v3") "}", NULL, 0 } },
			"http://cloud/id/v3" },
		{ { { "GET /id/", 200, "{\"version\":" V3("https://CLOUD:5000/v3//") "}", NULL,
			0 } }, "http://cloud/v3" },
		/* not followed: the login would go there */
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":[" V3("http://evil/v3") "]}}",
			NULL, 0 } }, NULL },
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":["
			V3("http://cloud@evil/v3") "]}}", NULL, 0 } }, NULL },
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":[" V3("http://[") "]}}", NULL,
			0 } }, NULL },
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":[{\"id\":\"v30\",\"links\":"
			"[{\"rel\":\"self\",\"href\":\"/v30\"}]},7,null]}}", NULL, 0 } }, NULL },
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":[{\"id\":\"v3\"}]}}", NULL, 0 } },
			NULL },
		{ { { "GET /id/", 300, "{\"versions\":{\"values\":[{\"id\":\"v3\",\"links\":"
			"[{\"rel\":\"self\",\"href\":9}]}]}}", NULL, 0 } }, NULL },
		{ { { "GET /id/", 300, "[]", NULL, 0 } }, NULL },
		{ { { "GET /id/", 200, "<html>", NULL, 0 } }, NULL },
		{ { { "GET /id/", 404, "{\"version\":" V3("v3") "}", NULL, 0 } }, NULL },
		{ { { "GET /id/", 0, "", NULL, 0 } }, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct rig r;
		g_autofree char *found = NULL;

		g_test_message("case %zu", i);
		rig_start(&r, cases[i].answers);
		found = identity_find(cloud_http(r.cloud),
				i % 2 ? "http://cloud/id" : "http://cloud/id//");
		g_assert_cmpstr(found, ==, cases[i].wanted);
		g_assert_cmpuint(r.script.asked->len, <=, 3);
		rig_end(&r);
	}
}

/* ---- projects -------------------------------------------------------------- */

/* Keystone's list, and "NAME ID DOMAIN;" of each; or words of the message. */
static void test_projects(void)
{
	static struct {
		struct answer answers[2];
		const char *wanted, *words;
		int code;
	} cases[] = {
		{ { { "GET /auth/projects", 200, "{\"projects\":[{\"id\":\"2\",\"name\":\"b\","
			"\"domain_id\":\"d\"},{\"id\":\"1\",\"name\":\"a\"},"
			"{\"id\":\"0\",\"name\":\"b\"}]}", NULL, 0 } },
			"a 1 -;b 0 -;b 2 d;", NULL, 0 },
		{ { { "GET /auth/projects", 200, "{\"projects\":[{\"id\":\"1\",\"name\":\"a\","
			"\"enabled\":false},{\"name\":\"x\"},{\"id\":\"\",\"name\":\"y\"},"
			"{\"id\":7},[],null,{\"id\":\"3\",\"name\":4,\"domain_id\":[]}]}", NULL,
			0 } }, "3 3 -;", NULL, 0 },
		{ { { "GET /auth/projects", 200, "{\"projects\":[]}", NULL, 0 } }, "", NULL, 0 },
		{ { { "GET /auth/projects", 200, "{\"projects\":{}}", NULL, 0 } }, NULL,
			"holds no projects", BROKER_ERROR_SERVICE },
		{ { { "GET /auth/projects", 200, "{}", NULL, 0 } }, NULL, "holds no projects",
			BROKER_ERROR_SERVICE },
		{ { { "GET /auth/projects", 401, "{}", NULL, 0 } }, NULL, "401",
			BROKER_ERROR_AUTH },
		{ { { "GET /auth/projects", 500, "{}", NULL, 0 } }, NULL, "500",
			BROKER_ERROR_SERVICE },
		{ { { "GET /auth/projects", 200, "nothing", NULL, 0 } }, NULL, "identity",
			BROKER_ERROR_SERVICE },
		{ { { "GET /auth/projects", 0, "", NULL, 0 } }, NULL, "identity (" KEYSTONE,
			BROKER_ERROR_SERVICE },
	};
	const struct token token = { .identity = (char *)KEYSTONE, .id = (char *)"acc-1234" };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct rig r;
		g_autoptr(GPtrArray) all = NULL;
		g_autoptr(GString) text = g_string_new(NULL);

		g_test_message("case %zu", i);
		rig_start(&r, cases[i].answers);
		all = projects_list(cloud_http(r.cloud), &token, &r.error);
		for (guint j = 0; all && j < all->len; j++) {
			const struct project *p = all->pdata[j];

			g_string_append_printf(text, "%s %s %s;", p->name, p->id,
					p->domain_id ? p->domain_id : "-");
		}
		check(&r, all ? text->str : NULL, cases[i].wanted, cases[i].words, cases[i].code);
		rig_end(&r);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/oidc/by-password", test_by_password);
	g_test_add_func("/oidc/form", test_form);
	g_test_add_func("/oidc/missing", test_missing);
	g_test_add_func("/oidc/given", test_given);
	g_test_add_func("/identity/versions", test_versions);
	g_test_add_func("/projects/list", test_projects);
	return g_test_run();
}

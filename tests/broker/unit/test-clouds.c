/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/yaml-tree.h"
#include "cloud/keystone.h"
#include "cloud/settings-check.h"
#include "clouds.h"
#include "desktop/config.h"
#include "environment.h"

static struct yaml *load(const char *text)
{
	g_autoptr(GError) e = NULL;
	struct yaml *n = yaml_load("f.yaml", text, strlen(text), &e);

	g_assert_no_error(e);
	return n;
}

static void test_precedence(void)
{
	g_autoptr(auto_yaml) clouds = load("clouds:\n c:\n  profile: v\n  auth: {username: file, "
			"password: open, auth-url: http://file}\n  regions: [{name: R1, values: "
			"{interface: admin}}, R2]\n  interface: internal\n  verify: false\n");
	g_autoptr(auto_yaml) secure = load("clouds:\n c:\n  auth:\n   password: shut\n");
	g_autoptr(auto_yaml) vendor = load("public-clouds:\n v:\n  auth: {auth_url: http://vendor, "
			"project_name: vp}\n");
	struct clouds_files files = { clouds, secure, vendor, FALSE };
	struct settings s = { 0 };
	char *envp[] = { (char *)"OS_USERNAME=env", (char *)"OS_TENANT_NAME=", NULL };

	settings_from_environment(&s, envp);
	g_assert_true(clouds_pick(&s, &files, "c", NULL));
	g_assert_cmpstr(settings_get(&s, SET_USERNAME), ==, "env");
	g_assert_cmpstr(settings_get(&s, SET_PASSWORD), ==, "shut");
	g_assert_cmpstr(settings_get(&s, SET_AUTH_URL), ==, "http://file");
	g_assert_cmpstr(settings_get(&s, SET_PROJECT_NAME), ==, "vp");
	g_assert_cmpstr(settings_get(&s, SET_REGION_NAME), ==, "R1");
	g_assert_cmpstr(settings_get(&s, SET_INTERFACE), ==, "admin");
	g_assert_true(settings_check(&s, NULL, NULL, NULL));
	g_assert_true(settings_are_insecure(&s));
	g_assert_cmpstr(clouds_only_name(clouds), ==, "c");
	g_assert_false(clouds_pick(&s, &files, "d", NULL));
	settings_clear(&s);
}

static void test_environment(void)
{
	struct settings s = { 0 };
	char *envp[] = { (char *)"OS_TENANT_NAME=t", (char *)"OS_ENDPOINT_TYPE=internalURL",
		(char *)"OS_AUTH_TOKEN=k", NULL };

	settings_from_environment(&s, envp);
	g_assert_cmpstr(settings_get(&s, SET_PROJECT_NAME), ==, "t");
	g_assert_cmpstr(settings_get(&s, SET_INTERFACE), ==, "internalURL");
	g_assert_cmpstr(keystone_method(&s), ==, "token");
	settings_set(&s, SET_AUTH_TYPE, "v3kerberos");
	g_assert_null(keystone_method(&s));
	settings_clear(&s);
}

static void test_yaml_forms(void)
{
	static const struct {
		const char *text, *a; /* what "a" is; "null", or NULL: no string */
	} cases[] = {
		{ "a: !!str 012", "012" },
		{ "a: !!int 7", "7" },
		{ "a: !!str null", "null" },
		{ "a: !!null x", NULL },
		{ "a: ! ~", "~" },
		{ "a: Null", "Null" },
		{ "a: 'null'", "null" },
		{ "a: ~", NULL },
		{ "x: &x {a: 1}\n<<: *x", "1" },
		{ "x: &x {a: 1}\ny: &y {a: 2}\n<<: [*y, *x]", "2" },
		{ "x: &x {a: 1}\na: own\n<<: *x", "own" },
		{ "x: &x {a: 1}\n<<: *x\na: own", "own" },
		{ "'<<': {b: 1}\na: 3", "3" },
		{ "a: 1\na: 2", "2" },
		{ "{\"a\":\"\\u00e4\",\n\t\"b\":[1,true,null]}", "\303\244" },
		{ "--- \na: 1\n...\n", "1" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(auto_yaml) y = load(cases[i].text);

		g_assert_cmpstr(js_str(js_root_object(y->root), "a"), ==, cases[i].a);
	}
}

static void test_yaml_places(void)
{
	g_autoptr(auto_yaml) y = load("x: &x\n  k: 1\nb:\n  <<: *x\n  l: ~\nl: 1\nl: 2\n");
	JsonObject *o = js_root_object(y->root);
	g_autofree char *place = yaml_place(y, js_obj(o, "b"), "k");

	g_assert_cmpstr(place, ==, "f.yaml:2 (k)");
	g_assert_cmpint(yaml_line(y, js_obj(o, "b"), "l"), ==, 5);
	g_assert_cmpint(yaml_line(y, o, "nothing"), ==, 0);
	g_assert_cmpuint(y->remarks->len, ==, 1);
	g_assert_nonnull(strstr(y->remarks->pdata[0], "line 7"));
}

static void test_yaml_refuses(void)
{
	GString *bomb = g_string_new("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	g_autofree char *deep = g_strnfill(YAML_MAX_DEPTH + 5, '[');
	const char *bad[] = { "a: [", "{[]: 1}", "\t- x", "a: *nowhere", NULL, NULL,
		"a: \"x\\0y\"", "\xff",
		"a: !vault x", "a: !!binary eA==", "a: !ENV {b: c}", "a: 1\n---\nb: 2\n", "<<: 1",
		"<<: [[{a: 1}]]", "a: &a [*a]" };

	for (int i = 1; i < 9; i++)
		g_string_append_printf(bomb, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i,
				i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	bad[4] = bomb->str;
	bad[5] = deep;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) e = NULL;

		g_assert_null(yaml_load("f", bad[i], strlen(bad[i]), &e));
		g_assert_error(e, BROKER_ERROR, BROKER_ERROR_USAGE);
	}
	g_string_free(bomb, TRUE);
}

static void test_config(void)
{
	static const char good[] = "desktop: d\nconsole-token-ttl: 10m\nspice: {ca: /x, "
			"host-subject: O=a}\nprofiles: {p: {image: i, networks: [none]}}\n";
	static const char *const bad[] = { "desk: d", "console-token-ttl: soon",
		"console-token-ttl: [1]", "profiles: [1]", "profiles: {p: 1}",
		"profiles: {p: {imgae: i}}", "[1]", "spice: {cert: x}",
		"spice: true", "spice: {ca: [a]}", "desktop: [a]", "viewer: {a: b}",
		"profiles: {p: {config-drive: ture}}", "profiles: {p: {metadata: x}}",
		"profiles: {p: {image: [a]}}", "profiles: {p: {networks: {a: b}}}" };
	struct config c;

	config_init(&c, NULL);
	g_assert_true(config_parse(&c, "f", good, strlen(good), NULL));
	g_assert_cmpstr(c.desktop, ==, "d");
	g_assert_cmpint(c.console_token_ttl_s, ==, 600);
	g_assert_cmpint(c.lease_warning_s, ==, 3600);
	g_assert_cmpstr(js_str(config_profile(&c, "p"), "image"), ==, "i");
	g_assert_null(config_profile(&c, "q"));
	config_clear(&c);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) e = NULL;

		config_init(&c, NULL);
		g_assert_false(config_parse(&c, "file-name", bad[i], strlen(bad[i]), &e));
		g_assert_error(e, BROKER_ERROR, BROKER_ERROR_USAGE);
		g_assert_nonnull(strstr(e->message, "file-name"));
		config_clear(&c);
	}
}

static void test_keystone_base(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "http://h:5000", "http://h:5000/v3" },
		{ "http://h/identity/", "http://h/identity/v3" },
		{ "http://h/v3/", "http://h/v3" },
		{ "http://h/v2.0", "http://h/v3" },
		{ "http://h/v3/auth/tokens", "http://h/v3" },
		{ "http://h/identity/v3/auth/tokens/", "http://h/identity/v3" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = keystone_base(cases[i].in);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void check_body(struct settings *s, const char *method, const char *want)
{
	g_autoptr(GError) e = NULL;
	g_autoptr(JsonNode) n = keystone_body(s, method, NULL, NULL, &e);
	g_autofree char *text = n ? js_dump(n, FALSE) : NULL;

	if (want)
		g_assert_no_error(e);
	else
		g_assert_error(e, BROKER_ERROR, BROKER_ERROR_USAGE);
	g_assert_cmpstr(text, ==, want);
}

static void test_keystone_bodies(void)
{
	struct settings s = { 0 };

	settings_set(&s, SET_USERNAME, "u");
	check_body(&s, "password", NULL);
	settings_set(&s, SET_PASSWORD, "w");
	check_body(&s, "password", NULL);
	settings_set(&s, SET_PROJECT_ID, "p");
	check_body(&s, "password", "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
			"\"password\":{\"user\":{\"name\":\"u\",\"domain\":{\"id\":\"default\"},"
			"\"password\":\"w\"}}},\"scope\":{\"project\":{\"id\":\"p\"}}}}");
	settings_set(&s, SET_TRUST_ID, "t");
	settings_set(&s, SET_TOKEN, "k");
	check_body(&s, "token", "{\"auth\":{\"identity\":{\"methods\":[\"token\"],"
			"\"token\":{\"id\":\"k\"}},"
			"\"scope\":{\"OS-TRUST:trust\":{\"id\":\"t\"}}}}");
	check_body(&s, "application_credential", NULL);
	settings_set(&s, SET_APPLICATION_CREDENTIAL_SECRET, "x");
	settings_set(&s, SET_APPLICATION_CREDENTIAL_NAME, "n");
	settings_set(&s, SET_USER_DOMAIN_NAME, "D");
	check_body(&s, "application_credential",
			"{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],"
			"\"application_credential\":{\"user\":{\"name\":\"u\","
			"\"domain\":{\"name\":\"D\"}},\"name\":\"n\",\"secret\":\"x\"}}}}");
	settings_clear(&s);
}

static void check_login_body(struct settings *s, const char *method,
		const struct keystone_login *login, const char *want)
{
	g_autoptr(JsonNode) n = keystone_body(s, method, NULL, login, NULL);
	g_autofree char *text = n ? js_dump(n, FALSE) : NULL;

	g_assert_cmpstr(text, ==, want);
}

/* For no project, and in two steps. */
static void test_keystone_logins(void)
{
	struct settings s = { 0 };
	struct keystone_login login = { 0 };

	settings_set(&s, SET_USERNAME, "u");
	settings_set(&s, SET_PASSWORD, "w");
	check_login_body(&s, "password", &login,
			"{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{"
			"\"user\":{\"name\":\"u\",\"domain\":{\"id\":\"default\"},\"password\":"
			"\"w\"}}},\"scope\":\"unscoped\"}}");
	login.receipt = g_strdup("r");
	login.passcode = "1";
	check_login_body(&s, "password", &login,
			"{\"auth\":{\"identity\":{\"methods\":[\"totp\"],\"totp\":{\"user\":{"
			"\"name\":\"u\",\"domain\":{\"id\":\"default\"},\"passcode\":\"1\"}}},"
			"\"scope\":\"unscoped\"}}");
	login.receipt_user = g_strdup("i");
	settings_set(&s, SET_PROJECT_ID, "p");
	check_login_body(&s, "password", &login,
			"{\"auth\":{\"identity\":{\"methods\":[\"totp\"],\"totp\":{\"user\":{"
			"\"id\":\"i\",\"passcode\":\"1\"}}},\"scope\":{\"project\":{\"id\":\"p\"}}}"
			"}");
	keystone_login_clear(&login);
	settings_clear(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clouds/precedence", test_precedence);
	g_test_add_func("/clouds/environment", test_environment);
	g_test_add_func("/yaml/forms", test_yaml_forms);
	g_test_add_func("/yaml/places", test_yaml_places);
	g_test_add_func("/yaml/refuses", test_yaml_refuses);
	g_test_add_func("/config", test_config);
	g_test_add_func("/keystone/base", test_keystone_base);
	g_test_add_func("/keystone/bodies", test_keystone_bodies);
	g_test_add_func("/keystone/logins", test_keystone_logins);
	return g_test_run();
}

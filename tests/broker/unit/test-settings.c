/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "cloud/settings-check.h"
#include "clouds.h"
#include "terminal.h"

#define URL "auth_url: http://h/v3"

/* The cloud "c" of a clouds.yaml, OS_* variables, and what comes of them: the value
 * of a setting, or words of the error. */
static const struct {
	const char *cloud, *env[3];
	int which; /* -1: refused */
	const char *want;
} cases[] = {
	{ "auth: {" URL ", region_name: R}", { NULL }, SET_REGION_NAME, "R" },
	{ "regions: [north, south]", { NULL }, SET_REGION_NAME, "north" },
	{ "regions: [north, {name: south, values: {interface: admin}}]", { "OS_REGION_NAME=south" },
		SET_INTERFACE, "admin" },
	{ "regions: [north, {name: south, values: {interface: admin}}]", { NULL },
		SET_INTERFACE, NULL },
	{ "regions: [{name: a, values: {auth: {username: u2}}}]\n  username: u1", { NULL },
		SET_USERNAME, "u2" },
	{ "region_name: [a, b]", { NULL }, SET_REGION_NAME, "a" },
	{ "region_name: 'a, b'", { NULL }, SET_REGION_NAME, "a" },
	{ "regions: [{nmae: a}]", { NULL }, -1, "clouds.yaml:3 (regions)" },
	{ "regions: {a: b}", { NULL }, -1, "a list of names is wanted" },
	{ "regions: [{name: a, valeus: {}}]", { NULL }, -1, "name and values" },
	{ "interface: [internal, publicURL]", { NULL }, SET_INTERFACE, "internal,public" },
	{ "image_interface: Internal", { NULL }, SET_IMAGE_INTERFACE, "internal" },
	{ "image_endpoint_type: adminURL", { NULL }, SET_IMAGE_INTERFACE, "admin" },
	{ "interface: pubic", { NULL }, -1,
		"clouds.yaml:3 (interface): public, internal or admin" },
	{ "compute_endpoint: HTTP://h:1/x", { NULL }, SET_COMPUTE_ENDPOINT_OVERRIDE,
		"http://h:1/x" },
	{ "compute-endpoint-override: http://h/v2.1/%(project_id)s", { NULL },
		SET_COMPUTE_ENDPOINT_OVERRIDE, "http://h/v2.1/%(project_id)s" },
	{ "compute_endpoint_override: h:8774", { NULL }, -1,
		"clouds.yaml:3 (compute_endpoint_override): http://" },
	{ "username: [u]", { NULL }, SET_USERNAME, "u" },
	{ "username: [u, v]", { NULL }, -1, "one value is wanted, not a list" },
	{ "password: {a: b}", { NULL }, -1, "one value is wanted, not a mapping" },
	{ "auth: [x]", { NULL }, -1, "a mapping is wanted" },
	{ "verify: false", { NULL }, SET_VERIFY, "false" },
	{ "verify: N", { NULL }, SET_VERIFY, "false" },
	{ "verify: ''", { NULL }, SET_VERIFY, NULL },
	{ "verify: ' true'", { NULL }, SET_VERIFY, "true" },
	{ "verify: ture", { NULL }, -1, "verify: true or false" },
	{ "verify: enabled", { NULL }, -1, "not \"enabled\"" },
	{ "verify: 'true,'", { NULL }, -1, "verify: true or false" },
	{ "verify: 2", { NULL }, -1, "verify: true or false" },
	{ "verify: /x/ca.pem", { NULL }, SET_CACERT, "/x/ca.pem" },
	{ "verify: ca.pem", { NULL }, SET_CACERT, "ca.pem" },
	{ "verify: /x/ca.pem\n  cacert: /y", { NULL }, SET_CACERT, "/y" },
	{ "insecure: ture", { NULL }, -1, "clouds.yaml:3 (insecure): true or false" },
	{ "insecure: True", { NULL }, SET_INSECURE, "true" },
	{ URL, { "OS_INSECURE=enabled" }, -1, "OS_INSECURE: true or false" },
	{ "force_ipv4: maybe", { NULL }, -1, "true or false" },
	{ "api_timeout: soon", { NULL }, -1, "number of seconds" },
	{ "api_timeout: 12", { NULL }, SET_API_TIMEOUT, "12" },
	{ "cacert: ~/ca.pem", { NULL }, SET_CACERT, "/home/of/test/ca.pem" },
	{ "cacert: ~nobody-of-that-name/ca.pem", { NULL }, SET_CACERT,
		"~nobody-of-that-name/ca.pem" },
	{ "cert: ~/c\n  key: ~/k", { NULL }, SET_KEY, "/home/of/test/k" },
	{ "key: /k", { NULL }, -1, "clouds.yaml:3 (key): a key needs the certificate" },
	{ URL, { "OS_CACERT=~/ca.pem" }, SET_CACERT, "/home/of/test/ca.pem" },
	{ URL, { "OS_CACERT=\"/x\"" }, SET_CACERT, "/x" },
	{ "auth: {auth_url: 'https://iam.{region_name}.example/v3'}\n  region_name: R", { NULL },
		SET_AUTH_URL, "https://iam.R.example/v3" },
	{ "auth: {auth_url: 'https://iam.{region_name}.example/v3'}", { NULL }, -1,
		"{region_name} is not set" },
	{ "auth: {auth_url: 'https://{password}/v3', password: x}", { NULL }, -1,
		"{password} names no setting" },
	{ "auth_url: ' http://h/v3 '", { NULL }, SET_AUTH_URL, "http://h/v3" },
	{ "auth_url: \"http://h/v3\\r\"", { NULL }, SET_AUTH_URL, "http://h/v3" },
	{ "auth_url: '\"http://h/v3\"'", { NULL }, SET_AUTH_URL, "http://h/v3" },
	{ "auth_url: h:5000/v3", { NULL }, -1, "clouds.yaml:3 (auth_url): http:// or https://" },
	{ "auth_url: file:///etc/passwd", { NULL }, -1, "http:// or https://" },
	{ "auth_url: 'http:// h/v3'", { NULL }, -1, "a blank" },
	{ "auth_url: 'http://'", { NULL }, -1, "no valid address" },
	{ "auth_url: 'http://:5000'", { NULL }, -1, "no valid address" },
	{ "auth_url: 'http://h:port/'", { NULL }, -1, "no valid address" },
	{ "auth_url: 'http://h/v3?x=1'", { NULL }, -1, "\"?\" or \"#\"" },
	{ "auth_url: 'http://[::1]:5000/v3'", { NULL }, SET_AUTH_URL, "http://[::1]:5000/v3" },
	{ "auth_url: http://h/v3", { "OS_AUTH_URL=http://other/v3\r" }, SET_AUTH_URL,
		"http://other/v3" },
	{ "password: ' a '", { NULL }, SET_PASSWORD, " a " },
	{ URL, { "OS_PASSWORD=secret\r" }, SET_PASSWORD, "secret" },
	{ "password: |\n   word\n", { NULL }, SET_PASSWORD, "word" },
	{ "tenant_name: t", { NULL }, SET_PROJECT_NAME, "t" },
	{ "auth: {project_name: inner}\n  project_name: outer", { NULL }, SET_PROJECT_NAME,
		"outer" },
	{ "default_domain_name: D", { NULL }, SET_DEFAULT_DOMAIN_NAME, "D" },
	{ "default_domain_id: D", { NULL }, SET_DEFAULT_DOMAIN, "D" },
	{ "username: u", { "OS_APPLICATION_CREDENTIAL_SECRET=x" },
		SET_APPLICATION_CREDENTIAL_SECRET, NULL },
	{ "username: u\n  application_credential_id: i", { "OS_APPLICATION_CREDENTIAL_SECRET=x" },
		SET_APPLICATION_CREDENTIAL_SECRET, "x" },
	{ "profile: nowhere", { NULL }, -1,
		"profile \"nowhere\" is in no clouds-public.yaml; give auth_url" },
	{ "profile: https://cloud.example", { NULL }, -1,
		"is an address, which is not followed; give auth_url" },
	{ "profile: nowhere\n  " URL, { NULL }, SET_AUTH_URL, "http://h/v3" },
	{ "cloud: nowhere", { "OS_AUTH_URL=http://h/v3" }, SET_AUTH_URL, "http://h/v3" },
	{ "profile: [a]", { NULL }, -1, "the name of a profile is wanted" },
	{ "profile: v", { NULL }, SET_AUTH_URL, "http://vendor/v3" },
	{ "profile: v", { NULL }, SET_REGION_NAME, "V1" },
	{ "profile: v", { "OS_REGION_NAME=V2" }, SET_INTERFACE, "internal" },
	{ "profile: gone", { NULL }, -1, "is of a cloud that is no more: moved" },
	{ "profile: nested", { NULL }, SET_AUTH_URL, "http://vendor/v3" },
};

static gboolean pick(struct settings *s, gsize i, GError **error)
{
	static const char vendor[] = "public-clouds:\n v: {auth: {auth_url: http://vendor/v3}, "
			"regions: [V1, {name: V2, values: {interface: internal}}]}\n"
				     " gone: {status: shutdown, message: moved}\n"
				     " nested: {profile: v}\n";
	g_autofree char *block = g_strdup_printf("clouds:\n c:\n  %s\n", cases[i].cloud);
	g_autofree char *directory = g_dir_make_tmp("settings-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "clouds.yaml", NULL);
	g_autofree char *vendor_path = g_build_filename(directory, "clouds-public.yaml", NULL);
	g_autofree char *here = g_get_current_dir();
	g_auto(GStrv) env = g_strdupv((char **)cases[i].env);
	gboolean ok;

	env = g_environ_setenv(env, "HOME", "/home/of/test", TRUE);
	env = g_environ_setenv(env, "OS_CLOUD", "c", TRUE);
	env = g_environ_setenv(env, "OS_CLIENT_VENDOR_FILE", vendor_path, TRUE);
	g_assert_true(g_file_set_contents(path, block, -1, NULL) &&
			g_file_set_contents(vendor_path, vendor, -1, NULL));
	g_assert_cmpint(g_chdir(directory), ==, 0);
	ok = clouds_resolve(s, env, error) && settings_check(s, g_get_home_dir(), NULL, error);
	g_assert_cmpint(g_chdir(here), ==, 0);
	g_remove(path);
	g_remove(vendor_path);
	g_rmdir(directory);
	return ok;
}

static void test_cases(void)
{
	terminal_set_verbosity(-1);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct settings s = { 0 };
		g_autoptr(GError) e = NULL;
		gboolean ok = pick(&s, i, &e);

		g_test_message("%s", cases[i].cloud);
		if (cases[i].which < 0) {
			g_assert_error(e, BROKER_ERROR, BROKER_ERROR_USAGE);
			g_test_message("%s", e->message);
			g_assert_nonnull(strstr(e->message, cases[i].want));
		} else {
			g_assert_no_error(e);
			g_assert_true(ok);
			g_assert_cmpstr(settings_get(&s, cases[i].which), ==, cases[i].want);
		}
		settings_clear(&s);
	}
}

int main(int argc, char **argv)
{
	/* g_get_home_dir() reads it once. */
	g_setenv("HOME", "/home/of/test", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/cases", test_cases);
	return g_test_run();
}

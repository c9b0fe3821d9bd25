/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osvdi-broker.h"

/*
 * The calls by which a command line gives settings with their place, checks them, sets
 * one end for a whole command and forgets logins: by the public header alone.
 * test_library.py plays the cloud and runs this.
 *
 * usage: library-facts URL CACHE-DIRECTORY
 */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_MESSAGES 20

static const char *url, *cache;

/* The messages of the library, in order. */
static struct {
	char *text[MAX_MESSAGES];
	int n;
} told;

static void on_log(void *data, enum osvdi_broker_level level, const char *message)
{
	assert(level == OSVDI_BROKER_WARNING);
	assert(told.n < MAX_MESSAGES);
	told.text[told.n++] = strdup(message);
}

static void forget_messages(void)
{
	while (told.n)
		free(told.text[--told.n]);
}

/* A broker of alice's, with one setting more and the rest of params. */
static struct osvdi_broker *create(struct osvdi_broker_params *p,
		const struct osvdi_broker_setting *more, struct osvdi_broker_error **error)
{
	const struct osvdi_broker_setting settings[] = {
		{ "username", "alice" },
		{ "password", "a-word-of-hers" },
		{ "project_name", "p" },
		{ "user_domain_name", "Default" },
		{ "project_domain_name", "Default" },
		{ "auth_url", url },
		more ? *more : (struct osvdi_broker_setting){ NULL },
		{ NULL },
	};

	p->size = sizeof(*p);
	p->settings = settings;
	p->hooks.log = on_log;
	return osvdi_broker_create(p, error);
}

static struct osvdi_broker *create_plain(void)
{
	struct osvdi_broker_params p = { 0 };
	struct osvdi_broker *broker = create(&p, NULL, NULL);

	assert(broker);
	return broker;
}

/* Takes the error over. */
static void assert_message(struct osvdi_broker_error *error, const char *wanted)
{
	const char *message = osvdi_broker_error_message(error);

	if (osvdi_broker_error_code(error) != OSVDI_BROKER_USAGE || !strstr(message, wanted))
		fprintf(stderr, "wanted \"%s\", not \"%s\"\n", wanted, message);
	assert(osvdi_broker_error_code(error) == OSVDI_BROKER_USAGE);
	assert(strstr(message, wanted));
	osvdi_broker_error_free(error);
}

/* Settings that are refused, and the words of the message. */
static void test_refused_settings(void)
{
	static const struct {
		struct osvdi_broker_setting setting;
		const char *wanted;
	} cases[] = {
		{ { "interface", "pubic", "clouds.yaml:3 (interface)" },
				"clouds.yaml:3 (interface): public, internal or admin" },
		{ { "interface", "pubic" }, "interface: public, internal or admin" },
		{ { "auth_url", "file:///etc/passwd", "OS_AUTH_URL" }, "OS_AUTH_URL: http://" },
		{ { "colour", "red", "f:1 (colour)" }, "colour: this is no setting" },
		{ { "cloud", "lab" }, "cloud: this is no setting" },
		{ { "cacert", "~/ca.pem", "f:2 (cacert)" }, "f:2 (cacert): /no-home/ca.pem" },
		{ { "key", "/k", "f:3 (key)" }, "f:3 (key): a key needs the certificate" },
		{ { "api_timeout", "soon", "--os-api-timeout" }, "--os-api-timeout: a number" },
		{ { "insecure", "ture", "f:9 (insecure)" }, "f:9 (insecure): true or false" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct osvdi_broker_params p = { .home = "/no-home" };
		struct osvdi_broker_error *error = NULL;

		assert(!create(&p, &cases[i].setting, &error));
		assert_message(error, cases[i].wanted);
	}
	printf("ok refused settings\n");
}

/* The name of a setting, what is given, and what the library makes of that. */
static void test_settings_told(void)
{
	static const struct {
		const char *name, *given, *told;
	} cases[] = {
		{ "interface", "publicURL", "public" },
		{ "insecure", "True", "true" },
		{ "verify", "N", "false" },
		{ "region_name", " R ", "R" },
		{ "scope", "openid", "openid" }, /* another name of openid_scope */
		{ "token", "secret-word", NULL },
		{ "compute_endpoint", "HTTP://h:1/x", "http://h:1/x" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct osvdi_broker_setting more = { cases[i].name, cases[i].given };
		struct osvdi_broker_params p = { 0 };
		struct osvdi_broker *broker = create(&p, &more, NULL);
		const char *said;

		assert(broker);
		said = osvdi_broker_setting(broker, cases[i].name);
		if (!said != !cases[i].told || (said && strcmp(said, cases[i].told)))
			fprintf(stderr, "%s: %s\n", cases[i].name, said ? said : "(none)");
		assert(cases[i].told ? said && !strcmp(said, cases[i].told) : !said);
		assert(!osvdi_broker_setting(broker, "password"));
		assert(!osvdi_broker_setting(broker, "cert"));
		assert(!osvdi_broker_setting(broker, "colour"));
		assert(!strcmp(osvdi_broker_setting(broker, "username"), "alice"));
		osvdi_broker_destroy(broker);
	}
	forget_messages();
	printf("ok settings told\n");
}

static void test_config(void)
{
	struct osvdi_broker_params p = { .config_name = "/etc/site.yaml",
		.config = "viewer: /opt/v\nprofiles: {p: {image: i, networks: [none]}}\n" };
	struct osvdi_broker *broker = create(&p, NULL, NULL);

	assert(broker);
	assert(!strcmp(osvdi_broker_config_viewer(broker), "/opt/v"));
	assert(!strcmp(osvdi_broker_config_profile(broker, "p"),
			"{\"image\":\"i\",\"networks\":[\"none\"]}"));
	assert(!osvdi_broker_config_profile(broker, "q"));
	osvdi_broker_destroy(broker);
	broker = create_plain();
	assert(!osvdi_broker_config_viewer(broker));
	assert(!osvdi_broker_config_profile(broker, "p"));
	osvdi_broker_destroy(broker);
	assert(!told.n);
	printf("ok config\n");
}

/* Configurations that are refused, and the words of the message. */
static void test_refused_config(void)
{
	static const struct {
		const char *name, *text;
		size_t length;
		const char *wanted;
	} cases[] = {
		{ "site.yaml", "viewr: x\n", 0, "site.yaml:1 (viewr): this is no setting" },
		{ NULL, "viewr: x\n", 0, "configuration:1 (viewr): this is no setting" },
		{ "site.yaml", "[1]", 0, "site.yaml: top level" },
		{ "site.yaml", "{", 0, "site.yaml: " },
		{ "site.yaml", "viewer: x\n\0viewr: x\n", 20, "site.yaml: " },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct osvdi_broker_params p = { .config = cases[i].text,
			.config_length = cases[i].length, .config_name = cases[i].name };
		struct osvdi_broker_error *error = NULL;

		assert(!create(&p, NULL, &error));
		assert_message(error, cases[i].wanted);
	}
	printf("ok refused config\n");
}

/* A missing authority for SPICE is told before anything is asked, and only then. */
static void test_spice_authority(void)
{
	struct osvdi_broker_params p = { .config_name = "b.yaml", .home = "/no-home",
		.config = "spice: {ca: ~/spice.pem}\n" };
	struct osvdi_broker *broker = create(&p, NULL, NULL);
	const struct osvdi_broker_open_params open = { .size = sizeof(open) };
	struct osvdi_broker_cost cost = { .size = sizeof(cost) };
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_list *list;

	assert(broker);
	assert(!osvdi_broker_open(broker, &open, &error));
	assert_message(error, "b.yaml:1 (ca): /no-home/spice.pem");
	osvdi_broker_cost(broker, &cost);
	assert(cost.requests == 0);
	list = osvdi_broker_list(broker, NULL, NULL);
	assert(list && osvdi_broker_list_length(list) == 1);
	osvdi_broker_list_free(list);
	osvdi_broker_destroy(broker);
	printf("ok authority for SPICE\n");
}

static void test_cost(void)
{
	struct {
		struct osvdi_broker_cost cost;
		char after;
	} old = { { .size = offsetof(struct osvdi_broker_cost, connections),
				  .connections = 77 } };
	struct osvdi_broker_cost cost = { .size = sizeof(cost) };
	struct osvdi_broker *broker = create_plain();
	struct osvdi_broker_desktop *d;

	osvdi_broker_cost(broker, &cost);
	assert(cost.requests == 0 && cost.connections == 0 && cost.waited_us == 0);
	d = osvdi_broker_find(broker, NULL, NULL, NULL);
	assert(d);
	osvdi_broker_cost(broker, &cost);
	assert(cost.requests >= 2 && cost.connections >= 1 && cost.waited_us > 0);
	/* A caller that was built for fewer members gets no more. */
	osvdi_broker_cost(broker, &old.cost);
	assert(old.cost.requests == cost.requests && old.cost.connections == 77);
	osvdi_broker_desktop_free(d);
	osvdi_broker_destroy(broker);
	printf("ok cost\n");
}

static void test_desktop_json(void)
{
	struct osvdi_broker_params p = { .config = "desktop: desk0\n" };
	struct osvdi_broker *broker = create(&p, NULL, NULL);
	struct osvdi_broker_desktop *d = osvdi_broker_find(broker, NULL, NULL, NULL);
	struct osvdi_broker_list *list = osvdi_broker_list(broker, NULL, NULL);
	const char *json;

	assert(d && list);
	json = osvdi_broker_desktop_json(broker, d);
	assert(strstr(json, "\"name\":\"desk0\"") && strstr(json, "\"image\":\"tiny\""));
	assert(strstr(json, "\"default\":true"));
	/* An element of the list's JSON is the same. */
	assert(strstr(osvdi_broker_list_json(list), json));
	assert(!osvdi_broker_list_region(list));
	osvdi_broker_list_free(list);
	osvdi_broker_desktop_free(d);
	osvdi_broker_destroy(broker);
	printf("ok desktop's JSON\n");
}

/* An empty list names the region, and the others that the files name. */
static void test_region(void)
{
	static const char *const regions[] = { "R", "south", NULL };
	const struct osvdi_broker_setting more = { "region_name", "R" };
	const struct osvdi_broker_query query = { .pool = "no-such-pool" };
	struct osvdi_broker_params p = { .regions = regions };
	struct osvdi_broker *broker = create(&p, &more, NULL);
	struct osvdi_broker_list *list = osvdi_broker_list(broker, &query, NULL);

	assert(list && osvdi_broker_list_length(list) == 0);
	assert(!strcmp(osvdi_broker_list_region(list), "R; this cloud also has south"));
	assert(!strcmp(osvdi_broker_list_json(list), "[]"));
	osvdi_broker_list_free(list);
	osvdi_broker_destroy(broker);
	printf("ok region\n");
}

static void test_checks(void)
{
	static const size_t limit = 65535 / 4 * 3; /* Nova's, before base64 */
	struct osvdi_broker_error *error = NULL;

	assert(osvdi_broker_is_status("ACTIVE") && osvdi_broker_is_status("SHELVED_OFFLOADED"));
	assert(osvdi_broker_is_status("active"));
	assert(!osvdi_broker_is_status("ASLEEP") && !osvdi_broker_is_status(""));
	assert(osvdi_broker_check_user_data(0, NULL));
	assert(osvdi_broker_check_user_data(limit, NULL));
	assert(!osvdi_broker_check_user_data(limit + 1, &error));
	assert_message(error, "too large");
	assert(!osvdi_broker_check_user_data(SIZE_MAX, NULL));
	printf("ok checks\n");
}

static void assert_in_time(struct osvdi_broker *broker, struct osvdi_broker_desktop *d,
		bool in_time)
{
	struct osvdi_broker_error *error = NULL;
	bool ok = osvdi_broker_wait(broker, d, in_time ? "ACTIVE" : "SHUTOFF", 300, &error);

	assert(ok == in_time);
	assert(in_time || osvdi_broker_error_reason(error) == OSVDI_BROKER_REASON_TIMEOUT);
	osvdi_broker_error_free(error);
}

/* One end for all calls; their own limits, here 300 s, have no effect then. */
static void test_timeout(void)
{
	struct osvdi_broker *broker = create_plain();
	struct osvdi_broker_desktop *d = osvdi_broker_find(broker, NULL, NULL, NULL);

	assert(d);
	osvdi_broker_set_timeout(broker, 1);
	assert_in_time(broker, d, true);
	assert_in_time(broker, d, false);
	assert_in_time(broker, d, false);
	osvdi_broker_set_timeout(broker, 0);
	assert_in_time(broker, d, false);
	osvdi_broker_set_timeout(broker, -1);
	assert_in_time(broker, d, true);
	osvdi_broker_desktop_free(d);
	osvdi_broker_destroy(broker);
	printf("ok timeout\n");
}

static struct osvdi_broker *log_in(const char *user)
{
	const struct osvdi_broker_setting more = { "username", user };
	struct osvdi_broker_params p = { .cache_directory = cache };
	struct osvdi_broker *broker = create(&p, &more, NULL);
	struct osvdi_broker_list *list;

	assert(broker);
	list = osvdi_broker_list(broker, NULL, NULL);
	assert(!list == !!strcmp(user, "alice"));
	osvdi_broker_list_free(list);
	return broker;
}

/* Forgets logins like those of a broker (NULL: all) and asserts what became of one;
 * fate -1: there is none. */
static void assert_forgets(const struct osvdi_broker *like, int fate)
{
	const struct osvdi_broker_forget_params p = { .size = sizeof(p), .cache_directory = cache,
		.like = like, .hooks.log = on_log };
	struct osvdi_broker_forgotten_list *list = osvdi_broker_forget(&p);
	const struct osvdi_broker_forgotten *f = osvdi_broker_forgotten_get(list, 0);

	assert(!f == (fate < 0));
	if (f) {
		assert((int)f->fate == fate);
		assert(!strcmp(f->user, "alice") && !strcmp(f->project, "p"));
		assert(!strcmp(f->auth_url, url));
		assert(!osvdi_broker_forgotten_get(list, 1));
	}
	osvdi_broker_forgotten_free(list);
}

/* The cloud refuses to revoke the second login. */
static void test_forget(void)
{
	struct osvdi_broker *alice = log_in("alice"), *stranger = log_in("mallory");

	assert(!told.n);
	assert_forgets(stranger, -1);
	assert_forgets(alice, OSVDI_BROKER_REVOKED);
	assert_forgets(alice, -1);
	osvdi_broker_destroy(alice);
	alice = log_in("alice");
	assert_forgets(NULL, OSVDI_BROKER_DROPPED);
	assert(told.n == 1 && strstr(told.text[0], "the login of alice at "));
	assert(strstr(told.text[0], "Keystone was not told"));
	assert_forgets(NULL, -1);
	osvdi_broker_forgotten_free(NULL);
	osvdi_broker_destroy(alice);
	osvdi_broker_destroy(stranger);
	forget_messages();
	printf("ok forget\n");
}

int main(int argc, char **argv)
{
	assert(argc == 3);
	url = argv[1];
	cache = argv[2];
	curl_global_init(CURL_GLOBAL_DEFAULT);
	test_refused_settings();
	test_settings_told();
	test_config();
	test_refused_config();
	test_spice_authority();
	test_cost();
	test_desktop_json();
	test_region();
	test_checks();
	test_timeout();
	test_forget();
	curl_global_cleanup();
	return 0;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "cloud/token-cache.h"
#include "cloud/token-key.h"
#include "cloud/token.h"

#define EXPIRES "\"expires_at\":\"2030-01-01T00:00:00.000000Z\""
#define EXPIRES_S G_GINT64_CONSTANT(1893456000)
#define USER "\"user\":{\"id\":\"u1\",\"name\":\"alice\"}"
#define PROJECT "\"project\":{\"id\":\"p1\",\"name\":\"p\"}"

static const char whole[] = "{\"token\":{" EXPIRES "," USER "," PROJECT ",\"roles\":["
		"{\"name\":\"Member\"},{\"nom\":\"x\"},7],\"catalog\":["
		"{\"type\":\"compute\",\"endpoints\":["
		"{\"interface\":\"public\",\"region_id\":\"north\",\"url\":\"http://n/v2.1//\"},"
		"{\"interface\":\"admin\",\"region_id\":\"north\",\"url\":\"http://na/\"},"
		"{\"interface\":\"public\",\"region\":\"south\",\"url\":\"https://s\"},"
		"{\"interface\":\"public\",\"region_id\":\"east\",\"url\":\"file:///etc\"},"
		"{\"interface\":7,\"url\":\"http://bad\"},7]},"
		"{\"type\":\"computev3\",\"endpoints\":["
		"{\"interface\":\"public\",\"region_id\":\"west\",\"url\":\"http://w\"}]},"
		"{\"type\":\"image\",\"endpoints\":7},{\"endpoints\":[]},7]}}";

static struct token *parse(const char *text, const char *id, GError **error)
{
	JsonNode *body = js_load(text, strlen(text), NULL);

	g_assert_nonnull(body);
	return token_new(body, id, NULL, error);
}

/* Answers to a login, and whether they hold a token. */
static void test_answers(void)
{
	static const struct {
		const char *body, *id;
		gboolean ok;
	} cases[] = {
		{ whole, "secret", TRUE },
		{ "{\"token\":{" EXPIRES "," USER "}}", "secret", TRUE },
		{ whole, NULL, FALSE },
		{ whole, "", FALSE },
		{ whole, "a\r\nX-Evil: 1", FALSE },
		{ whole, "a\nb", FALSE },
		{ "{\"token\":{" EXPIRES "}}", "secret", FALSE },
		{ "{\"token\":{" USER "}}", "secret", FALSE },
		{ "{\"token\":{\"expires_at\":\"soon\"," USER "}}", "secret", FALSE },
		{ "{\"token\":{\"expires_at\":1893456000," USER "}}", "secret", FALSE },
		{ "{\"token\":{" EXPIRES ",\"user\":{\"id\":7}}}", "secret", FALSE },
		{ "{\"token\":{" EXPIRES ",\"user\":[]}}", "secret", FALSE },
		{ "{\"token\":[]}", "secret", FALSE },
		{ "{\"token\":null}", "secret", FALSE },
		{ "{}", "secret", FALSE },
		{ "[]", "secret", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) e = NULL;
		struct token *t = parse(cases[i].body, cases[i].id, &e);

		g_test_message("%s", cases[i].body);
		g_assert_cmpint(t != NULL, ==, cases[i].ok);
		if (!t)
			g_assert_true(broker_error_is(e, BROKER_ERROR_SERVICE));
		else
			g_assert_cmpint(t->expires, ==, EXPIRES_S);
		token_free(t);
	}
}

static void test_endpoints(void)
{
	static const struct {
		const char *types[3], *region, *interface, *url;
	} cases[] = {
		{ { "compute" }, NULL, "public", "http://n/v2.1" },
		{ { "compute" }, "north", "admin", "http://na" },
		{ { "compute" }, "south", "public", "https://s" },
		{ { "compute" }, "south", "admin", NULL },
		{ { "compute" }, "east", "public", NULL }, /* no http */
		{ { "compute" }, "west", "public", NULL },
		{ { "compute", "computev3" }, "west", "public", "http://w" },
		{ { "computev3", "compute" }, NULL, "public", "http://w" }, /* the best first */
		{ { "image" }, NULL, "public", NULL },
		{ { "compute" }, "nor", "public", NULL },
		{ { NULL }, NULL, "public", NULL },
	};
	struct token *t = parse(whole, "secret", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *url = token_endpoint(t, cases[i].types, cases[i].region,
				cases[i].interface);

		g_assert_cmpstr(url, ==, cases[i].url);
	}
	token_free(t);
}

static void assert_joined(GPtrArray *names, const char *wanted)
{
	g_autofree char *joined = NULL;

	g_ptr_array_add(names, NULL);
	joined = g_strjoinv(",", (char **)names->pdata);
	g_assert_cmpstr(joined, ==, wanted);
}

static void test_facts(void)
{
	static const char *const types[] = { "compute", "computev3", NULL };
	g_autoptr(GPtrArray) regions = g_ptr_array_new_with_free_func(g_free);
	struct token *t = parse(whole, "secret", NULL);
	struct token *bare = parse("{\"token\":{" EXPIRES "," USER "}}", "s", NULL);
	struct token *copy = token_copy(t);

	token_regions(t, types, regions);
	token_regions(copy, types, regions); /* each once */
	assert_joined(regions, "north,south,east,west");
	g_assert_true(token_has_role(t, "member") && token_has_role(copy, "MEMBER"));
	g_assert_false(token_has_role(t, "admin") || token_has_role(bare, "member"));
	g_assert_true(token_is_scoped(t) && token_is_scoped(copy));
	g_assert_false(token_is_scoped(bare));
	token_free(t);
	g_assert_cmpstr(copy->id, ==, "secret");
	g_assert_cmpstr(copy->user_name, ==, "alice");
	g_assert_cmpstr(copy->project_id, ==, "p1");
	token_free(copy);
	token_free(bare);
	token_free(NULL);
}

/* The service's clock by issued_at, by its Date, or not known. */
static void test_clocks(void)
{
	static const struct {
		const char *issued;
		gint64 server_s, ahead_s;
	} cases[] = {
		{ ",\"issued_at\":\"2029-12-31T23:00:00Z\"", 0, 600 },
		{ ",\"issued_at\":\"2029-12-31T23:00:00Z\"", 5, 600 },
		{ "", EXPIRES_S - 3000, 0 },
		{ "", 0, 0 },
		{ ",\"issued_at\":\"2031-01-01T00:00:00Z\"", EXPIRES_S - 3000, 0 }, /* nonsense */
		{ ",\"issued_at\":7", 0, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf("{\"token\":{" EXPIRES "," USER "%s}}",
				cases[i].issued);
		struct token *t = parse(text, "s", NULL);

		token_set_clock(t, EXPIRES_S - 3000, cases[i].server_s);
		g_assert_cmpint(t->clock_ahead_s, ==, cases[i].ahead_s);
		g_assert_cmpint(t->expires, ==, EXPIRES_S + cases[i].ahead_s);
		token_shift_clock(t, -60);
		g_assert_cmpint(t->expires, ==, EXPIRES_S + cases[i].ahead_s - 60);
		token_free(t);
	}
}

/* ---- kept logins ---------------------------------------------------------- */

#define LOGIN "\"login\":{\"auth_url\":\"http://c/v3\",\"username\":\"alice\"}"

static void test_cache_texts(void)
{
	static const struct {
		const char *before, *after; /* of "answer" */
		gboolean ok;
	} cases[] = {
		{ "{\"version\":2," LOGIN ",\"id\":\"s\"", "}", TRUE },
		{ "{\"version\":2," LOGIN ",\"id\":\"s\",\"facts\":{\"a\":\"b\",\"c\":7}", "}",
			TRUE },
		{ "{\"version\":2," LOGIN ",\"id\":\"s\",\"clock_ahead\":9223372036854775807",
			"}", TRUE },
		{ "{\"version\":1," LOGIN ",\"id\":\"s\"", "}", FALSE },
		{ "{\"version\":\"2\"," LOGIN ",\"id\":\"s\"", "}", FALSE },
		{ "{\"version\":2,\"login\":{\"username\":\"alice\"},\"id\":\"s\"", "}", FALSE },
		{ "{\"version\":2,\"login\":[],\"id\":\"s\"", "}", FALSE },
		{ "{\"version\":2," LOGIN, "}", FALSE },
		{ "{\"version\":2," LOGIN ",\"id\":\"a\\nb\"", "}", FALSE },
		{ "[{\"version\":2," LOGIN ",\"id\":\"s\"", "}]", FALSE },
		{ "{\"version\":2," LOGIN ",\"id\":\"s\"", "", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strconcat(cases[i].before, ",\"answer\":", whole,
				cases[i].after, NULL);
		g_autoptr(auto_kept_login) kept = token_cache_parse(text, strlen(text), NULL);

		g_test_message("%s", cases[i].before);
		g_assert_cmpint(kept != NULL, ==, cases[i].ok);
		if (kept) {
			g_assert_cmpstr(kept->token->id, ==, "s");
			g_assert_cmpstr(settings_get(&kept->made_by, SET_USERNAME), ==, "alice");
			g_assert_null(kept->path);
		}
	}
	g_assert_null(token_cache_parse("", 0, NULL));
}

/* A directory of a test's own, and a login that is kept there. */
struct place {
	char *directory, *path;
	struct settings settings;
	struct token *token;
};

static void place_init(struct place *p)
{
	g_autoptr(JsonObject) facts = json_object_new();

	memset(p, 0, sizeof(*p));
	p->directory = g_dir_make_tmp("tokens-XXXXXX", NULL);
	settings_set(&p->settings, SET_AUTH_URL, "http://c/v3");
	settings_set(&p->settings, SET_USERNAME, "alice");
	settings_set(&p->settings, SET_PASSWORD, "word");
	p->token = parse(whole, "secret", NULL);
	p->path = token_cache_path(&p->settings, p->directory, NULL);
	json_object_set_string_member(facts, "minor", "96");
	g_assert_true(token_cache_save(p->path, &p->settings, p->token, facts, NULL));
}

static void place_clear(struct place *p)
{
	g_autofree char *key = g_build_filename(p->directory, "key", NULL);

	g_remove(p->path);
	g_remove(key);
	g_assert_cmpint(g_rmdir(p->directory), ==, 0); /* nothing else was left there */
	settings_clear(&p->settings);
	token_free(p->token);
	g_free(p->directory);
	g_free(p->path);
}

static void test_cache(void)
{
	struct place p;
	struct kept_login *kept;
	struct stat st;

	place_init(&p);
	g_assert_true(!stat(p.path, &st) && (st.st_mode & 0777) == 0600);
	g_assert_cmpint(st.st_mtim.tv_sec, ==, EXPIRES_S);
	kept = token_cache_load(p.path, EXPIRES_S - 100, 100, NULL);
	g_assert_nonnull(kept);
	g_assert_cmpstr(kept->token->id, ==, "secret");
	g_assert_cmpstr(js_str(kept->facts, "minor"), ==, "96");
	g_assert_null(settings_get(&kept->made_by, SET_PASSWORD));
	kept_login_free(kept);
	g_assert_null(token_cache_load(p.path, EXPIRES_S - 100, 101, NULL)); /* too short a life */
	g_assert_null(token_cache_load("/nowhere/token-x.json", 0, 0, NULL));
	place_clear(&p);
	kept_login_free(NULL);
}

/* A file that others could have written, or could read, is none of ours. */
static void test_cache_strangers(void)
{
	g_autofree char *other = NULL;
	struct place p;

	place_init(&p);
	other = g_strconcat(p.path, ".other", NULL);
	g_assert_cmpint(g_chmod(p.path, 0640), ==, 0);
	g_assert_null(token_cache_load(p.path, 0, 0, NULL));
	g_assert_cmpint(g_chmod(p.path, 0600), ==, 0);
	g_assert_cmpint(g_rename(p.path, other), ==, 0);
	g_assert_cmpint(symlink(other, p.path), ==, 0);
	g_assert_null(token_cache_load(p.path, 0, 0, NULL));
	g_assert_cmpint(g_remove(p.path), ==, 0);
	g_assert_cmpint(mkfifo(p.path, 0600), ==, 0);
	g_assert_null(token_cache_load(p.path, 0, 0, NULL)); /* and nothing waits */
	g_assert_cmpint(g_remove(p.path), ==, 0);
	g_assert_cmpint(g_rename(other, p.path), ==, 0);
	place_clear(&p);
}

static void test_cache_list(void)
{
	g_autofree char *note = NULL;
	g_autoptr(GPtrArray) all = NULL;
	struct place p;

	place_init(&p);
	note = g_build_filename(p.directory, "note", NULL);
	g_assert_true(g_file_set_contents(note, "x", 1, NULL));
	all = token_cache_list(p.directory, NULL);
	g_assert_cmpint(all->len, ==, 1);
	g_assert_cmpstr(((struct kept_login *)all->pdata[0])->path, ==, p.path);
	token_cache_purge(p.directory, EXPIRES_S); /* it may just be written */
	g_assert_true(g_file_test(p.path, G_FILE_TEST_EXISTS));
	token_cache_purge(p.directory, EXPIRES_S + 61);
	g_assert_false(g_file_test(p.path, G_FILE_TEST_EXISTS));
	g_assert_true(g_file_test(note, G_FILE_TEST_EXISTS));
	token_cache_remove(p.path);
	g_remove(note);
	place_clear(&p);
}

static void assert_no_place(const char *directory, const char *wanted)
{
	g_autoptr(GError) e = NULL;
	struct settings s = { 0 };

	g_assert_null(token_cache_path(&s, directory, &e));
	g_assert_true(broker_error_is(e, BROKER_ERROR_FAILED));
	g_assert_nonnull(strstr(e->message, wanted));
}

/* Directories that a login is not kept in. */
static void test_cache_directories(void)
{
	g_autofree char *own = g_dir_make_tmp("tokens-XXXXXX", NULL);
	g_autofree char *link = g_strconcat(own, "-link", NULL);
	g_autofree char *file = g_build_filename(own, "file", NULL);

	g_assert_cmpint(symlink(own, link), ==, 0);
	assert_no_place(link, "not a directory of this user's alone");
	g_assert_cmpint(g_chmod(own, 0750), ==, 0);
	assert_no_place(own, "chmod 700");
	g_assert_cmpint(g_chmod(own, 0700), ==, 0);
	g_assert_true(g_file_set_contents(file, "", 0, NULL));
	assert_no_place(file, file);
	g_remove(file);
	g_remove(link);
	g_rmdir(own);
}

/* Settings that make another login give another name; where to look in the cloud does not. */
static void test_key(void)
{
	static const struct {
		enum setting which;
		gboolean other;
	} cases[] = {
		{ SET_PASSWORD, TRUE },
		{ SET_USERNAME, TRUE },
		{ SET_AUTH_URL, TRUE },
		{ SET_PROJECT_ID, TRUE },
		{ SET_CACERT, TRUE },
		{ SET_INSECURE, TRUE },
		{ SET_CLOUD, FALSE },
		{ SET_REGION_NAME, FALSE },
		{ SET_INTERFACE, FALSE },
		{ SET_COMPUTE_ENDPOINT_OVERRIDE, FALSE },
	};
	g_autofree char *first = NULL;
	struct place p;

	place_init(&p);
	first = token_key_digest(&p.settings, p.directory, NULL);
	g_assert_cmpint(strlen(first), ==, 32);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *before = g_strdup(settings_get(&p.settings, cases[i].which));
		g_autofree char *digest = NULL;

		settings_set(&p.settings, cases[i].which, "another");
		digest = token_key_digest(&p.settings, p.directory, NULL);
		g_assert_cmpint(!strcmp(first, digest), ==, !cases[i].other);
		settings_set(&p.settings, cases[i].which, before);
	}
	place_clear(&p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/token/answers", test_answers);
	g_test_add_func("/token/endpoints", test_endpoints);
	g_test_add_func("/token/facts", test_facts);
	g_test_add_func("/token/clocks", test_clocks);
	g_test_add_func("/cache/texts", test_cache_texts);
	g_test_add_func("/cache/file", test_cache);
	g_test_add_func("/cache/strangers", test_cache_strangers);
	g_test_add_func("/cache/list", test_cache_list);
	g_test_add_func("/cache/directories", test_cache_directories);
	g_test_add_func("/cache/key", test_key);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "environment.h"
#include "library.h"
#include "proxy.h"
#include "remedy.h"
#include "target.h"
#include "test-folder.h"
#include "viewer.h"

/* The parts of the program osvdi-broker that ask no cloud. */

static char *folder;

static char *in_folder(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

/* ---- words ---------------------------------------------------------------- */

static void set_proxies(const char *const *variables)
{
	static const char *const all[] = { "http_proxy", "HTTP_PROXY", "https_proxy",
		"HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		g_unsetenv(all[i]);
	for (; *variables; variables++) {
		g_auto(GStrv) parts = g_strsplit(*variables, "=", 2);

		g_setenv(parts[0], parts[1], TRUE);
	}
}

/* An address, the variables, and the proxy that may be to blame; NULL: none. */
static void test_proxy(void)
{
	static const struct {
		const char *url, *variables[3], *told;
	} cases[] = {
		{ "http://cloud/v3", { NULL }, NULL },
		{ "http://cloud/v3", { "http_proxy=http://p:3128" },
			"the proxy p:3128 (http_proxy)" },
		{ "https://cloud/v3", { "http_proxy=http://p:3128" }, NULL },
		{ "https://cloud/v3", { "HTTPS_PROXY=http://p:1", "ALL_PROXY=socks5://q:2" },
			"the proxy p:1 (HTTPS_PROXY)" },
		{ "http://cloud/v3", { "ALL_PROXY=socks5://q" }, "the proxy q:1080 (ALL_PROXY)" },
		{ "http://cloud/v3", { "HTTP_PROXY=http://set-by-a-caller:1" }, NULL },
		{ "http://cloud/v3", { "http_proxy=u:secret@p:3128" },
			"the proxy p:3128 (http_proxy)" },
		{ "http://cloud/v3", { "http_proxy=", "all_proxy=p:1" },
			"the proxy p:1 (all_proxy)" },
		{ "http://cloud/v3", { "http_proxy=p:1", "no_proxy=cloud" }, NULL },
		{ "http://cloud/v3", { "http_proxy=p:1", "no_proxy=*" }, NULL },
		{ "http://a.b.c/v3", { "http_proxy=p:1", "no_proxy=x, .b.c" }, NULL },
		{ "http://a.b.c/v3", { "http_proxy=p:1", "NO_PROXY=B.C" }, NULL },
		{ "http://ab.c/v3", { "http_proxy=p:1", "no_proxy=b.c" },
			"the proxy p:1 (http_proxy)" },
		{ "http://cloud/v3", { "http_proxy=http://[" }, "the proxy ?:1080 (http_proxy)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *told = NULL;

		set_proxies(cases[i].variables);
		told = proxy_describe(cases[i].url);
		g_assert_cmpstr(told, ==, cases[i].told);
	}
}

static void test_remedies(void)
{
	static const struct {
		enum osvdi_broker_reason reason;
		const char *wanted; /* NULL: the program has no words */
	} cases[] = {
		{ OSVDI_BROKER_REASON_NONE, NULL },
		{ OSVDI_BROKER_REASON_CANCELLED, NULL },
		{ OSVDI_BROKER_REASON_TIMEOUT, "--timeout" },
		{ OSVDI_BROKER_REASON_REQUEST_TIMEOUT, "--request-timeout" },
		{ OSVDI_BROKER_REASON_NOT_TRUSTED, "--os-cacert" },
		{ OSVDI_BROKER_REASON_MUST_NOT_WAKE, "--no-wake" },
		{ OSVDI_BROKER_REASON_IN_ERROR, "--repair" },
		{ OSVDI_BROKER_REASON_NOT_OWNER, "--any-owner" },
		{ OSVDI_BROKER_REASON_NO_SPICE, "--protocol vnc" },
		{ OSVDI_BROKER_REASON_LEASE_ENDS, "leases extend" },
		{ OSVDI_BROKER_REASON_SECOND_FACTOR, NULL },
		{ 9999, NULL },
	};
	static const char *const proxies[] = { "http_proxy=p:1", NULL }, *const none[] = { NULL };
	g_autofree char *blame = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = remedy_for(cases[i].reason, NULL);

		g_assert_cmpint(text != NULL, ==, cases[i].wanted != NULL);
		g_assert_true(!text || strstr(text, cases[i].wanted));
	}
	set_proxies(none);
	g_assert_null(remedy_for(OSVDI_BROKER_REASON_PROXY, "http://cloud"));
	set_proxies(proxies);
	blame = remedy_for(OSVDI_BROKER_REASON_PROXY, "http://cloud");
	g_assert_nonnull(strstr(blame, "the proxy p:1 (http_proxy)"));
}

/* Words for yes and no; -1: neither. */
static void test_booleans(void)
{
	static const struct {
		const char *word;
		int value;
	} cases[] = {
		{ "true", TRUE }, { "Yes", TRUE }, { "ON", TRUE }, { "1", TRUE }, { "t", TRUE },
		{ "y", TRUE }, { "false", FALSE }, { "No", FALSE }, { "off", FALSE },
		{ "0", FALSE }, { "f", FALSE }, { "N", FALSE }, { "", -1 },
		{ "2", -1 }, { "ture", -1 },
		{ " true", -1 }, { NULL, -1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gboolean value = 7;
		gboolean ok = text_parse_bool(cases[i].word, &value);

		g_assert_cmpint(ok ? value : -1, ==, cases[i].value);
		g_assert_cmpint(text_is_true(cases[i].word), ==, cases[i].value == TRUE);
	}
}

/* Moments as people write them; 0: none. */
static void test_moments(void)
{
	static const struct {
		const char *text;
		gint64 moment;
	} cases[] = {
		{ "2026-01-01 00:00", 1767225600 },
		{ "2026-01-01T00:00", 1767225600 },
		{ "2026-01-01 00:00:30", 1767225630 },
		{ "2026-01-01T00:00:30Z", 1767225630 },
		{ "2026-01-01T00:00:00.000000", 1767225600 },
		{ "2026-01-01 01:00:00+01:00", 1767225600 },
		{ "2026-01-01", 0 },
		{ "2026-13-01 00:00", 0 },
		{ "2026-01-01 24:30", 0 },
		{ "tomorrow", 0 },
		{ "", 0 },
		{ NULL, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(text_parse_moment(cases[i].text), ==, cases[i].moment);
}

/* ---- settings ------------------------------------------------------------- */

/* Each name is one setting's alone, and no secret has a plain alias. */
static void test_names(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (int i = 0; i < SET_COUNT; i++) {
		g_assert_nonnull(settings_key(i));
		g_assert_true(g_hash_table_add(seen, (gpointer)settings_key(i)));
		for (const char *const *alias = settings_aliases(i); *alias; alias++)
			g_assert_true(g_hash_table_add(seen, (gpointer)*alias));
		g_assert_cmpint(settings_is_secret(i), ==, settings_kind(i) == SETTING_SECRET);
	}
	g_assert_true(settings_is_secret(SET_PASSWORD) && settings_is_secret(SET_TOKEN));
	g_assert_false(settings_is_secret(SET_USERNAME));
}

static void test_layers(void)
{
	struct settings above = { 0 }, below = { 0 };
	g_autofree char *place = NULL, *other = NULL;

	settings_set_from(&above, SET_USERNAME, "alice", "f:1 (username)");
	settings_set_from(&above, SET_PASSWORD, "", "f:2 (password)"); /* as if not given */
	settings_set(&below, SET_USERNAME, "bob");
	settings_set_from(&below, SET_PASSWORD, "word", "secure.yaml:3 (password)");
	below.regions = g_strsplit("north,south", ",", -1);
	settings_fill(&above, &below);
	g_assert_cmpstr(settings_get(&above, SET_USERNAME), ==, "alice");
	g_assert_cmpstr(settings_get(&above, SET_PASSWORD), ==, "word");
	g_assert_cmpstr(above.regions[1], ==, "south");
	place = settings_place(&above, SET_PASSWORD);
	other = settings_place(&below, SET_USERNAME);
	g_assert_cmpstr(place, ==, "secure.yaml:3 (password)");
	g_assert_cmpstr(other, ==, "OS_USERNAME");
	settings_set(&above, SET_PASSWORD, NULL);
	g_assert_null(settings_get(&above, SET_PASSWORD));
	settings_clear(&above);
	settings_clear(&below);
	g_assert_null(settings_get(&above, SET_USERNAME));
}

static void test_environment(void)
{
	static const char *const envp[] = { "OS_USERNAME=alice", "OS_TENANT_NAME=old",
		"OS_PROJECT_NAME=new", "OS_PASSWORD=", "XOS_TOKEN=x", "OS_region_name=R",
		"OS_INTERFACE=internal", NULL };
	struct settings s = { 0 };
	g_autofree char *place = NULL;

	settings_set(&s, SET_CLOUD, "gone"); /* what was there does not count */
	settings_from_environment(&s, (char **)envp);
	g_assert_cmpstr(settings_get(&s, SET_USERNAME), ==, "alice");
	g_assert_cmpstr(settings_get(&s, SET_PROJECT_NAME), ==, "new");
	g_assert_null(settings_get(&s, SET_PASSWORD));
	g_assert_null(settings_get(&s, SET_TOKEN));
	g_assert_null(settings_get(&s, SET_REGION_NAME));
	g_assert_null(settings_get(&s, SET_CLOUD));
	place = settings_place(&s, SET_INTERFACE);
	g_assert_cmpstr(place, ==, "OS_INTERFACE");
	settings_clear(&s);
}

/* The library gets all but the cloud's name, and its refusal becomes ours. */
static void test_library(void)
{
	struct osvdi_broker_params p = { 0 };
	struct osvdi_broker *library;
	g_autoptr(GError) e = NULL;
	struct settings s = { 0 };

	settings_set(&s, SET_CLOUD, "lab");
	settings_set_from(&s, SET_AUTH_URL, "http://cloud/v3", "f:1 (auth_url)");
	settings_set_from(&s, SET_INTERFACE, "pubic", "f:2 (interface)");
	g_assert_null(library_create(&s, &p, &e));
	g_assert_true(broker_error_is(e, BROKER_ERROR_USAGE));
	g_assert_true(g_str_has_prefix(e->message, "f:2 (interface): "));
	settings_set(&s, SET_INTERFACE, "adminURL");
	library = library_create(&s, &p, NULL);
	g_assert_nonnull(library);
	g_assert_cmpstr(osvdi_broker_setting(library, "interface"), ==, "admin");
	viewer_export("/opt/osvdi-viewer", library, "lab");
	g_assert_cmpstr(g_getenv("OS_INTERFACE"), ==, "admin");
	g_assert_cmpstr(g_getenv("OS_CLOUD"), ==, "lab");
	osvdi_broker_destroy(library);
	settings_clear(&s);
}

/* A secret in the environment goes on to osvdi-viewer alone. */
static void test_export(void)
{
	struct osvdi_broker_params p = { 0 };
	struct settings s = { 0 };
	struct osvdi_broker *library;

	settings_set(&s, SET_AUTH_URL, "http://cloud/v3");
	settings_set(&s, SET_PASSWORD, "from-a-file");
	library = library_create(&s, &p, NULL);
	g_setenv("OS_PASSWORD", "word", TRUE);
	g_setenv("OS_CLOUD", "before", TRUE);
	viewer_export("/usr/bin/osvdi-viewer", library, NULL);
	g_assert_cmpstr(g_getenv("OS_PASSWORD"), ==, "word");
	g_assert_cmpstr(g_getenv("OS_CLOUD"), ==, "before");
	viewer_export("/usr/bin/remote-viewer", library, NULL);
	g_assert_null(g_getenv("OS_PASSWORD"));
	osvdi_broker_destroy(library);
	settings_clear(&s);
}

/* ---- viewers -------------------------------------------------------------- */

static void install(const char *name, int mode)
{
	g_autofree char *path = in_folder(name);

	g_assert_true(g_file_set_contents(path, "#!/bin/sh\n", -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

/* Which viewer is started: of two that may be installed, for what is needed. */
static void test_viewers(void)
{
	static const struct {
		gboolean ours, stock;
		const char *named;
		struct viewer_needs needs;
		const char *found; /* its name; or with code: words of the message */
		int code;
	} cases[] = {
		{ TRUE, TRUE, NULL, { FALSE, FALSE }, "osvdi-viewer", 0 },
		{ FALSE, TRUE, NULL, { FALSE, FALSE }, "remote-viewer", 0 },
		{ TRUE, TRUE, NULL, { TRUE, FALSE }, "remote-viewer", 0 },
		{ TRUE, TRUE, NULL, { FALSE, TRUE }, "osvdi-viewer", 0 },
		{ FALSE, TRUE, NULL, { FALSE, TRUE }, "install osvdi-viewer", BROKER_ERROR_USAGE },
		{ TRUE, FALSE, NULL, { TRUE, FALSE }, "shows no VNC", BROKER_ERROR_USAGE },
		{ FALSE, FALSE, NULL, { FALSE, FALSE }, "osvdi-viewer or remote-viewer",
			BROKER_ERROR_FAILED },
		{ FALSE, FALSE, NULL, { FALSE, TRUE }, "no viewer is installed: osvdi-viewer",
			BROKER_ERROR_FAILED },
		{ TRUE, TRUE, "remote-viewer", { FALSE, FALSE }, "remote-viewer", 0 },
		{ TRUE, TRUE, "remote-viewer", { FALSE, TRUE }, "cannot use a WebSocket",
			BROKER_ERROR_USAGE },
		{ TRUE, TRUE, "osvdi-viewer", { TRUE, FALSE }, "choose another with --viewer",
			BROKER_ERROR_USAGE },
		{ TRUE, TRUE, "no\033such", { FALSE, FALSE },
			"the viewer no?such is not installed", BROKER_ERROR_FAILED },
		{ TRUE, TRUE, "/etc/passwd", { FALSE, FALSE },
			"/etc/passwd is no program that this user may start", BROKER_ERROR_FAILED },
		{ TRUE, TRUE, "mine", { TRUE, TRUE }, "mine", 0 }, /* nothing is known of it */
	};

	g_setenv("PATH", folder, TRUE);
	install("mine", 0755);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = NULL, *wanted = in_folder(cases[i].found);
		g_autoptr(GError) e = NULL;

		install("osvdi-viewer", cases[i].ours ? 0755 : 0644);
		install("remote-viewer", cases[i].stock ? 0755 : 0644);
		path = viewer_find(cases[i].named, &cases[i].needs, &e);
		if (!cases[i].code) {
			g_assert_no_error(e);
			g_assert_cmpstr(path, ==, wanted);
		} else {
			g_assert_null(path);
			g_assert_true(broker_error_is(e, cases[i].code));
			g_assert_nonnull(strstr(e->message, cases[i].found));
		}
	}
}

/* ---- output files --------------------------------------------------------- */

static void assert_target(const char *path, gboolean is_file, const char *text)
{
	g_autoptr(GError) e = NULL;
	g_autoptr(auto_target) t = target_open(path, &e);

	g_assert_no_error(e);
	g_assert_cmpint(target_is_file(t), ==, is_file);
	g_assert_true(target_write(t, text, &e));
	g_assert_no_error(e);
}

static void assert_no_target(const char *path, const char *wanted)
{
	g_autoptr(GError) e = NULL;

	g_assert_null(target_open(path, &e));
	g_assert_true(broker_error_is(e, BROKER_ERROR_FAILED));
	g_test_message("%s", e->message);
	g_assert_nonnull(strstr(e->message, wanted));
}

static void assert_contents(const char *path, const char *wanted)
{
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, wanted);
}

/* A file is replaced as a whole; a link to one as well, not what it leads to. */
static void test_regular(void)
{
	g_autofree char *file = in_folder("out.vv"), *link = in_folder("link.vv");
	struct stat st;

	assert_target(file, TRUE, "first");
	assert_target(file, TRUE, "second");
	assert_contents(file, "second");
	g_assert_true(!stat(file, &st) && (st.st_mode & 0777) == 0600);
	g_assert_cmpint(symlink(file, link), ==, 0);
	assert_target(link, TRUE, "third");
	assert_contents(file, "second");
	assert_contents(link, "third");
	g_assert_true(!lstat(link, &st) && S_ISREG(st.st_mode));
}

static void test_descriptors(void)
{
	g_autofree char *direct = NULL, *long_way = NULL, *link = in_folder("fd-link");
	char bytes[16] = "";
	int fds[2];

	g_assert_cmpint(pipe(fds), ==, 0);
	direct = g_strdup_printf("/dev/fd/%d", fds[1]);
	long_way = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), fds[1]);
	assert_target(direct, FALSE, "a");
	assert_target(long_way, FALSE, "b");
	g_assert_cmpint(symlink(direct, link), ==, 0);
	assert_target(link, FALSE, "c");
	g_assert_cmpint(read(fds[0], bytes, sizeof(bytes)), ==, 3);
	g_assert_cmpstr(bytes, ==, "abc");
	g_free(direct);
	direct = g_strdup_printf("/dev/fd/%d", fds[0]);
	assert_no_target(direct, "not open for writing");
	close(fds[0]);
	close(fds[1]);
	assert_no_target(direct, "not open for writing"); /* closed meanwhile */
}

static void make_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	g_strlcpy(a.sun_path, path, sizeof(a.sun_path));
	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, sizeof(a)), ==, 0);
	close(fd);
}

static void test_special(void)
{
	g_autofree char *missing = in_folder("no-such-folder/x"), *folder_like = in_folder("x/");
	g_autofree char *loop = in_folder("loop"), *at = in_folder("socket");
	g_autoptr(auto_target) t = target_open("/dev/full", NULL);
	g_autoptr(GError) e = NULL;

	assert_target("/dev/null", FALSE, "text");
	assert_no_target("", "its name is empty");
	assert_no_target(folder, "Is a directory");
	assert_no_target(folder_like, "Is a directory");
	assert_no_target(missing, "No such file or directory");
	g_assert_cmpint(symlink("loop", loop), ==, 0);
	assert_target(loop, TRUE, "a link to nowhere is replaced");
	make_socket(at);
	assert_no_target(at, "this is a socket");
	g_assert_nonnull(t);
	g_assert_false(target_write(t, "text", &e));
	g_assert_nonnull(strstr(e->message, "No space left on device"));
}

/* ---- private files -------------------------------------------------------- */

static void test_private(void)
{
	g_autofree char *file = in_folder("private"), *missing = in_folder("no-such-folder/x");
	g_autofree char *data = NULL;
	g_autoptr(GError) e = NULL;
	mode_t before = umask(0377);
	gsize length = 0;

	/* The umask may take bits of a new file; what is asked for stays. */
	g_assert_true(file_write_private(file, "ab\0c", 4, NULL));
	umask(before);
	data = file_read_private(file, 4, &length);
	g_assert_cmpmem(data, length, "ab\0c", 4);
	g_assert_null(file_read_private(file, 3, &length)); /* too long */
	g_assert_false(file_create_private(file, "x", 1)); /* there is one */
	g_assert_true(file_can_write_private(file));
	g_assert_false(file_can_write_private(missing));
	g_assert_false(file_write_private(missing, "x", 1, &e));
	g_assert_true(broker_error_is(e, BROKER_ERROR_FAILED));
	g_assert_true(g_str_has_prefix(e->message, missing));
	g_assert_cmpint(g_chmod(file, 0604), ==, 0);
	g_assert_null(file_read_private(file, 4, &length));
	g_assert_null(file_read_private(folder, 4, &length));
	g_assert_null(file_read_private("/dev/zero", 4, &length));
	g_remove(file);
	g_assert_true(file_create_private(file, "x", 1));
	assert_contents(file, "x");
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("program-XXXXXX", NULL);
	g_test_add_func("/words/proxy", test_proxy);
	g_test_add_func("/words/remedies", test_remedies);
	g_test_add_func("/words/booleans", test_booleans);
	g_test_add_func("/words/moments", test_moments);
	g_test_add_func("/settings/names", test_names);
	g_test_add_func("/settings/layers", test_layers);
	g_test_add_func("/settings/environment", test_environment);
	g_test_add_func("/settings/library", test_library);
	g_test_add_func("/viewer/export", test_export);
	g_test_add_func("/viewer/find", test_viewers);
	g_test_add_func("/target/regular", test_regular);
	g_test_add_func("/target/descriptors", test_descriptors);
	g_test_add_func("/target/special", test_special);
	g_test_add_func("/file/private", test_private);
	result = g_test_run();
	test_folder_remove(folder);
	g_free(folder);
	return result;
}

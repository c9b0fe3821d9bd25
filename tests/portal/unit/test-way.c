/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cloud/way.h"
#include "core/wipe.h"

#include <sodium.h>
#include <string.h>

#define HEAD "[portal]\nlisten=127.0.0.1:1\norigin=https://desktops.example\n" \
	"[cloud]\nauth_url=https://cloud\n[gateway]\nkeys=/k\n"
#define ID "05c7863a-0000-4000-8000-000000000001"
#define NOW 1000
#define END 5000

/* The end that the gateway connects to, as "WAY HOST PORT PATH AUTHORITY SUBJECT", or why none. */
static char *way_of(struct desk_screen *screen, const char *settings)
{
	g_autofree char *text = g_strconcat(HEAD, settings, NULL);
	struct portal_config *config = portal_config_parse(text, NULL);
	g_autoptr(GError) error = NULL;
	struct ticket *t;
	char *out;

	g_assert_nonnull(config);
	screen->id = (char *)ID;
	screen->name = (char *)"desk";
	t = way_ticket(screen, config, "alice", NOW, END, &error);
	out = t ? g_strdup_printf("%s %s %u %s %s %s", ticket_way_name(t->way), t->host, t->port,
				  t->path, t->authority, t->subject) :
		  g_strdup(error->message);
	ticket_free(t);
	portal_config_free(config);
	return out;
}

static void check(struct desk_screen screen, const char *settings, const char *want)
{
	g_autofree char *way = way_of(&screen, settings);

	g_assert_cmpstr(way, ==, want);
}

static void test_ways(void)
{
	const struct desk_screen both = { .host = (char *)"10.0.0.1",
		.port = 5900,
		.tls_port = 5901,
		.subject = (char *)"O=a,CN=b" };
	const struct desk_screen plain = { .host = (char *)"10.0.0.1", .port = 5900 };
	const struct desk_screen ws = { .websocket = (char *)"ws://proxy:6082/?token=a%20b" };
	const struct desk_screen wss = {
		.websocket = (char *)"wss://[fd00::1]/websockify?token=a"
	};
	const struct desk_screen nothing = { .port = 5900 };

	check(both, "tls-authority=ca", "tls 10.0.0.1 5901 (null) ca O=a,CN=b");
	check(both, "plain=true", "tcp 10.0.0.1 5900 (null) (null) (null)");
	check(both, "", "[gateway] tls-authority: missing for SPICE by TLS");
	check(plain, "tls-authority=ca", "[gateway] plain=true is needed for SPICE without TLS");
	check(plain, "plain=true", "tcp 10.0.0.1 5900 (null) (null) (null)");
	check(ws, "plain=true", "ws proxy 6082 /?token=a%20b (null) (null)");
	check(ws, "", "[gateway] plain=true is needed for a console without TLS");
	check(wss, "websocket-authority=c", "wss fd00::1 443 /websockify?token=a c (null)");
	check(wss, "plain=true", "[gateway] websocket-authority: missing for a console by TLS");
	check(nothing, "plain=true", "the cloud names no address of the screen");
}

static void check_times(const char *settings, gint64 ends, gint64 use_by, gint64 expires)
{
	const struct desk_screen screen = { .host = (char *)"h", .port = 1, .id = (char *)ID };
	g_autofree char *text = g_strconcat(HEAD "plain=true\n", settings, NULL);
	struct portal_config *config = portal_config_parse(text, NULL);
	struct ticket *t = way_ticket(&screen, config, "alice", NOW, ends, NULL);

	g_assert_nonnull(t);
	g_assert_cmpint(t->use_by, ==, use_by);
	g_assert_cmpint(t->expires, ==, expires);
	g_assert_true(t->once);
	g_assert_cmpstr(t->user, ==, "alice");
	g_assert_cmpuint(strlen(t->session), ==, 32);
	ticket_free(t);
	portal_config_free(config);
}

/* A session ends with the login that it came from. */
static void test_times(void)
{
	check_times("", END, NOW + 60, END);
	check_times("life-seconds=100", END, NOW + 60, NOW + 100);
	check_times("use-seconds=5", NOW + 2, NOW + 5, NOW + 5);
}

static void test_file(void)
{
	const struct desk_screen screen = { .id = (char *)ID, .name = (char *)"a\nproxy=b",
		.password = (char *)"p w" };
	struct portal_config *config = portal_config_parse(HEAD, NULL);
	char *text = way_file(&screen, config, "osvdi1.k.s");
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *proxy = NULL, *title = NULL, *url = NULL;

	g_assert_true(g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, NULL));
	proxy = g_key_file_get_string(file, "virt-viewer", "proxy", NULL);
	title = g_key_file_get_string(file, "virt-viewer", "title", NULL);
	url = g_key_file_get_string(file, "osvdi", "url", NULL);
	g_assert_cmpstr(proxy, ==, "https://t:osvdi1.k.s@desktops.example:443");
	g_assert_cmpstr(title, ==, "a\nproxy=b");
	g_assert_cmpstr(url, ==, "spice+wss://t:osvdi1.k.s@desktops.example/gw");
	g_assert_true(g_key_file_has_key(file, "virt-viewer", "password", NULL));
	wipe_free(text);
	portal_config_free(config);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/way/ways", test_ways);
	g_test_add_func("/way/times", test_times);
	g_test_add_func("/way/file", test_file);
	return g_test_run();
}

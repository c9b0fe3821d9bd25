/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/secret.h"
#include "target/target-port.h"
#include "target/target.h"
#include "target/ws-url.h"

#include <string.h>

static struct target *good(const char *uri)
{
	g_autoptr(GError) error = NULL;
	struct target *target = target_from_uri(uri, &error);

	g_assert_no_error(error);
	return target;
}

static void bad(const char *uri)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(target_from_uri(uri, &error));
	g_assert_nonnull(error);
	g_assert_null(strstr(error->message, "hunter2"));
}

static void test_tcp(void)
{
	target_auto a = good("spice://desk.example:5900");
	target_auto b = good("spice://desk?port=1&tls-port=2&password=hunter2");
	target_auto c = good("spice+tls://[::1]:5901");

	g_assert_cmpint(a->kind, ==, TARGET_TCP);
	g_assert_cmpstr(a->host, ==, "desk.example");
	g_assert_cmpint(a->port, ==, 5900);
	g_assert_cmpint(b->port, ==, 1);
	g_assert_cmpint(b->tls_port, ==, 2);
	g_assert_cmpstr(b->password, ==, "hunter2");
	g_assert_null(strstr(b->label, "hunter2"));
	g_assert_cmpint(c->port, ==, 0);
	g_assert_cmpint(c->tls_port, ==, 5901);
	g_assert_cmpstr(c->label, ==, "[::1]:5901");
}

static void test_others(void)
{
	target_auto u = good("spice+unix:///run/a%20b.sock");
	target_auto w = good("spice+ws://h:6082/spice_auto.html?token=hunter2");
	target_auto n = good("my desktop");

	g_assert_cmpint(u->kind, ==, TARGET_UNIX);
	g_assert_cmpstr(u->unix_path, ==, "/run/a b.sock");
	g_assert_cmpint(w->kind, ==, TARGET_WEBSOCKET);
	g_assert_cmpstr(w->url, ==, "ws://h:6082/spice_auto.html?token=hunter2");
	g_assert_cmpstr(w->label, ==, "h");
	g_assert_cmpint(n->kind, ==, TARGET_NAME);
	g_assert_cmpstr(n->name, ==, "my desktop");
}

static void test_bad(void)
{
	bad("spice://:5900");
	bad("spice://desk");
	bad("spice://desk:0");
	bad("spice://desk:99999?password=hunter2");
	bad("spice://desk?port=x&password=hunter2");
	bad("spice+unix://relative");
	bad("spice+ws:///x?token=hunter2");
	bad("vnc://desk:1?password=hunter2");
	bad("spice://desk:1?password=%zz");
	bad("://x");
}

/* Addresses that people type, paste and find in other programs' manuals. */
static void test_typed(void)
{
	static const struct {
		const char *text, *host;
		int port, tls_port;
	} cases[] = {
		{ "127.0.0.1:5930", "127.0.0.1", 5930, 0 },
		{ " 127.0.0.1:5930\n", "127.0.0.1", 5930, 0 },
		{ "127.0.0.1:5930/", "127.0.0.1", 5930, 0 },
		{ "desk.example:5900", "desk.example", 5900, 0 },
		{ "desk:1", "desk", 1, 0 },
		{ "[::1]:5930", "::1", 5930, 0 },
		{ "[fe80::1%eth0]:5930", "fe80::1%eth0", 5930, 0 },
		{ "spice://127.0.0.1:5930/", "127.0.0.1", 5930, 0 },
		{ "\tSPICE://127.0.0.1:5930 \r\n", "127.0.0.1", 5930, 0 },
		{ "spice://[::1]:5930", "::1", 5930, 0 },
		{ "spice://[fe80::1%25eth0]:5930", "fe80::1%eth0", 5930, 0 },
		{ "spice://[fe80::1%eth0]:5930", "fe80::1%eth0", 5930, 0 },
		{ "spice://127.0.0.1?port=5930&tls-port=-1", "127.0.0.1", 5930, 0 },
		{ "spice://127.0.0.1?port=5930&tls-port=", "127.0.0.1", 5930, 0 },
		{ "spice://127.0.0.1?port=None&tls-port=5931", "127.0.0.1", 0, 5931 },
		{ "spice://127.0.0.1?tls-port=5931", "127.0.0.1", 0, 5931 },
		{ "spice+tls://desk:5931", "desk", 0, 5931 },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		target_auto t = good(cases[i].text);

		g_test_message("%s", cases[i].text);
		g_assert_cmpint(t->kind, ==, TARGET_TCP);
		g_assert_cmpstr(t->host, ==, cases[i].host);
		g_assert_cmpint(t->port, ==, cases[i].port);
		g_assert_cmpint(t->tls_port, ==, cases[i].tls_port);
	}
}

/* One sentence, which says what to write. */
static void test_explained(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "127.0.0.1", "192.0.2.7:5900" },
		{ "::1", "]:5900" },
		{ "[::1]", "]:5900" },
		{ "::1:5930", "]:5900" },
		{ "desk:99999", "port" },
		{ "", "empty" },
		{ " \n", "empty" },
		{ "spice://::1:5930", "brackets" },
		{ "spice://desk", "spice://desk.example:5900" },
		{ "spice:///?socket=/run/vm.sock", "spice+unix:///PATH" },
		{ "spice://", "spice://desk.example:5900" },
		{ "spice://de sk:1", "spice://desk.example:5900" },
		{ "spice://desk?port=1&tls-port=59o1", "TLS port" },
		{ "https://cloud.example:6082/spice_auto.html?token=hunter2", "spice+wss" },
		{ "http://cloud.example:6082/spice_auto.html?token=hunter2", "spice+ws" },
		{ "vnc://desk:1", "spice://" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].text);
		g_assert_null(target_from_uri(cases[i].text, &error));
		g_assert_nonnull(strstr(error->message, cases[i].says));
		g_assert_null(strstr(error->message, "hunter2"));
	}
}

static void test_names(void)
{
	static const char *const names[] = { "alice", "my desktop", "lab: one", "a:b", "desk:x",
		"05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4", "x:" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		target_auto t = good(names[i]);

		g_assert_cmpint(t->kind, ==, TARGET_NAME);
		g_assert_cmpstr(t->name, ==, names[i]);
	}
}

static void test_socket_url(void)
{
	static const struct {
		const char *url, *socket;
	} cases[] = {
		{ "ws://h:1/spice_auto.html?token=t", "ws://h:1/websockify?token=t" },
		{ "wss://h/a/b/spice_auto.html?token=t&x=1", "wss://h/a/b/websockify?token=t&x=1" },
		{ "ws://h:1", "ws://h:1/websockify" },
		{ "ws://h:1/", "ws://h:1/websockify" },
		{ "ws://h:1/websockify?token=t", "ws://h:1/websockify?token=t" },
		{ "ws://h:1/x/spice_auto.html?path=/x?token=T", "ws://h:1/x?token=T" },
		{ "wss://h/console/?path=console%3Ftoken%3DT", "wss://h/console?token=T" },
		{ "wss://h/console/spice_auto.html?path=console%3Ftoken%3DT",
			"wss://h/console?token=T" },
		{ "wss://h/spice_auto.html?path=%2Fconsole%253Ftoken%253DT",
			"wss://h/console?token=T" },
		{ "wss://h/a/spice_auto.html?path=websockify&token=T",
			"wss://h/websockify?token=T" },
		{ "wss://h/a/spice_auto.html?token=T&path=b/c", "wss://h/b/c?token=T" },
		{ "wss://h/a/spice_auto.html?path=b%3Fx%3D1&token=T", "wss://h/b?x=1&token=T" },
		{ "wss://h/a/spice_auto.html?path=//other.example/x?token=T",
			"wss://h/other.example/x?token=T" },
		{ "wss://h/a/spice_auto.html?path=&token=T", "wss://h/a/websockify?path=&token=T" },
		{ "wss://h/spice_auto.html?token=T&title=desk%281%29&lang=de",
			"wss://h/websockify?token=T&title=desk%281%29&lang=de" },
		{ "wss://h/?path=a%0d%0aHost:%20x", NULL },
		{ "wss://h/?path=a%20b", NULL },
		{ "wss://h/socket?path=x&token=T", "wss://h/socket?path=x&token=T" },
		{ "http://h:1/", NULL },
		{ "ws:///x", NULL },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *url = ws_url_socket(cases[i].url);

		g_assert_cmpstr(url, ==, cases[i].socket);
		secret_free(url);
	}
}

/* A page's own word leads away from these addresses. */
static void test_other_url(void)
{
	static const struct {
		const char *url, *other;
	} cases[] = {
		{ "ws://h:1/x/spice_auto.html?path=/y?token=T", "ws://h:1/x/websockify?token=T" },
		{ "ws://h:1/x/spice_auto.html?path=y&token=T", "ws://h:1/x/websockify?token=T" },
		{ "wss://h/console/?path=console%3Ftoken%3DT",
			"wss://h/console/websockify?token=T" },
		{ "ws://h:1/x/spice_auto.html?path=y", "ws://h:1/x/websockify" },
		{ "ws://h:1/spice_auto.html?token=T", NULL },
		{ "ws://h:1/spice_auto.html?path=&token=T", NULL },
		{ "ws://h:1/websockify?path=y&token=T", NULL },
		{ "ws://h:1/?path=y%3Ftoken%3Da%20b", NULL },
		{ "http://h:1/?path=y", NULL },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *url = ws_url_other(cases[i].url);

		g_assert_cmpstr(url, ==, cases[i].other);
		secret_free(url);
	}
}

/* Ports as files and addresses give them; -1: refused. */
static void test_ports(void)
{
	static const struct {
		const char *text;
		int port;
	} cases[] = {
		{ "5900", 5900 }, { " 5900 ", 5900 }, { "65535", 65535 }, { "0", 0 }, { "-1", 0 },
		{ "", 0 }, { " ", 0 }, { "None", 0 }, { "NULL", 0 }, { "off", 0 }, { "-", 0 },
		{ "65536", -1 }, { "5900x", -1 }, { "0x10", -1 }, { "1.5", -1 }, { "port", -1 },
		{ "99999999999999999999", -1 }, { "-99999999999999999999", -1 }, { "59 00", -1 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		int port = 7;
		gboolean ok = target_port_parse(cases[i].text, &port);

		g_test_message("%s", cases[i].text);
		g_assert_cmpint(ok ? port : -1, ==, cases[i].port);
	}
}

/* The port that the main channel takes of two, by the channels that need TLS. */
static void test_port_used(void)
{
	static const struct {
		int port, tls_port;
		const char *secure; /* parted by commas; NULL: not given */
		int used;
	} cases[] = {
		{ 5900, 0, NULL, 5900 },
		{ 0, 5901, NULL, 5901 },
		{ 5900, 5901, NULL, 5900 },
		{ 5900, 5901, "main,inputs", 5901 },
		{ 5900, 5901, "all", 5901 },
		{ 5900, 5901, "inputs", 5900 },
		{ 5900, 0, "main", 5900 },
		{ 0, 0, "all", 0 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) secure = cases[i].secure ?
				g_strsplit(cases[i].secure, ",", -1) :
				NULL;
		const struct target t = { .port = cases[i].port, .tls_port = cases[i].tls_port,
			.secure_channels = secure };

		g_assert_cmpint(target_port_used(&t), ==, cases[i].used);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/target/ports", test_ports);
	g_test_add_func("/target/port-used", test_port_used);
	g_test_add_func("/target/tcp", test_tcp);
	g_test_add_func("/target/others", test_others);
	g_test_add_func("/target/bad", test_bad);
	g_test_add_func("/target/typed", test_typed);
	g_test_add_func("/target/explained", test_explained);
	g_test_add_func("/target/names", test_names);
	g_test_add_func("/target/socket-url", test_socket_url);
	g_test_add_func("/target/other-url", test_other_url);
	return g_test_run();
}

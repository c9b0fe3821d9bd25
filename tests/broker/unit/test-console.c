/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compute/console.h"
#include "desktop/vv.h"

static void test_websocket(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "http://h:6082/spice_auto.html?token=a-1", "ws://h:6082/websockify?token=a-1" },
		{ "https://h/spice_auto.html?token=a", "wss://h/websockify?token=a" },
		{ "https://h/x/y/spice_auto.html?title=z&token=a",
			"wss://h/x/y/websockify?token=a" },
		{ "http://[fd00::1]:6082/s.html?token=a",
			"ws://[fd00::1]:6082/websockify?token=a" },
		{ "http://h:6080/vnc_auto.html?path=%3Ftoken%3Db", "ws://h:6080/?token=b" },
		{ "https://h/l-proxy/spice_auto.html?path=/l-proxy?token=b",
			"wss://h/l-proxy?token=b" },
		{ "https://h/console/s.html?path=console%3Ftoken%3Db", "wss://h/console?token=b" },
		{ "https://h/console/s.html?path=console%253Ftoken%253Db",
			"wss://h/console?token=b" },
		{ "https://h/c/s.html?title=t&path=%2Fa%2Fb%3Ftoken%3Db&lang=de",
			"wss://h/a/b?token=b" },
		{ "https://h/c/s.html?path=x/y&token=b", "wss://h/x/y?token=b" },
		{ "https://h/c/s.html?token=b&path=x%3Fcell%3D1", "wss://h/x?cell=1&token=b" },
		{ "https://h/c/s.html?path=x%3Fcell%3D1%26token%3Db", "wss://h/x?cell=1&token=b" },
		{ "https://h/c/s.html?path=&token=b", "wss://h/?token=b" },
		{ "https://h/c/s.html?path=//evil/x%3Ftoken%3Db", "wss://h/evil/x?token=b" },
		{ "https://[fd00::1]:8443/c/s.html?path=w%3Ftoken%3Db",
			"wss://[fd00::1]:8443/w?token=b" },
		{ "https://h/s.html?host=evil&port=1&encrypt=0&token=b",
			"wss://h/websockify?token=b" },
		{ "https://h/?token=b#path=/x", "wss://h/websockify?token=b" },
		{ "https://h?token=b", "wss://h/websockify?token=b" },
		{ "https://h/c/s.html?path=wss://evil/x%3Ftoken%3Db", NULL },
		{ "https://h/c/s.html?path=x%0d%0ay%3Ftoken%3Db", NULL },
		{ "https://h/c/s.html?path=x%20y%3Ftoken%3Db", NULL },
		{ "https://h/c/s.html?path=x%23%3Ftoken%3Db", NULL },
		{ "https://h/c/s.html?path=x%3Ftoken%3D", NULL },
		{ "https://h/c/s.html?path=x", NULL },
		{ "https://-h/?token=a", NULL },
		{ "https://a..b/?token=a", NULL },
		{ "http://h:6080/vnc_lite.html?path=websockify%3Ftoken%3Db",
			"ws://h:6080/websockify?token=b" },
		{ "http://h:6082/spice_auto.html", NULL },
		{ "http://h:6082/?token=", NULL },
		{ "http://h/?token=a%0d%0aX-Evil:1", NULL },
		{ "http://h/?token=%2e%00x", NULL },
		{ "ftp://h/?token=a", NULL },
		{ "http://user:word@h/?token=a", NULL },
		{ "file:///etc/passwd?token=a", NULL },
		{ "nonsense", NULL },
		{ "", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) e = NULL;
		g_autofree char *out = console_websocket(cases[i].in, NULL, &e);

		g_assert_cmpstr(out, ==, cases[i].out);
		if (!out)
			g_assert_error(e, BROKER_ERROR, BROKER_ERROR_SERVICE);
	}
}

static void test_uri(void)
{
	g_autofree char *a = console_uri("spice", "h", 1, 0), *b = console_uri("spice", "h", 0, 2),
			*c = console_uri("spice", "::1", 1, 2);

	g_assert_cmpstr(a, ==, "spice://h:1");
	g_assert_cmpstr(b, ==, "spice://h?tls-port=2");
	g_assert_cmpstr(c, ==, "spice://[::1]?port=1&tls-port=2");
}

static void test_vv_round(void)
{
	static const char in[] = "[virt-viewer]\ntype=spice\nhost=h\nport=0\ntls-port=5901\n"
			"password=p=;#w\nca=-----BEGIN\\nX\\n\n"
				 "host-subject=C=US,O=Shaken\\\\, Fist\nproxy=http://p:3128\n"
				 "secure-attention=Ctrl+Alt+End\nnewer-version-url=http://evil\n"
				 "delete-this-file=1\n";
	struct address a = { .protocol = (char *)"spice", .server_id = (char *)"id",
		.title = (char *)"t", .token_expires = 1767225600 };
	struct address b = { 0 };
	char *text;

	g_assert_true(vv_parse(in, strlen(in), &a, NULL, NULL));
	g_assert_cmpint(a.port, ==, 0);
	g_assert_cmpint(a.tls_port, ==, 5901);
	g_assert_cmpstr(a.password, ==, "p=;#w");
	text = vv_format(&a, TRUE);
	g_assert_nonnull(strstr(text, "\nproxy=http://p:3128\n"));
	g_assert_nonnull(strstr(text, "\nsecure-channels=all\n"));
	g_assert_nonnull(strstr(text, "\ndelete-this-file=1\n"));
	g_assert_nonnull(strstr(text, "\nexpires=2026-01-01T00:00:00Z\n"));
	g_assert_null(strstr(text, "evil"));
	g_assert_true(vv_parse(text, strlen(text), &b, NULL, NULL));
	g_assert_cmpint(b.port, ==, 0);
	g_assert_cmpstr(b.ca, ==, "-----BEGIN\nX\n");
	g_assert_cmpstr(b.password, ==, a.password);
	g_assert_cmpstr(b.host_subject, ==, a.host_subject);
	secret_free(text);
	g_free(a.host);
	g_free(a.ca);
	g_free(a.host_subject);
	g_free(a.password);
	g_free(a.other_keys);
	g_free(b.host);
	g_free(b.ca);
	g_free(b.host_subject);
	g_free(b.password);
	g_free(b.other_keys);
	g_free(b.secure_channels);
	g_free(a.secure_channels);
}

/* Proxies write a certificate's subject as it is, with a pair of characters that key
 * files do not know. */
static void test_vv_subject(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "C=AU,O=Falcon\\, Inc,CN=p", "C=AU,O=Falcon\\, Inc,CN=p" },
		{ "C=AU,O=Falcon\\\\, Inc,CN=p", "C=AU,O=Falcon\\, Inc,CN=p" },
		{ "O=a\\;b\\=c\\+d", "O=a\\;b\\=c\\+d" },
		{ "O=a\\sb", "O=a b" },
		{ "O=ends\\", "O=ends\\" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *in = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=[fd00::1]\n"
				"tls-port=1\nhost-subject=%s\n", cases[i].in);
		struct address *a = g_new0(struct address, 1), *b = g_new0(struct address, 1);
		char *text;

		a->protocol = g_strdup("spice");
		a->server_id = g_strdup("id");
		g_assert_true(vv_parse(in, strlen(in), a, NULL, NULL));
		g_assert_cmpstr(a->host_subject, ==, cases[i].want);
		g_assert_cmpstr(a->host, ==, "fd00::1");
		text = vv_format(a, FALSE);
		g_assert_true(vv_parse(text, strlen(text), b, NULL, NULL));
		g_assert_cmpstr(b->host_subject, ==, cases[i].want);
		secret_free(text);
		address_free(a);
		address_free(b);
	}
}

#define VV "[virt-viewer]\ntype=spice\nhost=h\n"

/* Where an exchange asks for TLS, clients do not get the plain port. */
static void test_vv_secure(void)
{
	static const struct {
		const char *in;
		int port, tls_port;
		const char *want; /* a line of our own file, or NULL: none */
	} cases[] = {
		{ VV "port=1\ntls-port=2\nsecure-channels=all\n", 0, 2, "\nsecure-channels=all\n" },
		{ VV "port=1\ntls-port=2\nsecure-channels=main;inputs\n", 0, 2,
			"\nsecure-channels=main;inputs\n" },
		{ VV "port=-1\ntls-port=2\nsecure-channels=smain,sinputs\n", 0, 2,
			"\nsecure-channels=smain,sinputs\n" },
		{ VV "port=1\ntls-port=2\nsecure-channels=\n", 1, 2, NULL },
		{ VV "port=1\ntls-port=2\nca=x\n", 1, 2, "\nsecure-channels=all\n" },
		{ VV "port=1\ntls-port=-1\n", 1, 0, NULL },
		{ VV "port= 1 \ntls-port= 2 \ntls-ciphers=HIGH\n", 1, 2, "\ntls-ciphers=HIGH\n" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct address *a = g_new0(struct address, 1);
		g_autoptr(GError) e = NULL;
		char *text;

		a->protocol = g_strdup("spice");
		a->server_id = g_strdup("id");
		g_assert_true(vv_parse(cases[i].in, strlen(cases[i].in), a, NULL, &e));
		g_assert_cmpint(a->port, ==, cases[i].port);
		g_assert_cmpint(a->tls_port, ==, cases[i].tls_port);
		text = vv_format(a, FALSE);
		if (cases[i].want)
			g_assert_nonnull(strstr(text, cases[i].want));
		else
			g_assert_null(strstr(text, "secure-channels"));
		secret_free(text);
		address_free(a);
	}
}

static void test_vv_refuses(void)
{
	static const char *const bad[] = {
		"",
		"<html>",
		"[virt-viewer]\ntype=vnc\nhost=h\nport=1\n",
		"[virt-viewer]\ntype=spice\nport=1\n",
		"[virt-viewer]\ntype=spice\nhost=h\n",
		"[virt-viewer]\ntype=spice\nhost=h\nport=70000\n",
		"[virt-viewer]\ntype=spice\nhost=a b\nport=1\n",
		"[virt-viewer]\ntype=spice\nhost=h:5900\nport=1\n",
		"[virt-viewer]\ntype=spice\nhost=-oProxy\nport=1\n",
		"[other]\ntype=spice\nhost=h\nport=1\n",
		VV "port=1\ntls-port=abc\n",
		VV "port=1\ntls-port=5901x\n",
		VV "port=1\ntls-port=70000\n",
		VV "port=1\nsecure-channels=all\n",
		VV "port=1\ntls-port=0\nsecure-channels=main\n",
		VV "port=1\ntls-port=2\nsecure-channels=main;everything\n",
		VV "port=1\nenable-ssl=1\n",
		VV "port=1\nTLS-Verify=peer\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct address *a = g_new0(struct address, 1);
		g_autoptr(GError) e = NULL;

		g_assert_false(vv_parse(bad[i], strlen(bad[i]), a, NULL, &e));
		g_assert_error(e, BROKER_ERROR, BROKER_ERROR_SERVICE);
		address_free(a);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/websocket", test_websocket);
	g_test_add_func("/console/uri", test_uri);
	g_test_add_func("/vv/round", test_vv_round);
	g_test_add_func("/vv/subject", test_vv_subject);
	g_test_add_func("/vv/secure", test_vv_secure);
	g_test_add_func("/vv/refuses", test_vv_refuses);
	return g_test_run();
}

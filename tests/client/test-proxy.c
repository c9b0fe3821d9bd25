/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/proxy.h"

#include <gio/gio.h>
#include <string.h>

#define SECRET "hunter2"

static void test_good(void)
{
	static const struct {
		const char *text, *address, *host, *user, *password;
	} cases[] = {
		{ "http://squid.example:3128", "http://squid.example:3128", "squid.example",
			NULL, NULL },
		{ "http://squid.example", "http://squid.example:3128", "squid.example",
			NULL, NULL },
		{ "https://squid.example", "https://squid.example:3129", "squid.example",
			NULL, NULL },
		{ "HTTP://squid.example:80//", "http://squid.example:80", "squid.example",
			NULL, NULL },
		{ "squid:3128", "http://squid:3128", "squid", NULL, NULL },
		{ "10.0.0.1:3128", "http://10.0.0.1:3128", "10.0.0.1", NULL, NULL },
		{ " http://10.0.0.1 ", "http://10.0.0.1:3128", "10.0.0.1", NULL, NULL },
		{ "http://[2001:db8::1]:80", "http://[2001:db8::1]:80", "2001:db8::1", NULL, NULL },
		{ "http://[::1]", "http://[::1]:3128", "::1", NULL, NULL },
		{ "http://::1", "http://[::1]:3128", "::1", NULL, NULL },
		{ "http://user:p%40ss@p:1", "http://p:1", "p", "user", "p@ss" },
		{ "http://user:p@ss@p:1", "http://p:1", "p", "user", "p@ss" },
		{ "http://user:a:b@p:1", "http://p:1", "p", "user", "a:b" },
		{ "http://user:50%@p:1", "http://p:1", "p", "user", "50%" },
		{ "http://us%3Aer:p%2Fs%25@p:1", "http://p:1", "p", "us:er", "p/s%" },
		{ "http://user@p:1", "http://p:1", "p", "user", NULL },
		{ "http://user:@p:1", "http://p:1", "p", "user", "" },
		{ "user:pw@p:1", "http://p:1", "p", "user", "pw" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		struct proxy *proxy = proxy_parse(cases[i].text, PROXY_OF_FILE, &error);

		g_test_message("%s", cases[i].text);
		g_assert_no_error(error);
		g_assert_cmpstr(proxy->address, ==, cases[i].address);
		g_assert_cmpstr(proxy->host, ==, cases[i].host);
		g_assert_cmpstr(proxy->user, ==, cases[i].user);
		g_assert_cmpstr(proxy->password, ==, cases[i].password);
		proxy_free(proxy);
	}
}

/* Each is refused, with words that lead on and without what may be a secret. */
static void test_bad(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "http://kvm.example:8000/websockify", "not understood: http://kvm.example:8000. "
			"This is the address of a WebSocket" },
		{ "https://front.example:29876?token=" SECRET,
			"https://front.example:29876. This is the address of a WebSocket" },
		{ "https://front.example:29876/?token=" SECRET, "spice+wss://" },
		{ "https://front.example/spice_auto.html?path=" SECRET, "spice+wss://" },
		{ "wss://front.example/x?y=" SECRET, "spice+wss://" },
		{ "spice+wss://front.example/x?y=" SECRET, "spice+wss://" },
		{ "http://squid.example:3128/" SECRET, "nothing behind them" },
		{ "http://squid.example?" SECRET, "nothing behind them" },
		{ "http://squid.example#" SECRET, "nothing behind them" },
		{ "socks5://squid.example:1080", "Only http:// and https://" },
		{ "socks5://user:" SECRET "@squid.example:1080",
			"not understood: socks5://squid.example:1080." },
		{ "ftp://squid.example", "Only http:// and https://" },
		{ "http://", "host is missing" },
		{ "http://:3128", "host is missing" },
		{ "://squid", "Only http:// and https://" },
		{ "http://[::1", "host is missing" },
		{ "http://[::1]x", "host is missing" },
		{ "http://a:b:3128", "host is missing" },
		{ "http://squid.example:99999", "http://squid.example:99999. The port" },
		{ "http://squid.example:0", "The port" },
		{ "http://squid.example:-1", "The port" },
		{ "http://squid.example:", "The port" },
		{ "http://squid.example:31 28", "The port" },
		{ "http://squid.example:" SECRET, "The port" },
		{ "http://user:" SECRET "/x@squid.example:1", "nothing behind them" },
		{ "http://a b:" SECRET "@", "host is missing" },
		{ "http://squid example:1", "host is missing" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].text);
		g_assert_null(proxy_parse(cases[i].text, PROXY_OF_FILE, &error));
		g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
		g_assert_true(g_str_has_prefix(error->message,
				"The connection file's proxy is not understood: "));
		g_assert_nonnull(strstr(error->message, cases[i].says));
		g_assert_null(strstr(error->message, SECRET));
	}
}

static void test_environment(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(proxy_parse("socks5://u:" SECRET "@p", PROXY_OF_ENVIRONMENT, &error));
	g_assert_nonnull(strstr(error->message, "SPICE_PROXY"));
	g_assert_null(strstr(error->message, SECRET));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/proxy/good", test_good);
	g_test_add_func("/proxy/bad", test_bad);
	g_test_add_func("/proxy/environment", test_environment);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/options.h"
#include "session/address.h"
#include "session/session-setup.h"
#include "target/vv-file.h"

#include <string.h>

/* Each key that spice-glib takes arrives at its session. */
static void test_keys(void)
{
	static const char text[] = "[virt-viewer]\ntype=spice\nhost=desk.example\nport=5900\n"
			"tls-port=5901\n"
				   "username=alice\npassword=secret word\nca=-----A\\n-----B\n"
				   "host-subject=O=Lab,CN=desk\n"
				   "tls-ciphers=HIGH\nproxy=http://proxy.example:3128\n"
				   "secure-channels=main;inputs;\n"
				   "disable-effects=wallpaper;animation\nenable-usbredir=0\n"
				   "enable-smartcard=1\n"
				   "disable-channels=playback;record\n";
	static struct options options = { .vv_fd = -1 };
	g_autoptr(GError) error = NULL;
	target_auto target = vv_parse(text, strlen(text), NULL, &error);
	SpiceSession *session = NULL;
	g_autofree char *host = NULL, *port = NULL, *tls_port = NULL, *user = NULL,
			*password = NULL;
	g_autofree char *subject = NULL, *ciphers = NULL, *proxy = NULL;
	g_autoptr(GByteArray) ca = NULL;
	g_auto(GStrv) secure = NULL, effects = NULL;
	gboolean usb, smartcard, audio;
	int verify;

	g_assert_no_error(error);
	session = session_setup_new(&options, target, NULL);
	g_object_get(session, "host", &host, "port", &port, "tls-port", &tls_port, "username",
			&user, "password", &password,
			"ca", &ca, "cert-subject", &subject, "verify", &verify, "ciphers", &ciphers,
			"proxy", &proxy,
			"secure-channels", &secure, "disable-effects", &effects,
			"enable-usbredir", &usb, "enable-smartcard", &smartcard, "enable-audio",
			&audio, NULL);
	g_assert_cmpstr(host, ==, "desk.example");
	g_assert_cmpstr(port, ==, "5900");
	g_assert_cmpstr(tls_port, ==, "5901");
	g_assert_cmpstr(user, ==, "alice");
	g_assert_cmpstr(password, ==, "secret word");
	g_assert_cmpmem(ca->data, ca->len, "-----A\n-----B", 13);
	g_assert_cmpstr(subject, ==, "O=Lab,CN=desk");
	g_assert_cmpint(verify, ==, SPICE_SESSION_VERIFY_SUBJECT);
	g_assert_cmpstr(ciphers, ==, "HIGH");
	g_assert_true(g_str_has_prefix(proxy, "http://proxy.example:3128"));
	g_assert_true(g_strv_equal((const char *const *)secure,
			(const char *const[]){ "main", "inputs", NULL }));
	g_assert_true(g_strv_equal((const char *const *)effects,
			(const char *const[]){ "wallpaper", "animation", NULL }));
	g_assert_false(usb);
	g_assert_true(smartcard);
	g_assert_false(audio);
	g_object_unref(session);
}

/* The command line goes before the file. */
static void test_options_first(void)
{
	static const char text[] = "[virt-viewer]\ntype=spice\nhost=h\nport=1\ntls-port=2\n"
			"host-subject=CN=file\nsecure-channels=main\n";
	static struct options options = { .vv_fd = -1, .host_subject = (char *)"CN=option",
		.secure_channels = (char *)"display,inputs", .disable_audio = TRUE };
	target_auto target = vv_parse(text, strlen(text), NULL, NULL);
	SpiceSession *session = session_setup_new(&options, target, NULL);
	g_autofree char *subject = NULL;
	g_auto(GStrv) secure = NULL;
	gboolean audio;

	g_object_get(session, "cert-subject", &subject, "secure-channels", &secure, "enable-audio",
			&audio, NULL);
	g_assert_cmpstr(subject, ==, "CN=option");
	g_assert_true(g_strv_equal((const char *const *)secure,
			(const char *const[]){ "display", "inputs", NULL }));
	g_assert_false(audio);
	g_object_unref(session);
}

static SpiceSession *session_of(const char *proxy, const char *environment, GError **error)
{
	SpiceSession *session = NULL;
	struct address *address;
	static struct options options = { .vv_fd = -1 };
	g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\nport=1\n%s%s\n",
			proxy ? "proxy=" : "", proxy ? proxy : "");
	target_auto target = vv_parse(text, strlen(text), NULL, error);

	options.environment_proxy = (char *)environment;
	if (!target)
		return NULL;
	address = address_new(&options, target, NULL, NULL, error);
	if (address)
		session = session_setup_new(&options, address_get_target(address), error);
	address_free(address);
	return session;
}

/* A login arrives decoded; the environment's proxy counts where the file has none. */
static void test_proxy(void)
{
	static const struct {
		const char *file, *environment, *host, *user, *password;
		guint port;
	} cases[] = {
		{ "http://user:p%40ss@squid:3128", NULL, "squid", "user", "p@ss", 3128 },
		{ "http://squid", "http://other:1", "squid", NULL, NULL, 3128 },
		{ NULL, "http://u:p%3Aw@other:1/", "other", "u", "p:w", 1 },
		{ NULL, "other:8080", "other", NULL, NULL, 8080 },
		{ "https://[::1]", NULL, "::1", NULL, NULL, 3129 },
		{ NULL, NULL, NULL, NULL, NULL, 0 },
		{ NULL, "", NULL, NULL, NULL, 0 },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		SpiceSession *session = session_of(cases[i].file, cases[i].environment, &error);
		SpiceURI *uri;

		g_assert_no_error(error);
		uri = spice_session_get_proxy_uri(session);
		g_assert_cmpstr(uri ? spice_uri_get_hostname(uri) : NULL, ==, cases[i].host);
		g_assert_cmpstr(uri ? spice_uri_get_user(uri) : NULL, ==, cases[i].user);
		g_assert_cmpstr(uri ? spice_uri_get_password(uri) : NULL, ==, cases[i].password);
		g_assert_cmpuint(uri ? spice_uri_get_port(uri) : 0, ==, cases[i].port);
		g_object_unref(session);
	}
}

/* None that cannot be read is gone round. */
static void test_bad_proxy(void)
{
	static const char *const bad[] = { "socks5://p:1", "http://p:1/x", "http://[::1", "ftp://p",
		"http://p:99999", "http://" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) of_file = NULL, of_environment = NULL;

		g_assert_null(session_of(bad[i], NULL, &of_file));
		g_assert_nonnull(strstr(of_file->message,
				"The connection file's proxy is not understood"));
		g_assert_null(session_of(NULL, bad[i], &of_environment));
		g_assert_nonnull(strstr(of_environment->message, "SPICE_PROXY"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session-setup/keys", test_keys);
	g_test_add_func("/session-setup/options-first", test_options_first);
	g_test_add_func("/session-setup/proxy", test_proxy);
	g_test_add_func("/session-setup/bad-proxy", test_bad_proxy);
	return g_test_run();
}

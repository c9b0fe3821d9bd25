/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <openssl/err.h>
#include <string.h>

#include "net/tls.h"
#include "test-folder.h"
#include "tls-cases.h"

/* Which desktops the gateway believes, and with what it meets clients itself. */

static char *folder;

static char *write_file(const char *name, const char *text)
{
	char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static gboolean believes(const char *authority, const char *host, const char *subject,
		SSL_CTX *server)
{
	g_autofree char *path = write_file("authority", authority);
	g_autoptr(GError) error = NULL;
	SSL_CTX *context = tls_client(path, &error);
	SSL *client, *there = SSL_new(server);
	gboolean ok;

	g_assert_no_error(error);
	client = SSL_new(context);
	ok = tls_expect(client, host, subject) && tls_meet(client, there) &&
			tls_is_expected(client, subject);
	SSL_free(client);
	SSL_free(there);
	SSL_CTX_free(context);
	return ok;
}

static void test_desktops(void)
{
	tls_cases_run(believes);
}

/* ---- our own port -------------------------------------------------------- */

struct port {
	struct cert cert;
	char *cert_path, *key_path;
	SSL_CTX *context;
};

static void port_init(struct port *port)
{
	g_autofree char *cert = NULL, *key = NULL;
	g_autoptr(GError) error = NULL;

	cert_init(&port->cert, "site", "gateway", "DNS:gateway", NULL, -60, 86400);
	cert = cert_pem(&port->cert);
	key = cert_key_pem(&port->cert, NULL);
	port->cert_path = write_file("cert", cert);
	port->key_path = write_file("key", key);
	port->context = tls_server(port->cert_path, port->key_path, &error);
	g_assert_no_error(error);
}

static void port_clear(struct port *port)
{
	SSL_CTX_free(port->context);
	cert_clear(&port->cert);
	g_free(port->cert_path);
	g_free(port->key_path);
}

/* A client of those protocols, which trusts anybody. */
static SSL *client_new(int newest, const char *protocols)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *client;

	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(context, newest);
	if (protocols)
		SSL_CTX_set_alpn_protos(context, (const guchar *)protocols,
				(guint)strlen(protocols));
	client = SSL_new(context);
	SSL_CTX_free(context);
	return client;
}

/* Protocols that a client may speak: no old TLS, and no HTTP/2. */
static void test_clients(void)
{
	static const struct {
		int newest;
		const char *protocols, *chosen;
		gboolean ok;
	} cases[] = {
		{ TLS1_3_VERSION, NULL, "", TRUE },
		{ TLS1_2_VERSION, NULL, "", TRUE },
		{ TLS1_1_VERSION, NULL, "", FALSE },
		{ TLS1_VERSION, NULL, "", FALSE },
		{ TLS1_3_VERSION, "\x08http/1.1", "http/1.1", TRUE },
		{ TLS1_3_VERSION, "\x02h2\x08http/1.1", "http/1.1", TRUE },
		{ TLS1_3_VERSION, "\x02h2", "", FALSE },
	};
	struct port port;

	port_init(&port);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		SSL *client = client_new(cases[i].newest, cases[i].protocols);
		SSL *server = SSL_new(port.context);
		const guchar *chosen = NULL;
		guint size = 0;

		g_test_message("case %zu", i);
		g_assert_cmpint(tls_meet(client, server), ==, cases[i].ok);
		SSL_get0_alpn_selected(client, &chosen, &size);
		if (cases[i].ok)
			g_assert_cmpmem(chosen, size, cases[i].chosen, strlen(cases[i].chosen));
		SSL_free(client);
		SSL_free(server);
	}
	port_clear(&port);
}

/* Renegotiation costs the server more than the client, who could ask for it without end. */
static void test_renegotiation(void)
{
	struct port port;
	SSL *client = client_new(TLS1_2_VERSION, NULL), *server;
	int result = -1;
	char byte;

	port_init(&port);
	server = SSL_new(port.context);
	g_assert_true(tls_meet(client, server));
	SSL_renegotiate(client);
	for (int i = 0; i < 10 && result != 1; i++) {
		result = SSL_do_handshake(client);
		g_assert_cmpint(SSL_read(server, &byte, 1), <=, 0);
	}
	g_assert_cmpint(result, !=, 1);
	ERR_clear_error();
	SSL_free(client);
	SSL_free(server);
	port_clear(&port);
}

/* Files that do not serve: the message names the file. */
static void test_files(void)
{
	struct port port;
	struct cert other;
	g_autofree char *locked = NULL, *others = NULL, *text = NULL;
	const char *none = "/nonexistent.pem";

	port_init(&port);
	cert_init(&other, "site", "other", NULL, NULL, -60, 86400);
	text = cert_key_pem(&port.cert, "word");
	locked = write_file("locked", text);
	g_free(text);
	text = cert_key_pem(&other, NULL);
	others = write_file("others", text);
	{
		const struct {
			const char *cert, *key, *named, *why;
		} cases[] = {
			{ none, port.key_path, none, "certificate" },
			{ port.key_path, port.key_path, port.key_path, "certificate" },
			{ port.cert_path, none, none, "key" },
			{ port.cert_path, port.cert_path, port.cert_path, "key" },
			{ port.cert_path, others, others, "mismatch" },
			{ port.cert_path, locked, locked, "has a pass phrase" },
		};

		for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
			g_autoptr(GError) error = NULL;

			g_assert_null(tls_server(cases[i].cert, cases[i].key, &error));
			g_assert_nonnull(strstr(error->message, cases[i].named));
			g_assert_nonnull(strstr(error->message, cases[i].why));
			g_assert_cmpuint(ERR_peek_error(), ==, 0);
		}
	}
	g_assert_null(tls_client(none, NULL));
	g_assert_null(tls_client(port.key_path, NULL));
	cert_clear(&other);
	port_clear(&port);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("tls-XXXXXX", NULL);
	g_test_add_func("/gateway/tls/desktops", test_desktops);
	g_test_add_func("/gateway/tls/clients", test_clients);
	g_test_add_func("/gateway/tls/renegotiation", test_renegotiation);
	g_test_add_func("/gateway/tls/files", test_files);
	result = g_test_run();
	test_folder_remove(folder);
	g_free(folder);
	return result;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls-cases.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#define DAY_S 86400

static void add_name(X509_NAME *name, const char *key, const char *value)
{
	if (value)
		g_assert_cmpint(X509_NAME_add_entry_by_txt(name, key, MBSTRING_UTF8,
				(const guchar *)value, -1, -1, 0), ==, 1);
}

static void add_extension(X509 *x509, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	g_assert_nonnull(extension);
	X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
}

void cert_init(struct cert *cert, const char *organisation, const char *name, const char *names,
		const struct cert *issuer, long from_s, long to_s)
{
	static long serial;
	X509 *x509 = X509_new();

	cert->key = EVP_EC_gen("P-256");
	cert->x509 = x509;
	g_assert_true(x509 && cert->key);
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(x509), from_s);
	X509_gmtime_adj(X509_getm_notAfter(x509), to_s);
	X509_set_pubkey(x509, cert->key);
	add_name(X509_get_subject_name(x509), "O", organisation);
	add_name(X509_get_subject_name(x509), "CN", name);
	X509_set_issuer_name(x509, X509_get_subject_name(issuer ? issuer->x509 : x509));
	add_extension(x509, NID_basic_constraints, issuer ? "critical,CA:FALSE" :
			"critical,CA:TRUE");
	if (names)
		add_extension(x509, NID_subject_alt_name, names);
	g_assert_cmpint(X509_sign(x509, issuer ? issuer->key : cert->key, EVP_sha256()), >, 0);
}

void cert_clear(struct cert *cert)
{
	g_clear_pointer(&cert->key, EVP_PKEY_free);
	g_clear_pointer(&cert->x509, X509_free);
}

static char *take_text(BIO *bio)
{
	char *data = NULL;
	long n = BIO_get_mem_data(bio, &data);
	char *text = g_strndup(data, (gsize)n);

	BIO_free(bio);
	return text;
}

char *cert_pem(const struct cert *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	g_assert_cmpint(PEM_write_bio_X509(bio, cert->x509), ==, 1);
	return take_text(bio);
}

char *cert_key_pem(const struct cert *cert, const char *password)
{
	BIO *bio = BIO_new(BIO_s_mem());

	g_assert_cmpint(PEM_write_bio_PKCS8PrivateKey(bio, cert->key,
			password ? EVP_aes_128_cbc() : NULL, password,
			password ? (int)strlen(password) : 0, NULL, NULL), ==, 1);
	return take_text(bio);
}

SSL_CTX *cert_server(const struct cert *cert)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	/* Old protocols, too, for a client to refuse. */
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	SSL_CTX_set_security_level(context, 0);
	g_assert_cmpint(SSL_CTX_use_certificate(context, cert->x509), ==, 1);
	g_assert_cmpint(SSL_CTX_use_PrivateKey(context, cert->key), ==, 1);
	return context;
}

gboolean tls_meet(SSL *client, SSL *server)
{
	BIO *here, *there;
	int a = 0, b = 0;

	g_assert_cmpint(BIO_new_bio_pair(&here, 0, &there, 0), ==, 1);
	SSL_set_bio(client, here, here);
	SSL_set_bio(server, there, there);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	/* More turns than any handshake takes. */
	for (int i = 0; i < 50 && (a != 1 || b != 1); i++) {
		a = SSL_do_handshake(client);
		b = SSL_do_handshake(server);
	}
	ERR_clear_error();
	return a == 1 && b == 1;
}

/* ---- cases ---------------------------------------------------------------- */

enum who { AUTHORITY, OTHER, HOST, WILDCARD, PARTIAL, OVER, EARLY, STRANGER, ALONE, NAMELESS, WHO };

static void make_all(struct cert certs[WHO])
{
	static const struct {
		const char *organisation, *name, *names;
		int issuer; /* -1: itself */
		long from_s, to_s;
	} rows[WHO] = {
		[AUTHORITY] = { "site", "authority", NULL, -1, -DAY_S, DAY_S },
		[OTHER] = { "site", "authority", NULL, -1, -DAY_S, DAY_S },
		[HOST] = { "site, inc", "host", "DNS:host.example,IP:192.0.2.1,IP:2001:db8::1",
			AUTHORITY, -DAY_S, DAY_S },
		[WILDCARD] = { "site, inc", "host", "DNS:*.lab.example", AUTHORITY, -DAY_S, DAY_S },
		[PARTIAL] = { "site, inc", "host", "DNS:de*.lab.example", AUTHORITY, -DAY_S,
			DAY_S },
		[OVER] = { "site, inc", "host", "DNS:host.example", AUTHORITY, -DAY_S, -60 },
		[EARLY] = { "site, inc", "host", "DNS:host.example", AUTHORITY, DAY_S, 2 * DAY_S },
		[STRANGER] = { "site, inc", "host", "DNS:host.example", OTHER, -DAY_S, DAY_S },
		[ALONE] = { "site, inc", "host", "DNS:host.example", -1, -DAY_S, DAY_S },
		[NAMELESS] = { "site, inc", "host", NULL, AUTHORITY, -DAY_S, DAY_S },
	};

	for (guint i = 0; i < WHO; i++)
		cert_init(&certs[i], rows[i].organisation, rows[i].name, rows[i].names,
				rows[i].issuer < 0 ? NULL : &certs[rows[i].issuer], rows[i].from_s,
				rows[i].to_s);
}

#define SUBJECT "O=site\\, inc,CN=host"

static const struct tls_case {
	enum who server;
	const char *host, *subject;
	gboolean believed;
} cases[] = {
	{ HOST, "host.example", NULL, TRUE },
	{ HOST, "HOST.Example", NULL, TRUE },
	{ HOST, "host", NULL, FALSE }, /* the common name is none of the names */
	{ HOST, "host.example.org", NULL, FALSE },
	{ HOST, "a.host.example", NULL, FALSE },
	{ HOST, "example", NULL, FALSE },
	{ HOST, "192.0.2.1", NULL, TRUE },
	{ HOST, "192.0.2.2", NULL, FALSE },
	{ HOST, "2001:db8::1", NULL, TRUE },
	{ HOST, "2001:db8:0::1", NULL, TRUE },
	{ HOST, "2001:db8::2", NULL, FALSE },
	{ WILDCARD, "desk.lab.example", NULL, TRUE },
	{ WILDCARD, "a.desk.lab.example", NULL, FALSE },
	{ WILDCARD, "lab.example", NULL, FALSE },
	{ PARTIAL, "desk.lab.example", NULL, FALSE },
	{ OVER, "host.example", NULL, FALSE },
	{ EARLY, "host.example", NULL, FALSE },
	{ STRANGER, "host.example", NULL, FALSE },
	{ ALONE, "host.example", NULL, FALSE },
	{ NAMELESS, "192.0.2.1", NULL, FALSE },
	/* A subject counts in place of the host's name. */
	{ HOST, "elsewhere.example", SUBJECT, TRUE },
	{ HOST, "192.0.2.9", SUBJECT, TRUE },
	{ HOST, "host.example", "O=site\\, inc, CN=host", TRUE },
	{ HOST, "host.example", "CN=host,O=site\\, inc", FALSE },
	{ HOST, "host.example", "O=site,CN=host", FALSE },
	{ HOST, "host.example", "CN=host", FALSE },
	{ HOST, "host.example", SUBJECT ",C=DE", FALSE },
	{ HOST, "host.example", "nonsense", FALSE },
	{ HOST, "host.example", "", FALSE },
	{ NAMELESS, "host.example", SUBJECT, TRUE },
	{ OVER, "host.example", SUBJECT, FALSE },
	{ EARLY, "host.example", SUBJECT, FALSE },
	{ STRANGER, "host.example", SUBJECT, FALSE },
	{ ALONE, "host.example", SUBJECT, FALSE },
};

static void run_old(tls_judge judge, const struct cert certs[WHO], const char *authority)
{
	static const int newest[] = { TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
		TLS1_3_VERSION };

	for (gsize i = 0; i < G_N_ELEMENTS(newest); i++) {
		SSL_CTX *server = cert_server(&certs[HOST]);

		SSL_CTX_set_max_proto_version(server, newest[i]);
		g_assert_cmpint(judge(authority, "host.example", NULL, server), ==,
				newest[i] >= TLS1_2_VERSION);
		SSL_CTX_free(server);
	}
}

void tls_cases_run(tls_judge judge)
{
	struct cert certs[WHO];
	g_autofree char *authority = NULL, *other = NULL, *alone = NULL, *both = NULL;

	make_all(certs);
	authority = cert_pem(&certs[AUTHORITY]);
	other = cert_pem(&certs[OTHER]);
	alone = cert_pem(&certs[ALONE]);
	both = g_strconcat(alone, "a line between them\n", authority, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		SSL_CTX *server = cert_server(&certs[cases[i].server]);

		g_test_message("case %zu: %s, %s", i, cases[i].host,
				cases[i].subject ? cases[i].subject : "no subject");
		g_assert_cmpint(judge(authority, cases[i].host, cases[i].subject, server), ==,
				cases[i].believed);
		SSL_CTX_free(server);
	}
	for (gsize i = 0; i < 3; i++) {
		SSL_CTX *server = cert_server(&certs[HOST]);
		const char *trusted[] = { authority, other, both };

		g_assert_cmpint(judge(trusted[i], "host.example", NULL, server), ==, i != 1);
		g_assert_cmpint(judge(trusted[i], "host.example", SUBJECT, server), ==, i != 1);
		SSL_CTX_free(server);
	}
	run_old(judge, certs, authority);
	for (guint i = 0; i < WHO; i++)
		cert_clear(&certs[i]);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/trust.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"

static gpointer fail(const char *why, GError **error)
{
	ERR_clear_error();
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s", why);
	return NULL;
}

/* OpenSSL itself would ask for a pass phrase on the terminal, and wait. */
static int no_password(char *buffer G_GNUC_UNUSED, int size G_GNUC_UNUSED,
		int writing G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
	return -1;
}

static int add_authorities(X509_STORE *store, const char *ca)
{
	BIO *bio = BIO_new_mem_buf(ca, -1);
	X509 *certificate;
	int n = 0;

	while (bio && (certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		n += X509_STORE_add_cert(store, certificate) == 1;
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
	return n;
}

SSL_CTX *trust_context(const char *ca, GError **error)
{
	SSL_CTX *context;

	if (!ca)
		return fail("TLS to the desktop needs the authority of its certificate", error);
	context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return fail("OpenSSL gives no context", error);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (add_authorities(SSL_CTX_get_cert_store(context), ca))
		return context;
	SSL_CTX_free(context);
	return fail("the authority of the desktops' certificates is no PEM certificate", error);
}

/* The entries of a subject: a comma ends one, and a backslash takes a comma as text. */
static gboolean next_entry(const char **at, GString *entry)
{
	const char *p = *at + strspn(*at, " ");

	g_string_truncate(entry, 0);
	if (!*p)
		return FALSE;
	for (; *p && *p != ','; p++) {
		if (*p == '\\' && p[1])
			p++;
		g_string_append_c(entry, *p);
	}
	*at = *p ? p + 1 : p;
	return TRUE;
}

static X509_NAME *parse_subject(const char *subject)
{
	X509_NAME *name = X509_NAME_new();
	g_autoptr(GString) entry = g_string_new(NULL);
	gboolean ok = name && *subject;

	while (ok && next_entry(&subject, entry)) {
		char *equals = strchr(entry->str, '=');

		if (equals)
			*equals = '\0';
		ok = equals && X509_NAME_add_entry_by_txt(name, entry->str, MBSTRING_UTF8,
				(const unsigned char *)equals + 1, -1, -1, 0) == 1;
	}
	ERR_clear_error();
	if (ok)
		return name;
	X509_NAME_free(name);
	return NULL;
}

static gboolean expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return g_hostname_is_ip_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(param, host)
					      : X509_VERIFY_PARAM_set1_host(param, host, 0);
}

SSL *trust_session(SSL_CTX *context, const char *host, const char *subject, GError **error)
{
	SSL *ssl = SSL_new(context);
	X509_NAME *name = subject ? parse_subject(subject) : NULL;
	gboolean ok = ssl && (subject ? name != NULL : expect_host(ssl, host)) &&
			(g_hostname_is_ip_address(host) || SSL_set_tlsext_host_name(ssl, host));

	X509_NAME_free(name);
	if (ok)
		return ssl;
	SSL_free(ssl);
	return fail(subject ? "the host-subject is no subject such as \"O=site,CN=host\""
			    : "the desktop's host has an impossible name", error);
}

gboolean trust_is_expected(SSL *ssl, const char *subject)
{
	X509 *certificate = SSL_get1_peer_certificate(ssl);
	X509_NAME *name = subject ? parse_subject(subject) : NULL;
	gboolean ok = certificate && SSL_get_verify_result(ssl) == X509_V_OK &&
			(!subject || (name && X509_NAME_cmp(
					X509_get_subject_name(certificate), name) == 0));

	X509_NAME_free(name);
	X509_free(certificate);
	ERR_clear_error();
	return ok;
}

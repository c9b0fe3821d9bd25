/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

static void fail(GError **error, const char *what, const char *file)
{
	char text[256];

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s: %s", what, file, text);
	ERR_clear_error();
}

/* OpenSSL itself would ask for a key's pass phrase on the terminal, and wait. */
static int no_password(char *buffer, int size, int writing, void *data)
{
	gboolean *asked = data;

	if (asked)
		*asked = TRUE;
	return -1;
}

static SSL_CTX *context_new(const SSL_METHOD *method)
{
	SSL_CTX *context = SSL_CTX_new(method);

	if (!context)
		g_error("OpenSSL gives no context");
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* memory for each client */
	SSL_CTX_set_default_passwd_cb(context, no_password);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
			SSL_OP_CIPHER_SERVER_PREFERENCE);
	return context;
}

/* One protocol: a browser must not choose HTTP/2 here. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_size,
		const unsigned char *in, unsigned int in_size, void *data)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *found;

	if (SSL_select_next_proto(&found, out_size, ours, sizeof ours - 1, in, in_size) !=
			OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = found;
	return SSL_TLSEXT_ERR_OK;
}

static gboolean use_key(SSL_CTX *context, const char *file, GError **error)
{
	gboolean locked = FALSE;
	gboolean ok;

	SSL_CTX_set_default_passwd_cb_userdata(context, &locked);
	ok = SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM) == 1 &&
			SSL_CTX_check_private_key(context) == 1;
	SSL_CTX_set_default_passwd_cb_userdata(context, NULL);
	if (locked)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
				"key %s has a pass phrase, and nobody is there to give it: write "
				"the key without one (openssl pkey -in FILE -out FILE)", file);
	else if (!ok)
		fail(error, "key", file);
	ERR_clear_error();
	return ok;
}

SSL_CTX *tls_server(const char *cert_file, const char *key_file, GError **error)
{
	SSL_CTX *context = context_new(TLS_server_method());

	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	if (SSL_CTX_use_certificate_chain_file(context, cert_file) != 1)
		fail(error, "certificate", cert_file);
	else if (use_key(context, key_file, error))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

SSL_CTX *tls_client(const char *authority_file, GError **error)
{
	SSL_CTX *context = context_new(TLS_client_method());

	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_load_verify_file(context, authority_file) == 1)
		return context;
	fail(error, "authority", authority_file);
	SSL_CTX_free(context);
	return NULL;
}

gboolean tls_expect(SSL *ssl, const char *host, const char *subject)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	if (!g_hostname_is_ip_address(host) && !SSL_set_tlsext_host_name(ssl, host))
		return FALSE;
	if (subject)
		return TRUE;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return g_hostname_is_ip_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(param, host) :
						X509_VERIFY_PARAM_set1_host(param, host, 0);
}

/* "KEY=VALUE,KEY=VALUE", a backslash before a comma in a value. */
static gboolean add_entry(X509_NAME *name, const char *entry)
{
	g_autofree char *copy = g_strdup(entry + strspn(entry, " "));
	char *equals = strchr(copy, '='), *from, *to;

	if (!equals || equals == copy)
		return FALSE;
	*equals = '\0';
	for (from = to = equals + 1; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return X509_NAME_add_entry_by_txt(name, copy, MBSTRING_UTF8,
			(const unsigned char *)equals + 1, -1, -1, 0) == 1;
}

static X509_NAME *parse_subject(const char *subject)
{
	X509_NAME *name = X509_NAME_new();
	g_autoptr(GString) entry = g_string_new(NULL);
	gboolean ok = *subject != '\0';

	for (const char *p = subject; ok; p++) {
		if (*p == ',' || !*p) {
			ok = add_entry(name, entry->str);
			g_string_truncate(entry, 0);
			if (!*p)
				break;
			continue;
		}
		g_string_append_c(entry, *p);
		if (*p == '\\' && p[1])
			g_string_append_c(entry, *++p);
	}
	ERR_clear_error();
	if (ok)
		return name;
	X509_NAME_free(name);
	return NULL;
}

gboolean tls_subject_is_valid(const char *subject)
{
	X509_NAME *name = parse_subject(subject);

	X509_NAME_free(name);
	return name != NULL;
}

gboolean tls_is_expected(SSL *ssl, const char *subject)
{
	X509 *cert = SSL_get1_peer_certificate(ssl);
	X509_NAME *name = subject ? parse_subject(subject) : NULL;
	gboolean ok = cert && SSL_get_verify_result(ssl) == X509_V_OK &&
			(!subject || (name &&
					X509_NAME_cmp(X509_get_subject_name(cert), name) == 0));

	X509_NAME_free(name);
	X509_free(cert);
	return ok;
}

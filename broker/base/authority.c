/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/authority.h"
#include "base/error.h"
#include "base/text.h"

#define BEGIN "-----BEGIN "
#define LINE 64

/* Certificates found so far, each once. */
struct collection {
	GString *pem;
	GHashTable *seen; /* digests */
};

static void collection_init(struct collection *c)
{
	c->pem = g_string_new(NULL);
	c->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static char *collection_finish(struct collection *c)
{
	gboolean none = !c->pem->len;

	g_hash_table_unref(c->seen);
	return g_string_free(c->pem, none);
}

static gboolean refuse(GError **error, const char *what)
{
	g_set_error_literal(error, BROKER_ERROR, BROKER_ERROR_USAGE, what);
	return FALSE;
}

/* A DER SEQUENCE that fills its bytes. */
static gboolean is_der(const guchar *p, gsize n)
{
	gsize length = 0, octets;

	if (n < 4 || p[0] != 0x30)
		return FALSE;
	if (p[1] < 0x80)
		return (gsize)p[1] + 2 == n;
	octets = p[1] & 0x7f;
	if (octets < 1 || octets > 3 || n < 2 + octets)
		return FALSE;
	for (gsize i = 0; i < octets; i++)
		length = length << 8 | p[2 + i];
	return length + 2 + octets == n;
}

static void collect(struct collection *c, const guchar *der, gsize n)
{
	g_autofree char *base64 = NULL;

	if (!g_hash_table_add(c->seen, g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, n)))
		return;
	base64 = g_base64_encode(der, n);
	g_string_append(c->pem, "-----BEGIN CERTIFICATE-----\n");
	for (const char *p = base64; *p; p += MIN(strlen(p), LINE))
		g_string_append_printf(c->pem, "%.*s\n", LINE, p);
	g_string_append(c->pem, "-----END CERTIFICATE-----\n");
}

static gboolean take_block(struct collection *c, const char *text, gsize length, GError **error)
{
	g_autofree char *block = g_strndup(text, length);
	g_autofree guchar *der = NULL;
	gsize n;

	for (const char *p = block; *p; p++)
		if (!g_ascii_isalnum(*p) && !g_ascii_isspace(*p) && !strchr("+/=", *p))
			return refuse(error, "a certificate in it is damaged");
	der = g_base64_decode(block, &n);
	if (!is_der(der, n))
		return refuse(error, "a certificate in it is damaged");
	collect(c, der, n);
	return TRUE;
}

/* One block from its first line on; *p becomes what follows it. */
static gboolean take_pem(struct collection *c, const char **p, GError **error)
{
	const char *label = *p + strlen(BEGIN);
	const char *line_end = strstr(label, "-----");
	g_autofree char *name = line_end ? g_strndup(label, (gsize)(line_end - label)) : NULL;
	g_autofree char *end_line = g_strdup_printf("-----END %s-----", name ? name : "");
	const char *end;

	*p = label;
	if (!name || strlen(name) > 40)
		return TRUE;
	if (!strcmp(name, "TRUSTED CERTIFICATE"))
		return refuse(error,
				"holds a TRUSTED CERTIFICATE, OpenSSL's own form: openssl x509 "
				"makes a plain one of it");
	if (!strcmp(name, "PKCS7"))
		return refuse(error,
				"holds PKCS #7: openssl pkcs7 -print_certs makes PEM "
				"certificates of it");
	if (strcmp(name, "CERTIFICATE") && strcmp(name, "X509 CERTIFICATE"))
		return TRUE;
	end = strstr(line_end, end_line);
	if (!end)
		return refuse(error, "a certificate in it has no end");
	*p = end + strlen(end_line);
	return take_block(c, line_end + strlen("-----"), (gsize)(end - line_end) - strlen("-----"),
			error);
}

static gboolean take_text(struct collection *c, const char *text, GError **error)
{
	const char *p = text;

	while ((p = strstr(p, BEGIN)))
		if (!take_pem(c, &p, error))
			return FALSE;
	return TRUE;
}

static const char *what_else(const char *data, gsize n)
{
	if (n > 3 && (guchar)data[0] == 0x30 && (guchar)data[1] >= 0x80)
		return "is DER, PEM is wanted: openssl x509 -inform DER makes it";
	if (n > 1 && ((guchar)data[0] == 0xff || (guchar)data[0] == 0xfe))
		return "is UTF-16 text: save it as UTF-8";
	return n ? "holds no PEM certificate" : "is empty";
}

char *authority_parse(const char *data, gsize length, GError **error)
{
	/* A NUL byte in a comment is no end. */
	g_autofree char *text = g_strndup("", length);
	struct collection c;
	char *pem;
	gboolean ok;

	for (gsize i = 0; i < length; i++)
		text[i] = data[i] ? data[i] : ' ';
	collection_init(&c);
	ok = take_text(&c, text, error);
	pem = collection_finish(&c);
	if (ok && !pem)
		refuse(error, what_else(data, length));
	if (!ok)
		g_clear_pointer(&pem, g_free);
	return pem;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A directory may hold keys, lists of revocation and notes: what is no certificate is left. */
static char *read_directory(const char *path, GError **error)
{
	g_autoptr(GDir) directory = g_dir_open(path, 0, error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct collection c;
	const char *name;
	char *pem;

	while (directory && (name = g_dir_read_name(directory)))
		g_ptr_array_add(names, g_build_filename(path, name, NULL));
	if (!directory)
		return NULL;
	g_ptr_array_sort(names, compare_names);
	collection_init(&c);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *text = NULL;

		if (g_file_test(names->pdata[i], G_FILE_TEST_IS_REGULAR) &&
				g_file_get_contents(names->pdata[i], &text, NULL, NULL))
			take_text(&c, text, NULL);
	}
	pem = collection_finish(&c);
	if (!pem)
		refuse(error, "no file in this directory holds a PEM certificate");
	return pem;
}

static char *read_file(const char *path, GError **error)
{
	g_autofree char *data = NULL;
	gsize length;

	if (!g_file_get_contents(path, &data, &length, error))
		return NULL;
	return authority_parse(data, length, error);
}

char *authority_read(const char *path, const char *place, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *shown = text_clean(path, 200);
	char *pem = g_file_test(path, G_FILE_TEST_IS_DIR) ? read_directory(path, &e) :
							    read_file(path, &e);

	if (pem && strlen(pem) > AUTHORITY_MAX_BYTES) {
		g_clear_pointer(&pem, g_free);
		refuse(&e, "holds more than 4 MiB of certificates");
	}
	if (pem)
		return pem;
	if (e->domain == G_FILE_ERROR)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s: %s", place, shown,
				e->code == G_FILE_ERROR_NOENT ? "there is no such file" :
								e->message);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s: %s", place, shown,
				e->message);
	return NULL;
}

/* libcurl would ask for the pass phrase of a locked key on the terminal, or fail as if the
 * service did. */
static gboolean check_key(const char *path, const char *place, GError **error)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *text = NULL;
	g_autofree char *shown = text_clean(path, 200);
	const char *wrong = NULL;

	if (!g_file_get_contents(path, &text, NULL, &e)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s: %s", place, shown,
				e->code == G_FILE_ERROR_NOENT ? "there is no such file" :
								e->message);
		return FALSE;
	}
	if (!strstr(text, "PRIVATE KEY-----"))
		wrong = "holds no PEM private key";
	else if (strstr(text, "BEGIN ENCRYPTED PRIVATE KEY-----") ||
			strstr(text, "Proc-Type: 4,ENCRYPTED"))
		wrong = "is locked by a pass phrase, which nobody can be asked for: openssl pkey "
				"makes an open key of it";
	explicit_bzero(text, strlen(text));
	if (!wrong)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: %s: %s", place, shown, wrong);
	return FALSE;
}

gboolean authority_check_client(const char *cert, const char *cert_place, const char *key,
		const char *key_place, GError **error)
{
	g_autofree char *pem = cert ? authority_read(cert, cert_place, error) : NULL;

	if (!cert)
		return TRUE;
	/* A file of both serves without OS_KEY. */
	return pem && (key ? check_key(key, key_place, error) : check_key(cert, cert_place, error));
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/authority.h"
#include "base/error.h"

/* Five bytes of DER are a certificate to the reader: it checks the frame alone. */
#define ONE "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
#define TWO "-----BEGIN CERTIFICATE-----\nMAMCAQI=\n-----END CERTIFICATE-----\n"
/* In two parts: the tree is searched for keys. */
#define KEY "-----BEGIN " "PRIVATE KEY-----\nMAMCAQM=\n-----END " "PRIVATE KEY-----\n"

static const struct {
	const char *text, *want, *words; /* PEM, or words of the error */
} cases[] = {
	{ ONE, ONE, NULL },
	{ ONE TWO, ONE TWO, NULL },
	{ ONE ONE, ONE, NULL },
	{ "Universit\344t, a Latin-1 comment\n" ONE, ONE, NULL },
	{ "\357\273\277" ONE, ONE, NULL },
	{ "Certificate:\n  Data:\n    Version: 3\n" ONE "junk" TWO "more", ONE TWO, NULL },
	{ "-----BEGIN CERTIFICATE-----\r\nMAMCAQE=\r\n-----END CERTIFICATE-----\r\n", ONE, NULL },
	{ "-----BEGIN X509 CERTIFICATE-----\nMAMC\nAQE=\n-----END X509 CERTIFICATE-----",
		ONE, NULL },
	{ KEY ONE, ONE, NULL },
	{ KEY, NULL, "holds no PEM certificate" },
	{ "", NULL, "is empty" },
	{ "nothing", NULL, "holds no PEM certificate" },
	{ "\060\202\003\016\060", NULL, "is DER" },
	{ "\377\376-\001", NULL, "UTF-16" },
	{ "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n", NULL, "no end" },
	{ "-----BEGIN CERTIFICATE-----\nMAMC*QE=\n-----END CERTIFICATE-----\n", NULL, "damaged" },
	{ "-----BEGIN CERTIFICATE-----\nMAMCAQ==\n-----END CERTIFICATE-----\n", NULL, "damaged" },
	{ "-----BEGIN TRUSTED CERTIFICATE-----\nMAMCAQE=\n-----END TRUSTED CERTIFICATE-----\n",
		NULL, "TRUSTED" },
	{ "-----BEGIN PKCS7-----\nMAMCAQE=\n-----END PKCS7-----\n", NULL, "PKCS #7" },
};

static void test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) e = NULL;
		g_autofree char *pem = authority_parse(cases[i].text, strlen(cases[i].text), &e);

		g_assert_cmpstr(pem, ==, cases[i].want);
		g_assert_true(!e == !cases[i].words);
		if (e)
			g_assert_nonnull(strstr(e->message, cases[i].words));
	}
}

static void write_file(const char *directory, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void expect(const char *directory, const char *want, const char *words)
{
	g_autoptr(GError) e = NULL;
	g_autofree char *pem = authority_read(directory, "OS_CACERT", &e);

	g_assert_cmpstr(pem, ==, want);
	if (!words)
		return;
	g_assert_error(e, BROKER_ERROR, BROKER_ERROR_USAGE);
	g_assert_true(g_str_has_prefix(e->message, "OS_CACERT: "));
	g_assert_nonnull(strstr(e->message, words));
}

static void test_directory(void)
{
	g_autofree char *directory = g_dir_make_tmp("authority-XXXXXX", NULL);
	g_autofree char *a = g_build_filename(directory, "a.pem", NULL);
	g_autofree char *link = g_build_filename(directory, "0a1b2c3d.0", NULL);
	g_autofree char *key = g_build_filename(directory, "k.key", NULL);
	g_autofree char *missing = g_build_filename(directory, "missing", NULL);

	expect(directory, NULL, "no file in this directory");
	expect(missing, NULL, "there is no such file");
	write_file(directory, "a.pem", ONE TWO);
	write_file(directory, "k.key", KEY);
	g_assert_cmpint(symlink("a.pem", link), ==, 0);
	expect(directory, ONE TWO, NULL);
	expect(a, ONE TWO, NULL);
	g_remove(a);
	g_remove(link);
	g_remove(key);
	g_rmdir(directory);
}

static void test_client(void)
{
	static const struct {
		const char *cert, *key, *words;
	} pairs[] = {
		{ ONE, KEY, NULL },
		{ ONE KEY, NULL, NULL },
		{ ONE, NULL, "OS_CERT" },
		{ KEY, KEY, "holds no PEM certificate" },
		{ ONE, ONE, "OS_KEY" },
		{ ONE, "-----BEGIN ENCRYPTED " "PRIVATE KEY-----\n", "pass phrase" },
		{ ONE, "-----BEGIN RSA " "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
			"pass phrase" },
	};
	g_autofree char *directory = g_dir_make_tmp("authority-XXXXXX", NULL);
	g_autofree char *cert = g_build_filename(directory, "c", NULL);
	g_autofree char *key = g_build_filename(directory, "k", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(GError) e = NULL;

		write_file(directory, "c", pairs[i].cert);
		write_file(directory, "k", pairs[i].key ? pairs[i].key : "");
		g_assert_true(authority_check_client(cert, "OS_CERT", pairs[i].key ? key : NULL,
				"OS_KEY", &e) == !pairs[i].words);
		if (pairs[i].words)
			g_assert_nonnull(strstr(e->message, pairs[i].words));
	}
	g_remove(cert);
	g_remove(key);
	g_rmdir(directory);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/authority/cases", test_cases);
	g_test_add_func("/authority/directory", test_directory);
	g_test_add_func("/authority/client", test_client);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Certificates for SPICE over TLS: there, valid, a pair, and readable for QEMU? */
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/qemu-conf.h"
#include "check/checks.h"
#include "check/host.h"

#define CONFIG "/etc/libvirt/qemu.conf"
#define FOLDER "/etc/pki/libvirt-spice"
#define MINE "certificates"

struct files {
	char *ca, *certificate, *key; /* paths without the root */
};

/* OpenSSL itself would ask for a key's pass phrase on the terminal, and wait. */
static int no_password(char *buffer, int size, int writing, void *data)
{
	return -1;
}

static X509 *read_certificate(const char *path)
{
	g_autofree char *full = host_path(path);
	FILE *file = fopen(full, "re");
	X509 *x509 = file ? PEM_read_X509(file, NULL, no_password, NULL) : NULL;

	if (file)
		fclose(file);
	return x509;
}

static EVP_PKEY *read_key(const char *path)
{
	g_autofree char *full = host_path(path);
	FILE *file = fopen(full, "re");
	EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, no_password, NULL) : NULL;

	if (file)
		fclose(file);
	return key;
}

static bool in_time(X509 *x509)
{
	return X509_cmp_current_time(X509_get0_notBefore(x509)) < 0 &&
			X509_cmp_current_time(X509_get0_notAfter(x509)) > 0;
}

static bool issued_by(X509 *x509, X509 *ca)
{
	return X509_check_issued(ca, x509) == X509_V_OK &&
			X509_verify(x509, X509_get0_pubkey(ca)) == 1;
}

/* NULL: nothing is wrong */
static const char *fault(const struct files *files, X509 *ca, X509 *x509, EVP_PKEY *key,
		const char **path)
{
	*path = files->ca;
	if (!ca)
		return "is missing or no certificate";
	if (!in_time(ca))
		return "is not valid at this time";
	*path = files->certificate;
	if (!x509)
		return "is missing or no certificate";
	if (!in_time(x509))
		return "is not valid at this time";
	if (!issued_by(x509, ca))
		return "is not signed by ca-cert.pem";
	*path = files->key;
	if (!key)
		return "is missing or no key without password";
	if (!X509_check_private_key(x509, key))
		return "is not the key of server-cert.pem";
	return NULL;
}

static void check_pair(struct report *report, const struct files *files)
{
	X509 *ca = read_certificate(files->ca), *x509 = read_certificate(files->certificate);
	EVP_PKEY *key = read_key(files->key);
	const char *path;
	const char *what = fault(files, ca, x509, key, &path);
	g_autofree char *remedy = g_strdup_printf("openssl verify -CAfile %s %s",
			files->ca, files->certificate);

	if (what)
		report_wrong(report, MINE, remedy, "%s %s", path, what);
	else
		report_right(report, MINE, "%s", files->certificate);
	X509_free(ca);
	X509_free(x509);
	EVP_PKEY_free(key);
}

static void check_access(struct report *report, const char *path)
{
	g_autofree char *user = host_qemu_user();
	g_autofree char *why = NULL, *others_why = NULL;
	g_autofree char *remedy = host_user_remedy(user,
			g_strdup_printf("chown %s %s && chmod 400 %s", user, path, path));

	if (!host_exists(path))
		report_unused(report, "certificate-key", "%s is missing", path);
	else if (host_user_may(NULL, path, 4, &others_why))
		report_wrong(report, "certificate-key", remedy,
				"%s is readable for everybody", path);
	else if (!host_user_may(user, path, 4, &why))
		report_wrong(report, "certificate-key", remedy, "%s", why);
	else
		report_right(report, "certificate-key", "%s", path);
}

void check_certificates(struct report *report)
{
	g_autofree char *text = host_read(CONFIG);
	g_autofree char *tls = text ? qemu_conf_value(text, "spice_tls") : NULL;
	g_autofree char *own = text ? qemu_conf_value(text, "spice_tls_x509_cert_dir") : NULL;
	const char *folder = own ? own : FOLDER;
	struct files files;

	if (!tls || strcmp(tls, "1") != 0) {
		report_unused(report, MINE, "%s has no spice_tls = 1: screens go in the clear",
				CONFIG);
		report_unused(report, "certificate-key", "%s has no spice_tls = 1", CONFIG);
		return;
	}
	files.ca = g_build_filename(folder, "ca-cert.pem", NULL);
	files.certificate = g_build_filename(folder, "server-cert.pem", NULL);
	files.key = g_build_filename(folder, "server-key.pem", NULL);
	check_pair(report, &files);
	check_access(report, files.key);
	g_free(files.ca);
	g_free(files.certificate);
	g_free(files.key);
}

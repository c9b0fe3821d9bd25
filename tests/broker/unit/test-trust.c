/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <openssl/err.h>
#include <string.h>

#include "base/error.h"
#include "picture/trust.h"
#include "tls-cases.h"

/* Which desktops a look at a screen believes. */

static gboolean believes(const char *authority, const char *host, const char *subject,
		SSL_CTX *server)
{
	g_autoptr(GError) error = NULL;
	SSL_CTX *context = trust_context(authority, &error);
	SSL *client, *there = SSL_new(server);
	gboolean ok;

	g_assert_no_error(error);
	client = trust_session(context, host, subject, NULL);
	ok = client && tls_meet(client, there) && trust_is_expected(client, subject);
	SSL_free(client);
	SSL_free(there);
	SSL_CTX_free(context);
	return ok;
}

static void test_desktops(void)
{
	tls_cases_run(believes);
}

static void test_authorities(void)
{
	static const struct {
		const char *pem, *why;
	} cases[] = {
		{ NULL, "needs the authority" },
		{ "", "is no PEM certificate" },
		{ "text\n", "is no PEM certificate" },
		{ "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
			"is no PEM certificate" },
		/* A pass phrase is nobody's to give: no question comes. */
		{ "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
			"DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
			"AAAAAAAAAAAAAAAAAAAAAA==\n-----END CERTIFICATE-----\n",
			"is no PEM certificate" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(trust_context(cases[i].pem, &error));
		g_assert_error(error, BROKER_ERROR, BROKER_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, cases[i].why));
		g_assert_cmpuint(ERR_peek_error(), ==, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/trust/desktops", test_desktops);
	g_test_add_func("/trust/authorities", test_authorities);
	return g_test_run();
}

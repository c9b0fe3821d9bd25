/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/tls-cause.h"

#include <glib/gstdio.h>
#include <string.h>

/* An authority and another one; servers of the first, all with the name desk.example; and one
 * that nobody vouches for. */
static const char pem_authority[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBSTCB76ADAgECAgIH2jAKBggqhkjOPQQDAjAiMQwwCgYDVQQKDANMYWIxEjAQ\n"
	"BgNVBAMMCWF1dGhvcml0eTAgFw0wMTAxMDEwMDAwMDBaGA8yMTUwMDEwMTAwMDAw\n"
	"MFowIjEMMAoGA1UECgwDTGFiMRIwEAYDVQQDDAlhdXRob3JpdHkwWTATBgcqhkjO\n"
	"PQIBBggqhkjOPQMBBwNCAAQ0ycgHaPBVOLNYcQ/lUprdSvTDDIqzqvA4548msrt3\n"
	"dHm/+dRMZk7KMkdTrQJZjb1gM+E5sRsxBq5l8Koy+NwsoxMwETAPBgNVHRMBAf8E\n"
	"BTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCN3zEeGsh8uXM3OkSVOhJFjBEciN0q\n"
	"eFb5L70q48XzlAIhAMQr7my/CKB0vlsx0FeMTtLA1kqX4UoHzrAlN/4S0RBr\n"
	"-----END CERTIFICATE-----\n";

static const char pem_other[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBPzCB56ADAgECAgIH1jAKBggqhkjOPQQDAjAeMQwwCgYDVQQKDANMYWIxDjAM\n"
	"BgNVBAMMBW90aGVyMCAXDTAxMDEwMTAwMDAwMFoYDzIxNTAwMTAxMDAwMDAwWjAe\n"
	"MQwwCgYDVQQKDANMYWIxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZI\n"
	"zj0DAQcDQgAEDrcVEGL7hiBMzAqRAFafi4nCTSOHN4GiFIeGhiU9FZkvJtniOx04\n"
	"DWM3tjPxtxvNTm0SROR1nGF4KzIhQJviraMTMBEwDwYDVR0TAQH/BAUwAwEB/zAK\n"
	"BggqhkjOPQQDAgNHADBEAiArR+QoUoBXsyJNAATL+uw69JLN2z7qhX/MyVtj00Ei\n"
	"FgIgcNGzW5ZCOoH5CdSDTLf7cJSOHyrASQdbKc4cR1wgQ+4=\n"
	"-----END CERTIFICATE-----\n";

static const char pem_desk[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBWjCCAQCgAwIBAgICB9UwCgYIKoZIzj0EAwIwIjEMMAoGA1UECgwDTGFiMRIw\n"
	"EAYDVQQDDAlhdXRob3JpdHkwIBcNMDEwMTAxMDAwMDAwWhgPMjE1MDAxMDEwMDAw\n"
	"MDBaMB0xDDAKBgNVBAoMA0xhYjENMAsGA1UEAwwEZGVzazBZMBMGByqGSM49AgEG\n"
	"CCqGSM49AwEHA0IABF6y0KW131PhDXPQEsIAT/I9sDN1+J74OVqedAcFl+X3OGEi\n"
	"yz+Ya2MdTvl3ZvvgCM/Gpjh/AdF+P7qxCSqsSVmjKTAnMAwGA1UdEwEB/wQCMAAw\n"
	"FwYDVR0RBBAwDoIMZGVzay5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUCIQC8n9Ow\n"
	"Sr9llKSB3kqMlsbHLkPemIybCHCoqk/lIwGfVwIgCsEeTWXLTSHfk5FBqgeePCmI\n"
	"0LOq9Vh+BebofHHietU=\n"
	"-----END CERTIFICATE-----\n";

static const char pem_expired[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBWzCCAQGgAwIBAgICB9gwCgYIKoZIzj0EAwIwIjEMMAoGA1UECgwDTGFiMRIw\n"
	"EAYDVQQDDAlhdXRob3JpdHkwHhcNMDEwMTAxMDAwMDAwWhcNMDIwMTAxMDAwMDAw\n"
	"WjAgMQwwCgYDVQQKDANMYWIxEDAOBgNVBAMMB2V4cGlyZWQwWTATBgcqhkjOPQIB\n"
	"BggqhkjOPQMBBwNCAARestCltd9T4Q1z0BLCAE/yPbAzdfie+DlannQHBZfl9zhh\n"
	"Iss/mGtjHU75d2b74AjPxqY4fwHRfj+6sQkqrElZoykwJzAMBgNVHRMBAf8EAjAA\n"
	"MBcGA1UdEQQQMA6CDGRlc2suZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiEAwPV2\n"
	"KZUS3ffFDv8dVlGHvqpQn7smTF43sBi3FlQs8c4CIDS68hS75AVFghJx5vTfxDh+\n"
	"8ggQY20995BmmaOMcxEm\n"
	"-----END CERTIFICATE-----\n";

static const char pem_future[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBXzCCAQSgAwIBAgICCGswCgYIKoZIzj0EAwIwIjEMMAoGA1UECgwDTGFiMRIw\n"
	"EAYDVQQDDAlhdXRob3JpdHkwIhgPMjE0OTAxMDEwMDAwMDBaGA8yMTUwMDEwMTAw\n"
	"MDAwMFowHzEMMAoGA1UECgwDTGFiMQ8wDQYDVQQDDAZmdXR1cmUwWTATBgcqhkjO\n"
	"PQIBBggqhkjOPQMBBwNCAARestCltd9T4Q1z0BLCAE/yPbAzdfie+DlannQHBZfl\n"
	"9zhhIss/mGtjHU75d2b74AjPxqY4fwHRfj+6sQkqrElZoykwJzAMBgNVHRMBAf8E\n"
	"AjAAMBcGA1UdEQQQMA6CDGRlc2suZXhhbXBsZTAKBggqhkjOPQQDAgNJADBGAiEA\n"
	"9XLrxEbk0EAaRhtRGFob5FziVlNPpiP+YPDuWnPq+BUCIQCR7gDh32lq9d0rqhhk\n"
	"x7A7EAfsGL5Z5um5eOfi8EdR4A==\n"
	"-----END CERTIFICATE-----\n";

static const char pem_own[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBUjCB+aADAgECAgIH1DAKBggqhkjOPQQDAjAcMQwwCgYDVQQKDANMYWIxDDAK\n"
	"BgNVBAMMA293bjAgFw0wMTAxMDEwMDAwMDBaGA8yMTUwMDEwMTAwMDAwMFowHDEM\n"
	"MAoGA1UECgwDTGFiMQwwCgYDVQQDDANvd24wWTATBgcqhkjOPQIBBggqhkjOPQMB\n"
	"BwNCAARestCltd9T4Q1z0BLCAE/yPbAzdfie+DlannQHBZfl9zhhIss/mGtjHU75\n"
	"d2b74AjPxqY4fwHRfj+6sQkqrElZoykwJzAMBgNVHRMBAf8EAjAAMBcGA1UdEQQQ\n"
	"MA6CDGRlc2suZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiEAmQvF5JDluXFOSa2C\n"
	"SBPBbGNCKiHmHoHEPGL9AvUnTa8CIHVw/X6u0k4ylpcv1zIueyz39SgMFGObA6u2\n"
	"Dc9kLica\n"
	"-----END CERTIFICATE-----\n";

/* A certificate that is cut off in the middle. */
static const char pem_cut[] = "-----BEGIN CERTIFICATE-----\nMIIBSTCB76ADAgECAgIH2jAK\n"
		"-----END CERTIFICATE-----\n";

static char *two_authorities, *cut_authorities, *framed_authority;

/* Each cause, and a part of its sentence and of its remedy. */
struct cause_case {
	const char *name, *ca, *certificate, *subject, *host;
	gboolean error;
	enum tls_cause cause;
	const char *why, *remedy;
};

static void check_case(const struct cause_case *c)
{
	struct tls_expected expected = { .ca = c->ca, .subject = c->subject, .host = c->host };
	g_autoptr(GTlsCertificate) certificate = c->certificate ?
			g_tls_certificate_new_from_pem(c->certificate, -1, NULL) :
			NULL;
	g_autoptr(GError) error = c->error ?
			g_error_new_literal(G_TLS_ERROR, G_TLS_ERROR_MISC, "no") :
			NULL;
	g_autofree char *why = NULL;
	const char *remedy;

	g_test_message("%s", c->name);
	g_assert_cmpint(tls_cause_find(&expected, certificate, error), ==, c->cause);
	remedy = tls_cause_explain(c->cause, &expected, certificate, &why);
	g_assert_nonnull(strstr(why, c->why));
	g_assert_nonnull(strstr(remedy, c->remedy));
}

static void test_causes(void)
{
	const struct cause_case cases[] = {
		{ "no TLS there", pem_authority, NULL, NULL, NULL, TRUE, TLS_CAUSE_NO_TLS,
			"does not speak TLS", "spice:// in place of spice+tls://" },
		{ "nothing is known", pem_authority, NULL, NULL, NULL, FALSE, TLS_CAUSE_UNKNOWN,
			"is not the expected one", "--spice-ca-file" },
		{ "an authority that is no PEM", "ca", pem_desk, NULL, NULL, FALSE,
			TLS_CAUSE_BROKEN_CA, "cannot be read", "certificates in PEM" },
		{ "an empty authority", "", pem_desk, NULL, NULL, FALSE, TLS_CAUSE_BROKEN_CA,
			"cannot be read", "Get a new one" },
		{ "an authority that is cut off", pem_cut, pem_desk, NULL, NULL, FALSE,
			TLS_CAUSE_BROKEN_CA, "cannot be read", "Get a new one" },
		{ "one good authority and one that is cut off", cut_authorities, pem_desk, NULL,
			NULL, FALSE, TLS_CAUSE_BROKEN_CA, "cannot be read", "Get a new one" },
		{ "another authority", pem_other, pem_desk, "CN=desk", "desk.example", FALSE,
			TLS_CAUSE_AUTHORITY, "is not the given one", "--spice-ca-file" },
		{ "nobody vouches for it", pem_authority, pem_own, NULL, "desk.example", FALSE,
			TLS_CAUSE_AUTHORITY, "is not the given one", "Do not go on" },
		{ "expired", pem_authority, pem_expired, NULL, "desk.example", FALSE,
			TLS_CAUSE_EXPIRED, "has expired (", "Ask who runs the server" },
		{ "expired, from one of two authorities", two_authorities, pem_expired, NULL,
			"desk.example", FALSE, TLS_CAUSE_EXPIRED, "has expired (",
			"date of this computer" },
		{ "not yet valid", pem_authority, pem_future, NULL, "desk.example", FALSE,
			TLS_CAUSE_NOT_YET, "is not valid before ", "date of this computer" },
		{ "expired is said before the names", pem_authority, pem_expired, "CN=else", "else",
			FALSE, TLS_CAUSE_EXPIRED, "has expired (", "Ask who runs the server" },
		{ "another subject", pem_authority, pem_desk, "O=Lab,CN=else", "desk.example",
			FALSE, TLS_CAUSE_SUBJECT, "and “O=Lab,CN=else” was expected",
			"host-subject" },
		{ "another host", pem_authority, pem_desk, NULL, "else.example", FALSE,
			TLS_CAUSE_HOST, "and not to else.example", "host-subject" },
		{ "another host, with two authorities", two_authorities, pem_desk, NULL,
			"desk.example.evil", FALSE, TLS_CAUSE_HOST, "not to desk.example.evil",
			"Do not go on" },
		{ "text around the authority", framed_authority, pem_desk, NULL, "else", FALSE,
			TLS_CAUSE_HOST, "not to else", "host-subject" },
		{ "all is as it should be", pem_authority, pem_desk, NULL, "desk.example", FALSE,
			TLS_CAUSE_UNKNOWN, "is not the expected one", "Do not go on" },
		{ "no names are expected", pem_authority, pem_desk, NULL, NULL, FALSE,
			TLS_CAUSE_UNKNOWN, "is not the expected one", "ask who runs the server" },
		{ "no authority: the system's", NULL, pem_own, NULL, "else.example", FALSE,
			TLS_CAUSE_HOST, "not to else.example", "host-subject" },
		{ "no authority, and expired", NULL, pem_expired, NULL, "desk.example", FALSE,
			TLS_CAUSE_EXPIRED, "has expired (", "Ask who runs the server" },
		{ "no authority, and not yet valid", NULL, pem_future, NULL, "desk.example",
			FALSE, TLS_CAUSE_NOT_YET, "is not valid before ",
			"date of this computer" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		check_case(&cases[i]);
}

/* A file of authorities, and what can be wrong with one. */
static void test_file(void)
{
	g_autofree char *folder = g_dir_make_tmp("tls-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "ca.pem", NULL);
	g_autoptr(GTlsCertificate) desk = g_tls_certificate_new_from_pem(pem_desk, -1, NULL);
	struct tls_expected expected = { .ca_file = path, .host = "else" };

	g_assert_cmpint(tls_cause_find(&expected, desk, NULL), ==, TLS_CAUSE_BROKEN_CA);
	g_assert_true(g_file_set_contents(path, pem_authority, -1, NULL));
	g_assert_cmpint(tls_cause_find(&expected, desk, NULL), ==, TLS_CAUSE_HOST);
	expected.ca = pem_other; /* the file counts */
	g_assert_cmpint(tls_cause_find(&expected, desk, NULL), ==, TLS_CAUSE_HOST);
	g_assert_true(g_file_set_contents(path, "", 0, NULL));
	g_assert_cmpint(tls_cause_find(&expected, desk, NULL), ==, TLS_CAUSE_BROKEN_CA);
	expected.ca_file = folder;
	g_assert_cmpint(tls_cause_find(&expected, desk, NULL), ==, TLS_CAUSE_BROKEN_CA);
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* The words name the certificate that came. */
static void test_words(void)
{
	static const struct {
		enum tls_cause cause;
		const char *pem, *part;
	} cases[] = {
		{ TLS_CAUSE_EXPIRED, pem_expired, "02" }, /* the year */
		{ TLS_CAUSE_NOT_YET, pem_future, "49" },
		{ TLS_CAUSE_SUBJECT, pem_desk, "CN=desk" },
		{ TLS_CAUSE_HOST, pem_own, "CN=own" },
	};
	struct tls_expected expected = { .subject = "CN=no", .host = "no" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTlsCertificate) certificate =
				g_tls_certificate_new_from_pem(cases[i].pem, -1, NULL);
		g_autofree char *why = NULL;

		tls_cause_explain(cases[i].cause, &expected, certificate, &why);
		g_test_message("%s", why);
		g_assert_nonnull(strstr(why, cases[i].part));
	}
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	two_authorities = g_strconcat(pem_other, pem_authority, NULL);
	cut_authorities = g_strconcat(pem_authority, pem_cut, NULL);
	framed_authority = g_strconcat("Subject: authority\n", pem_authority, "\ntrailer\n", NULL);
	g_test_add_func("/tls-cause/causes", test_causes);
	g_test_add_func("/tls-cause/file", test_file);
	g_test_add_func("/tls-cause/words", test_words);
	result = g_test_run();
	g_free(two_authorities);
	g_free(cut_authorities);
	g_free(framed_authority);
	return result;
}

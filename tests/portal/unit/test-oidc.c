/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/safe-url.h"
#include "oidc/base64url.h"
#include "oidc/document.h"
#include "oidc/facts.h"
#include "oidc/fault.h"
#include "oidc/grant.h"
#include "oidc/id-token.h"
#include "oidc/jws.h"
#include "oidc/round.h"
#include "signed.h"

#include <sodium.h>
#include <string.h>

#define ISSUER "https://id.example"
#define DOCUMENT(issuer, more) \
	"{\"issuer\":\"" issuer "\",\"authorization_endpoint\":\"https://id.example/a?b=c\"," \
	"\"token_endpoint\":\"https://id.example/t\",\"jwks_uri\":\"https://id.example/k\"" more "}"

static void test_url(void)
{
	static const char *const good[] = { "https://a", "https://a.b:1/c?d=e", "http://127.0.0.1",
		"http://127.0.0.1:80/x", "http://[::1]:5/x", "https://[2001:db8::1]/" };
	static const char *const bad[] = { "", "http://a", "http://127.0.0.1.evil/", "https://",
		"https:///x", "ftp://a", "https://u@a", "https://a#b", "https://a b",
		"https://a\\b", "https://a\"b", "https://a\nb", "javascript:x", "//a",
		"https://[::1/",
		"https://a:b/", "http://localhost/", "https://\303\244/" };

	for (guint i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(safe_url_is(good[i]));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("%s", bad[i]);
		g_assert_false(safe_url_is(bad[i]));
	}
	g_assert_false(safe_url_is(NULL));
	g_assert_true(safe_url_is_here("http://[::1]"));
	g_assert_false(safe_url_is_here("https://127.0.0.1"));
}

static void test_base64(void)
{
	static const char *const bad[] = { "A", "AA==", "A+A", "A/A", "A A", "AB", "AAA\n" };

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("%s", bad[i]);
		g_assert_null(base64url_read(bad[i], strlen(bad[i])));
	}
	for (gsize n = 0; n < 20; n++) {
		g_autofree char *text = base64url_write((const guint8 *)"0123456789abcdefghij", n);
		g_autoptr(GBytes) bytes = base64url_read(text, strlen(text));

		g_assert_cmpmem("0123456789abcdefghij", n, g_bytes_get_data(bytes, NULL),
				g_bytes_get_size(bytes));
	}
}

/* RFC 7636, appendix B. */
static void test_challenge(void)
{
	struct round *round = round_new("cookie");
	char *own = round->verifier;
	g_autofree char *challenge = NULL;

	g_assert_cmpuint(strlen(own), ==, 43);
	g_assert_cmpstr(own, !=, round->nonce);
	round->verifier = g_strdup("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	challenge = round_challenge(round);
	g_assert_cmpstr(challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	g_free(own);
	round_free(round);
	round_free(NULL);
}

static struct facts *parse_facts(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct facts *facts = facts_parse(text, strlen(text), ISSUER, &error);

	g_assert_true(facts ? !error : g_error_matches(error, OIDC_FAULT, OIDC_FAULT_SERVICE));
	return facts;
}

static void test_facts(void)
{
	struct facts *facts = parse_facts(DOCUMENT(ISSUER, ""));

	g_assert_cmpstr(facts->authorization, ==, "https://id.example/a?b=c");
	g_assert_null(facts->end_session);
	g_assert_true(facts->takes_secret && !facts->secret_in_form && !facts->names_itself);
	facts_unref(facts);
	facts = parse_facts(DOCUMENT(ISSUER,
			",\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"],"
			"\"authorization_response_iss_parameter_supported\":true"));
	g_assert_true(!facts->takes_secret && facts->names_itself);
	facts_unref(facts);
	facts_unref(NULL);
	g_assert_null(parse_facts(DOCUMENT(ISSUER "/", "")));
	g_assert_null(parse_facts(DOCUMENT("https://ID.example", "")));
	g_assert_null(parse_facts(DOCUMENT(ISSUER, ",\"jwks_uri\":7")));
	g_assert_null(parse_facts(DOCUMENT(ISSUER, ",\"end_session_endpoint\":null")));
	g_assert_null(parse_facts(DOCUMENT(ISSUER, ",\"token_endpoint\":\"http://127.0.0.1/\"")));
	g_assert_null(parse_facts("[]"));
	g_assert_null(parse_facts(""));
}

static void test_grant(void)
{
	static const char good[] = "{\"access_token\":\"a\",\"token_type\":\"BEARER\","
				   "\"id_token\":\"b\",\"more\":{}}";
	static const char *const bad[] = { "{}", "{\"access_token\":\"\",\"token_type\":\"Bearer\","
						 "\"id_token\":\"b\"}",
		"{\"access_token\":\"a b\",\"token_type\":\"Bearer\",\"id_token\":\"b\"}" };
	g_autoptr(GError) error = NULL;
	struct grant *grant = grant_parse(200, good, strlen(good), &error);

	g_assert_no_error(error);
	g_assert_cmpstr(grant->access_token, ==, "a");
	g_assert_cmpstr(grant->id_token, ==, "b");
	grant_free(grant);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(grant_parse(200, bad[i], strlen(bad[i]), NULL));
	g_assert_null(grant_parse(400, "{\"error\":\"invalid_grant\"}", 25, &error));
	g_assert_error(error, OIDC_FAULT, OIDC_FAULT_REFUSED);
	g_assert_nonnull(strstr(error->message, "400 invalid_grant"));
	g_clear_error(&error);
	g_assert_null(grant_parse(400, "{\"error\":\"<b>\"}", 15, &error));
	g_assert_null(strstr(error->message, "<b>"));
	g_clear_error(&error);
	g_assert_null(grant_parse(503, "", 0, &error));
	g_assert_error(error, OIDC_FAULT, OIDC_FAULT_SERVICE);
}

static JsonNode *open_token(const char *token, const char *keys, GError **error)
{
	struct jwks *jwks = jwks_parse(keys, strlen(keys), error);
	JsonNode *root = jws_open(token, jwks, error);

	jwks_unref(jwks);
	return root;
}

/* Each sign of a signed token matters. */
static void check_each_sign(const char *token)
{
	g_autofree char *other = g_strdup(token);

	for (gsize i = 0; token[i]; i++) {
		other[i] = token[i] == 'A' ? 'B' : 'A';
		g_assert_null(open_token(other, SIGNED_KEYS, NULL));
		other[i] = token[i];
	}
}

static void test_signed(void)
{
	static const char *const tokens[] = { SIGNED_RS256, SIGNED_PS256, SIGNED_ES256 };

	for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(JsonNode) root = open_token(tokens[i], SIGNED_KEYS, &error);

		g_assert_no_error(error);
		g_assert_cmpstr(js_str(js_root_object(root), "sub"), ==, "alice");
		check_each_sign(tokens[i]);
		g_assert_null(open_token(tokens[i], "{\"keys\":[]}", &error));
		g_assert_error(error, OIDC_FAULT, OIDC_FAULT_KEY);
	}
}

static void test_keys(void)
{
	g_autoptr(GError) error = NULL;
	struct jwks *jwks = jwks_parse(SIGNED_KEYS, strlen(SIGNED_KEYS), &error);

	g_assert_nonnull(jwks_find(jwks, "k-rs", JWS_RS256));
	g_assert_null(jwks_find(jwks, "k-rs", JWS_PS256));
	g_assert_null(jwks_find(jwks, "k-rs", JWS_ES256));
	g_assert_null(jwks_find(jwks, "k-none", JWS_RS256));
	g_assert_nonnull(jwks_find(jwks, NULL, JWS_RS256));
	jwks_unref(jwks);
	jwks_unref(NULL);
	g_assert_null(jwks_parse("{}", 2, &error));
	g_assert_error(error, OIDC_FAULT, OIDC_FAULT_SERVICE);
}

#define POINT \
	"\"x\":\"fdxdJ9cR3JYBLoETcQFYF-pHH5SLOBxyGltjHeVrVsg\"," \
	"\"y\":\"N5ARjCMDCYsOduknt8BvA_gJHd15o22YsSzE23k7X2M\""
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* Without names two keys of a kind are one too many to know which. */
static void test_unnamed(void)
{
	static const char two[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"," POINT
				  "},{\"kty\":\"EC\",\"crv\":\"P-256\"," POINT "}]}";
	static const char off[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
				  "\"" ZEROS "\",\"y\":\"" ZEROS "\"}]}";
	struct jwks *jwks = jwks_parse(two, strlen(two), NULL);

	g_assert_null(jwks_find(jwks, NULL, JWS_ES256));
	jwks_unref(jwks);
	jwks = jwks_parse(off, strlen(off), NULL);
	g_assert_null(jwks_find(jwks, NULL, JWS_ES256));
	jwks_unref(jwks);
}

/* A number that begins with zeros, without them: glewlwyd writes it so. */
static void test_short(void)
{
	static const char keys[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
				   "\"x\":\"QVDwg_8VAkWpufOhjVv5BXNEV0EpxZhkDURQcBfapQ\","
				   "\"y\":\"VO4M6etq8oU71seiE8zyltGPXFZGkpEgN4Lt2XI8TYA\"}]}";
	struct jwks *jwks = jwks_parse(keys, strlen(keys), NULL);

	g_assert_nonnull(jwks_find(jwks, NULL, JWS_ES256));
	jwks_unref(jwks);
}

static enum oidc_fault check_claims(const char *claims, gint64 now_s)
{
	const struct id_token_wanted wanted = { ISSUER, "portal", "n", "access", now_s, 60 };
	g_autoptr(JsonNode) root = document_load(claims, strlen(claims), "claims", NULL);
	g_autoptr(GError) error = NULL;

	if (id_token_check(js_root_object(root), &wanted, &error))
		return (enum oidc_fault)-1;
	g_assert_true(error->domain == OIDC_FAULT);
	return (enum oidc_fault)error->code;
}

#define CLAIMS(times, more) \
	"{\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"portal\",\"nonce\":\"n\"" times more "}"

static void test_times(void)
{
	static const char usual[] = CLAIMS(",\"iat\":1000,\"exp\":2000", "");
	const enum oidc_fault fine = (enum oidc_fault)-1;

	g_assert_cmpint(check_claims(usual, 1000), ==, fine);
	g_assert_cmpint(check_claims(usual, 940), ==, fine);
	g_assert_cmpint(check_claims(usual, 939), ==, OIDC_FAULT_CLOCK);
	g_assert_cmpint(check_claims(usual, 2059), ==, fine);
	g_assert_cmpint(check_claims(usual, 2060), ==, OIDC_FAULT_CLOCK);
	g_assert_cmpint(check_claims(CLAIMS(",\"iat\":1000.5,\"exp\":2e3", ""), 1000), ==, fine);
	g_assert_cmpint(check_claims(CLAIMS(",\"iat\":-5,\"exp\":2000", ""), 1000), ==,
			OIDC_FAULT_PROOF);
	g_assert_cmpint(check_claims(CLAIMS(",\"iat\":1000,\"exp\":1e300", ""), 1000), ==,
			OIDC_FAULT_PROOF);
	g_assert_cmpint(check_claims(CLAIMS(",\"iat\":1000,\"exp\":9223372036854775807", ""), 1000),
			==, fine);
	g_assert_cmpint(check_claims(CLAIMS(",\"iat\":1000", ""), 1000), ==, OIDC_FAULT_PROOF);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/portal/oidc/url", test_url);
	g_test_add_func("/portal/oidc/base64", test_base64);
	g_test_add_func("/portal/oidc/challenge", test_challenge);
	g_test_add_func("/portal/oidc/facts", test_facts);
	g_test_add_func("/portal/oidc/grant", test_grant);
	g_test_add_func("/portal/oidc/signed", test_signed);
	g_test_add_func("/portal/oidc/keys", test_keys);
	g_test_add_func("/portal/oidc/unnamed", test_unnamed);
	g_test_add_func("/portal/oidc/short", test_short);
	g_test_add_func("/portal/oidc/times", test_times);
	return g_test_run();
}

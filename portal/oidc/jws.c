/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jws.h"

#include "base64url.h"
#include "document.h"
#include "fault.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <string.h>

#define P256_BYTES 32

/* "HEAD.CLAIMS.SIGNATURE" */
struct parts {
	const char *token;
	gsize head, claims, signature; /* lengths */
};

static gboolean divide(const char *token, struct parts *parts)
{
	const char *first = strchr(token, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;

	if (!second || strchr(second + 1, '.') || strlen(token) > JWS_MAX_BYTES)
		return FALSE;
	parts->token = token;
	parts->head = (gsize)(first - token);
	parts->claims = (gsize)(second - first - 1);
	parts->signature = strlen(second + 1);
	return TRUE;
}

static const char *claims_of(const struct parts *parts)
{
	return parts->token + parts->head + 1;
}

static JsonNode *read_object(const char *text, gsize length)
{
	g_autoptr(GBytes) bytes = base64url_read(text, length);
	gsize size;
	const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;

	return data ? document_load(data, size, "token", NULL) : NULL;
}

/* Two numbers side by side become the structure that OpenSSL checks. */
static GBytes *curve_signature(GBytes *raw)
{
	const guint8 *data = g_bytes_get_data(raw, NULL);
	g_autoptr(GBytes) none = raw;
	ECDSA_SIG *signature;
	guint8 *out = NULL;
	GBytes *bytes;
	int n;

	if (g_bytes_get_size(raw) != 2 * P256_BYTES)
		return NULL;
	signature = ECDSA_SIG_new();
	ECDSA_SIG_set0(signature, BN_bin2bn(data, P256_BYTES, NULL),
			BN_bin2bn(data + P256_BYTES, P256_BYTES, NULL));
	n = i2d_ECDSA_SIG(signature, &out);
	ECDSA_SIG_free(signature);
	bytes = n > 0 ? g_bytes_new(out, (gsize)n) : NULL;
	OPENSSL_free(out);
	return bytes;
}

static gboolean set_padding(EVP_PKEY_CTX *context, enum jws_algorithm algorithm)
{
	if (algorithm == JWS_ES256)
		return TRUE;
	if (algorithm == JWS_RS256)
		return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
			EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static gboolean verify(const struct parts *parts, EVP_PKEY *key, enum jws_algorithm algorithm,
		GBytes *signature)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	EVP_PKEY_CTX *context = NULL;
	gboolean good = EVP_DigestVerifyInit(digest, &context, EVP_sha256(), NULL, key) == 1 &&
			set_padding(context, algorithm) &&
			EVP_DigestVerify(digest, g_bytes_get_data(signature, NULL),
					g_bytes_get_size(signature), (const guint8 *)parts->token,
					parts->head + 1 + parts->claims) == 1;

	EVP_MD_CTX_free(digest);
	return good;
}

static gboolean is_signed(const struct parts *parts, EVP_PKEY *key, enum jws_algorithm algorithm)
{
	GBytes *signature = base64url_read(
			claims_of(parts) + parts->claims + 1, parts->signature);
	gboolean is;

	if (signature && algorithm == JWS_ES256)
		signature = curve_signature(signature);
	is = signature && verify(parts, key, algorithm, signature);
	g_clear_pointer(&signature, g_bytes_unref);
	return is;
}

/* An extension that must be understood is one that we do not understand. */
static gboolean read_head(JsonObject *head, enum jws_algorithm *algorithm, GError **error)
{
	if (json_object_has_member(head, "crit"))
		return oidc_fail(error, OIDC_FAULT_PROOF, "ID token: a \"crit\" is in its header");
	return jws_algorithm_parse(js_str(head, "alg"), algorithm) ||
			oidc_fail(error, OIDC_FAULT_PROOF,
					"ID token: not signed by RS256, PS256 or ES256");
}

static gboolean check(const struct parts *parts, JsonObject *head, const struct jwks *jwks,
		GError **error)
{
	enum jws_algorithm algorithm;
	EVP_PKEY *key;

	if (!read_head(head, &algorithm, error))
		return FALSE;
	key = jwks_find(jwks, js_str(head, "kid"), algorithm);
	if (!key)
		return oidc_fail(error, OIDC_FAULT_KEY,
				"ID token: the provider publishes no key that fits it");
	return is_signed(parts, key, algorithm) ||
			oidc_fail(error, OIDC_FAULT_PROOF, "ID token: its signature is wrong");
}

JsonNode *jws_open(const char *token, const struct jwks *jwks, GError **error)
{
	struct parts parts = { 0 };
	g_autoptr(JsonNode) head = NULL;
	JsonNode *claims;

	if (divide(token, &parts))
		head = read_object(token, parts.head);
	if (!head) {
		oidc_fail(error, OIDC_FAULT_PROOF, "ID token: not of three parts, or too long");
		return NULL;
	}
	if (!check(&parts, js_root_object(head), jwks, error))
		return NULL;
	claims = read_object(claims_of(&parts), parts.claims);
	if (!claims)
		oidc_fail(error, OIDC_FAULT_PROOF, "ID token: no JSON object is signed");
	return claims;
}

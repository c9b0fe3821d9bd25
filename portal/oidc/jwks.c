/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jwks.h"

#include "base64url.h"
#include "document.h"
#include "fault.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <string.h>

#define KEYS_MAX 64
/* Shorter ones are broken; longer ones make each check a burden. */
#define RSA_MIN_BITS 2048
#define RSA_MAX_BITS 8192
#define P256_BYTES 32

struct jwk {
	char *kid; /* or NULL */
	gboolean curve; /* else RSA */
	int algorithm; /* the only one that it is for; -1: any of its kind */
	EVP_PKEY *key;
};

struct jwks {
	GArray *keys; /* of struct jwk */
};

gboolean jws_algorithm_parse(const char *name, enum jws_algorithm *algorithm)
{
	static const char *const names[] = { "RS256", "PS256", "ES256" };

	for (guint i = 0; name && i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*algorithm = (enum jws_algorithm)i;
		return TRUE;
	}
	return FALSE;
}

static void jwk_clear(gpointer data)
{
	struct jwk *jwk = data;

	g_free(jwk->kid);
	EVP_PKEY_free(jwk->key);
}

static GBytes *read_bytes(JsonObject *o, const char *name)
{
	const char *text = js_str(o, name);

	return text ? base64url_read(text, strlen(text)) : NULL;
}

static BIGNUM *read_number(JsonObject *o, const char *name)
{
	g_autoptr(GBytes) bytes = read_bytes(o, name);
	gsize size = bytes ? g_bytes_get_size(bytes) : 0;

	if (size == 0 || size > RSA_MAX_BITS / 8)
		return NULL;
	return BN_bin2bn(g_bytes_get_data(bytes, NULL), (int)size, NULL);
}

/* Takes the parameters over. */
static EVP_PKEY *make_key(const char *kind, OSSL_PARAM_BLD *builder)
{
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;

	if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
			EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	return key;
}

static EVP_PKEY *build_rsa(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();

	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
	return make_key("RSA", builder);
}

/* An even exponent, or 1, is no key; one of many bits makes checks slow. */
static EVP_PKEY *read_rsa(JsonObject *o)
{
	BIGNUM *n = read_number(o, "n");
	BIGNUM *e = read_number(o, "e");
	EVP_PKEY *key = NULL;

	if (n && e && BN_num_bits(n) >= RSA_MIN_BITS && BN_is_odd(n) && BN_is_odd(e) &&
			!BN_is_one(e) && BN_num_bits(e) <= 32)
		key = build_rsa(n, e);
	BN_free(n);
	BN_free(e);
	return key;
}

static gboolean is_on_curve(EVP_PKEY *key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	gboolean is = context && EVP_PKEY_public_check(context) == 1;

	EVP_PKEY_CTX_free(context);
	return is;
}

/* Some providers leave away the zeros that a number begins with. */
static gboolean put_number(guint8 out[P256_BYTES], GBytes *bytes)
{
	gsize size = bytes ? g_bytes_get_size(bytes) : 0;

	if (size == 0 || size > P256_BYTES)
		return FALSE;
	memset(out, 0, P256_BYTES - size);
	memcpy(out + P256_BYTES - size, g_bytes_get_data(bytes, NULL), size);
	return TRUE;
}

static EVP_PKEY *build_p256(const guint8 point[1 + 2 * P256_BYTES])
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY *key;

	OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
	OSSL_PARAM_BLD_push_octet_string(
			builder, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * P256_BYTES);
	key = make_key("EC", builder);
	if (key && is_on_curve(key))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static EVP_PKEY *read_p256(JsonObject *o)
{
	g_autoptr(GBytes) x = read_bytes(o, "x");
	g_autoptr(GBytes) y = read_bytes(o, "y");
	guint8 point[1 + 2 * P256_BYTES] = { POINT_CONVERSION_UNCOMPRESSED };

	if (g_strcmp0(js_str(o, "crv"), "P-256") != 0 || !put_number(point + 1, x) ||
			!put_number(point + 1 + P256_BYTES, y))
		return NULL;
	return build_p256(point);
}

static gboolean is_to_verify(JsonObject *o)
{
	const char *use = js_str(o, "use");
	JsonArray *ways = js_arr(o, "key_ops");

	return (!use || strcmp(use, "sig") == 0) && (!ways || document_lists(ways, "verify"));
}

/* FALSE: no algorithm of ours. */
static gboolean read_algorithm(JsonObject *o, int *algorithm)
{
	const char *name = js_str(o, "alg");
	enum jws_algorithm found;

	*algorithm = -1;
	if (!name)
		return TRUE;
	if (!jws_algorithm_parse(name, &found))
		return FALSE;
	*algorithm = (int)found;
	return TRUE;
}

static void read_key(struct jwks *jwks, JsonObject *o)
{
	const char *kind = js_str(o, "kty");
	struct jwk jwk = { .curve = g_strcmp0(kind, "EC") == 0 };

	if (!is_to_verify(o) || !read_algorithm(o, &jwk.algorithm))
		return;
	if (jwk.curve)
		jwk.key = read_p256(o);
	else if (g_strcmp0(kind, "RSA") == 0)
		jwk.key = read_rsa(o);
	if (!jwk.key)
		return;
	jwk.kid = g_strdup(js_str(o, "kid"));
	g_array_append_val(jwks->keys, jwk);
}

struct jwks *jwks_parse(const char *text, gsize size, GError **error)
{
	g_autoptr(JsonNode) root = document_load(text, size, "keys", error);
	JsonArray *keys = js_arr(js_root_object(root), "keys");
	struct jwks *jwks;

	if (root && (!keys || js_len(keys) > KEYS_MAX))
		oidc_fail(error, OIDC_FAULT_SERVICE, "keys: no list of keys, or one without end");
	if (!keys || js_len(keys) > KEYS_MAX)
		return NULL;
	jwks = g_atomic_rc_box_new0(struct jwks);
	jwks->keys = g_array_new(FALSE, FALSE, sizeof(struct jwk));
	g_array_set_clear_func(jwks->keys, jwk_clear);
	for (guint i = 0; i < js_len(keys); i++)
		read_key(jwks, js_elem_obj(keys, i));
	return jwks;
}

static void jwks_clear(gpointer data)
{
	g_array_unref(((struct jwks *)data)->keys);
}

struct jwks *jwks_ref(struct jwks *jwks)
{
	return g_atomic_rc_box_acquire(jwks);
}

void jwks_unref(struct jwks *jwks)
{
	if (jwks)
		g_atomic_rc_box_release_full(jwks, jwks_clear);
}

static gboolean fits(const struct jwk *jwk, const char *kid, enum jws_algorithm algorithm)
{
	return jwk->curve == (algorithm == JWS_ES256) &&
			(jwk->algorithm == -1 || jwk->algorithm == (int)algorithm) &&
			(!kid || g_strcmp0(jwk->kid, kid) == 0);
}

EVP_PKEY *jwks_find(const struct jwks *jwks, const char *kid, enum jws_algorithm algorithm)
{
	EVP_PKEY *found = NULL;

	for (guint i = 0; i < jwks->keys->len; i++) {
		const struct jwk *jwk = &g_array_index(jwks->keys, struct jwk, i);

		if (!fits(jwk, kid, algorithm))
			continue;
		if (found)
			return NULL;
		found = jwk->key;
	}
	return found;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "id-token.h"

#include "base64url.h"
#include "document.h"
#include "fault.h"

#include <sodium.h>
#include <string.h>

#define SUBJECT_MAX_BYTES 255

static gboolean refuse(GError **error, const char *what)
{
	return oidc_fail(error, OIDC_FAULT_PROOF, "ID token: %s", what);
}

/* Seconds, which may have a fraction; -1: none. */
static gint64 read_time(JsonObject *claims, const char *name)
{
	JsonNode *node = json_object_get_member(claims, name);
	double value;

	if (!node || !JSON_NODE_HOLDS_VALUE(node))
		return -1;
	if (json_node_get_value_type(node) == G_TYPE_DOUBLE) {
		value = json_node_get_double(node);
		return value >= 0 && value < 1e15 ? (gint64)value : -1;
	}
	return CLAMP(js_int(claims, name, -1), -1, G_GINT64_CONSTANT(1000000000000000));
}

static gboolean check_audience(JsonObject *claims, const char *client_id, GError **error)
{
	const char *party = js_str(claims, "azp");
	JsonArray *several = js_arr(claims, "aud");

	if (g_strcmp0(js_str(claims, "aud"), client_id) != 0 && !document_lists(several, client_id))
		return refuse(error, "aud: for another client");
	if (json_object_has_member(claims, "azp") ? g_strcmp0(party, client_id) != 0 :
						     js_len(several) > 1)
		return refuse(error, "azp: given to another client");
	return TRUE;
}

static gboolean check_times(JsonObject *claims, gint64 now_s, gint64 skew_s, GError **error)
{
	gint64 ends = read_time(claims, "exp"), begins = read_time(claims, "iat");
	gboolean has_third = json_object_has_member(claims, "nbf");
	gint64 not_before = has_third ? read_time(claims, "nbf") : begins;

	if (ends < 0 || begins < 0 || not_before < 0)
		return refuse(error, "exp, iat, nbf: missing, or no time");
	if (now_s >= ends + skew_s)
		return oidc_fail(error, OIDC_FAULT_CLOCK,
				"ID token: it ended %" G_GINT64_FORMAT " s ago by our clock",
				now_s - ends);
	if (MAX(begins, not_before) > now_s + skew_s)
		return oidc_fail(error, OIDC_FAULT_CLOCK,
				"ID token: it begins in %" G_GINT64_FORMAT " s by our clock",
				MAX(begins, not_before) - now_s);
	return TRUE;
}

static gboolean is_same(const char *a, const char *b)
{
	return a && strlen(a) == strlen(b) && sodium_memcmp(a, b, strlen(b)) == 0;
}

/* The left half of the digest. All of our algorithms have SHA-256. */
static gboolean check_access_token(JsonObject *claims, const char *access_token, GError **error)
{
	guint8 digest[crypto_hash_sha256_BYTES];
	g_autofree char *wanted = NULL;

	if (!json_object_has_member(claims, "at_hash"))
		return TRUE; /* a code brings both tokens in one answer: it is optional */
	crypto_hash_sha256(digest, (const guint8 *)access_token, strlen(access_token));
	wanted = base64url_write(digest, sizeof(digest) / 2);
	return is_same(js_str(claims, "at_hash"), wanted) ||
			refuse(error, "at_hash: the access token beside it is another one");
}

gboolean id_token_check(JsonObject *claims, const struct id_token_wanted *wanted, GError **error)
{
	const char *subject = js_str(claims, "sub");

	if (g_strcmp0(js_str(claims, "iss"), wanted->issuer) != 0)
		return refuse(error, "iss: another issuer");
	if (!subject || !*subject || strlen(subject) > SUBJECT_MAX_BYTES)
		return refuse(error, "sub: missing, or too long");
	if (!is_same(js_str(claims, "nonce"), wanted->nonce))
		return refuse(error, "nonce: of another login");
	return check_audience(claims, wanted->client_id, error) &&
			check_access_token(claims, wanted->access_token, error) &&
			check_times(claims, wanted->now_s, wanted->skew_s, error);
}

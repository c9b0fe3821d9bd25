/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/safe-url.h"
#include "fuzz.h"
#include "oidc/document.h"
#include "oidc/facts.h"
#include "oidc/grant.h"
#include "oidc/id-token.h"
#include "oidc/jws.h"
#include "unit/signed.h"

#include <string.h>

/* Whatever a provider of identities sends, in each place where the portal reads it. */

#define ISSUER "https://id.example"

static void check_documents(const char *text, size_t size)
{
	struct facts *facts = facts_parse(text, size, ISSUER, NULL);
	struct grant *grant = grant_parse(200, text, size, NULL);

	if (facts) {
		g_assert_true(g_str_has_prefix(facts->authorization, "https://"));
		g_assert_true(g_str_has_prefix(facts->token, "https://"));
		g_assert_true(g_str_has_prefix(facts->keys, "https://"));
		g_assert_true(!facts->end_session ||
				g_str_has_prefix(facts->end_session, "https://"));
	}
	if (grant)
		g_assert_null(strpbrk(grant->access_token, "\r\n \t"));
	grant_free(grant);
	grant_free(grant_parse(400, text, size, NULL));
	facts_unref(facts);
}

/* Nobody comes by a token that the keys' owner did not sign. */
static void check_token(const char *token)
{
	static const char *const good[] = { SIGNED_RS256, SIGNED_PS256, SIGNED_ES256, NULL };
	struct jwks *jwks = jwks_parse(SIGNED_KEYS, strlen(SIGNED_KEYS), NULL);
	JsonNode *root = jws_open(token, jwks, NULL);

	if (root)
		g_assert_cmpstr(js_str(js_root_object(root), "sub"), ==, "alice");
	g_assert_true(!root || strlen(token) == strlen(good[0]) ||
			strlen(token) == strlen(good[1]) || strlen(token) == strlen(good[2]));
	g_clear_pointer(&root, json_node_unref);
	jwks_unref(jwks);
}

/* "TOKEN\nKEYS" */
static void check_both(const char *text)
{
	const char *end = strchr(text, '\n');
	g_autofree char *token =
			end ? g_strndup(text, (gsize)(end - text)) : g_strdup(SIGNED_ES256);
	const char *keys = end ? end + 1 : text;
	struct jwks *jwks = jwks_parse(keys, strlen(keys), NULL);
	JsonNode *root = jwks ? jws_open(token, jwks, NULL) : NULL;

	g_clear_pointer(&root, json_node_unref);
	jwks_unref(jwks);
}

static void check_claims(const char *text, size_t size)
{
	const struct id_token_wanted wanted = { ISSUER, "portal", "n", "access", 1500, 60 };
	JsonNode *root = document_load(text, size, "claims", NULL);

	if (root && id_token_check(js_root_object(root), &wanted, NULL))
		g_assert_cmpstr(js_str(js_root_object(root), "nonce"), ==, "n");
	g_clear_pointer(&root, json_node_unref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = size ? g_memdup2(data, size) :
			     g_malloc0(1); /* a sanitizer sees each byte past it */
	char *text = g_strndup((const char *)data, size);

	check_documents(exact, size);
	check_claims(exact, size);
	check_token(text);
	check_both(text);
	safe_url_is(text);
	g_free(text);
	g_free(exact);
	return 0;
}

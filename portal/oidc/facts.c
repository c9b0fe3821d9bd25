/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include "core/safe-url.h"
#include "document.h"
#include "fault.h"

#include <string.h>

static void facts_clear(gpointer data)
{
	struct facts *facts = data;

	g_free(facts->authorization);
	g_free(facts->token);
	g_free(facts->keys);
	g_free(facts->end_session);
}

struct facts *facts_ref(struct facts *facts)
{
	return g_atomic_rc_box_acquire(facts);
}

void facts_unref(struct facts *facts)
{
	if (facts)
		g_atomic_rc_box_release_full(facts, facts_clear);
}

/* A provider in the network does not make us talk to this machine. */
static gboolean take_address(JsonObject *o, const char *name, const char *issuer, char **out,
		GError **error)
{
	const char *url = js_str(o, name);

	if (!safe_url_is(url) || (safe_url_is_here(url) && !safe_url_is_here(issuer)))
		return oidc_fail(error, OIDC_FAULT_SERVICE,
				"%s: no address by https in the provider's document", name);
	*out = g_strdup(url);
	return TRUE;
}

static gboolean check_list(JsonObject *o, const char *name, const char *wanted, GError **error)
{
	return !js_arr(o, name) || document_lists(js_arr(o, name), wanted) ||
			oidc_fail(error, OIDC_FAULT_SERVICE, "%s: the provider has no \"%s\"",
					name, wanted);
}

static void read_ways(struct facts *facts, JsonObject *o)
{
	JsonArray *ways = js_arr(o, "token_endpoint_auth_methods_supported");
	gboolean by_header = !ways || document_lists(ways, "client_secret_basic");

	facts->secret_in_form = !by_header;
	facts->takes_secret = by_header || document_lists(ways, "client_secret_post");
	facts->names_itself = js_bool(o, "authorization_response_iss_parameter_supported", FALSE);
}

static gboolean read_facts(
		struct facts *facts, JsonObject *o, const char *issuer, GError **error)
{
	if (g_strcmp0(js_str(o, "issuer"), issuer) != 0)
		return oidc_fail(error, OIDC_FAULT_SERVICE,
				"issuer: the provider's document names another one than %s",
				issuer);
	read_ways(facts, o);
	return take_address(o, "authorization_endpoint", issuer, &facts->authorization, error) &&
			take_address(o, "token_endpoint", issuer, &facts->token, error) &&
			take_address(o, "jwks_uri", issuer, &facts->keys, error) &&
			(!json_object_has_member(o, "end_session_endpoint") ||
					take_address(o, "end_session_endpoint", issuer,
							&facts->end_session, error)) &&
			check_list(o, "response_types_supported", "code", error) &&
			check_list(o, "code_challenge_methods_supported", "S256", error);
}

struct facts *facts_parse(const char *text, gsize size, const char *issuer, GError **error)
{
	g_autoptr(JsonNode) root = document_load(text, size, "openid-configuration", error);
	struct facts *facts;

	if (!root)
		return NULL;
	facts = g_atomic_rc_box_new0(struct facts);
	if (read_facts(facts, js_root_object(root), issuer, error))
		return facts;
	facts_unref(facts);
	return NULL;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "provider.h"

#include "core/wipe.h"
#include "fetch.h"
#include "oidc/base64url.h"
#include "oidc/fault.h"
#include "oidc/grant.h"
#include "oidc/id-token.h"
#include "oidc/jws.h"
#include "papers.h"
#include "secret-file.h"

#include "base/authority.h"
#include "base/json.h"

#include <string.h>

#define NAME_MAX_BYTES 255

struct provider {
	const struct portal_config *config;
	char *ca; /* PEM text; or NULL */
	char *back; /* our address that browsers come back to */
	gint ended; /* atomic */
	struct papers *papers;
	GMutex lock; /* for the secret */
	char *secret; /* or NULL */
};

/* ---------------------------------------------------------------- its life */

gboolean provider_reload(struct provider *provider, GError **error)
{
	const char *path = provider->config->oidc_secret;
	char *secret = path ? secret_file_read(path, error) : NULL;

	if (path && !secret)
		return FALSE;
	g_mutex_lock(&provider->lock);
	wipe_free(provider->secret);
	provider->secret = secret;
	g_mutex_unlock(&provider->lock);
	return TRUE;
}

static gboolean read_files(struct provider *provider, GError **error)
{
	const char *ca = provider->config->oidc_ca;

	if (!provider_reload(provider, error))
		return FALSE;
	provider->ca = ca ? authority_read(ca, "[oidc] ca", error) : NULL;
	return !ca || provider->ca;
}

struct provider *provider_new(const struct portal_config *config, GError **error)
{
	struct provider *provider = g_new0(struct provider, 1);

	provider->config = config;
	provider->back = g_strconcat(config->origin, PROVIDER_PATH_BACK, NULL);
	g_mutex_init(&provider->lock);
	if (read_files(provider, error)) {
		provider->papers = papers_new(config, provider->ca, &provider->ended);
		return provider;
	}
	provider_free(provider);
	return NULL;
}

void provider_free(struct provider *provider)
{
	if (!provider)
		return;
	papers_free(provider->papers);
	wipe_free(provider->secret);
	g_mutex_clear(&provider->lock);
	g_free(provider->back);
	g_free(provider->ca);
	g_free(provider);
}

void provider_end(struct provider *provider)
{
	g_atomic_int_set(&provider->ended, 1);
}

/* ------------------------------------------------------------- there and out */

static void add_field(GString *out, const char *name, const char *value)
{
	char *escaped = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(out, "%s%s=", out->len ? "&" : "", name);
	g_string_append(out, escaped);
	wipe_free(escaped);
}

static char *add_query(const char *url, GString *query)
{
	char *whole = g_strconcat(url, strchr(url, '?') ? "&" : "?", query->str, NULL);

	g_string_free(query, TRUE);
	return whole;
}

gboolean provider_prepare(struct provider *provider, GError **error)
{
	struct facts *facts = papers_facts(provider->papers, error);

	facts_unref(facts);
	return facts != NULL;
}

char *provider_way_in(struct provider *provider, const struct round *round, const char *state)
{
	struct facts *facts = papers_known_facts(provider->papers);
	g_autofree char *challenge = round_challenge(round);
	GString *query;
	char *url;

	if (!facts)
		return NULL;
	query = g_string_new(NULL);
	add_field(query, "response_type", "code");
	add_field(query, "client_id", provider->config->oidc_client);
	add_field(query, "redirect_uri", provider->back);
	add_field(query, "scope", provider->config->oidc_scopes);
	add_field(query, "state", state);
	add_field(query, "nonce", round->nonce);
	add_field(query, "code_challenge", challenge);
	add_field(query, "code_challenge_method", "S256");
	url = add_query(facts->authorization, query);
	facts_unref(facts);
	return url;
}

/* Without the ID token as a hint: the address is in histories and logs. */
char *provider_way_out(struct provider *provider)
{
	struct facts *facts = papers_known_facts(provider->papers);
	g_autofree char *back = g_strconcat(provider->config->origin, "/login", NULL);
	GString *query;
	char *url = NULL;

	if (facts && facts->end_session && provider->config->oidc_log_out) {
		query = g_string_new(NULL);
		add_field(query, "client_id", provider->config->oidc_client);
		add_field(query, "post_logout_redirect_uri", back);
		url = add_query(facts->end_session, query);
	}
	facts_unref(facts);
	return url;
}

/* ----------------------------------------------------------------- and back */

/* Secret. Owner: wipe_free(). NULL: there is none. */
static char *copy_secret(struct provider *provider)
{
	char *secret;

	g_mutex_lock(&provider->lock);
	secret = g_strdup(provider->secret);
	g_mutex_unlock(&provider->lock);
	return secret;
}

/* Both are escaped first (RFC 6749, 2.3.1). */
static char *basic(const char *id, const char *secret)
{
	g_autofree char *name = g_uri_escape_string(id, NULL, FALSE);
	char *word = g_uri_escape_string(secret, NULL, FALSE);
	char *pair = g_strconcat(name, ":", word, NULL);
	char *encoded = g_base64_encode((const guint8 *)pair, strlen(pair));
	char *value = g_strconcat("Basic ", encoded, NULL);

	wipe_free(word);
	wipe_free(pair);
	wipe_free(encoded);
	return value;
}

/* So much that it never moves: it would leave secrets behind. */
#define FORM_BYTES (32 * 1024)

/* secret: in the form; NULL: elsewhere, or none. */
static GString *make_form(struct provider *provider, const struct round *round, const char *code,
		const char *secret, gboolean with_id)
{
	GString *form = g_string_sized_new(FORM_BYTES);

	add_field(form, "grant_type", "authorization_code");
	add_field(form, "code", code);
	add_field(form, "redirect_uri", provider->back);
	add_field(form, "code_verifier", round->verifier);
	if (with_id)
		add_field(form, "client_id", provider->config->oidc_client);
	if (secret)
		add_field(form, "client_secret", secret);
	return form;
}

static gboolean send_code(struct provider *provider, const struct facts *facts, const char *form,
		const char *authorization, struct fetched *fetched, GError **error)
{
	const struct fetch fetch = {
		.url = facts->token,
		.form = form,
		.authorization = authorization,
		.ca = provider->ca,
		.limit_s = provider->config->request_s,
		.ended = &provider->ended,
	};

	return fetch_send(&fetch, fetched, error);
}

static struct grant *exchange(struct provider *provider, const struct facts *facts,
		const struct round *round, const char *code, GError **error)
{
	char *secret = copy_secret(provider);
	gboolean in_form = secret && facts->secret_in_form;
	char *authorization = secret && !in_form ? basic(provider->config->oidc_client, secret) :
						   NULL;
	GString *form = make_form(
			provider, round, code, in_form ? secret : NULL, authorization == NULL);
	struct fetched fetched = { 0 };
	struct grant *grant = NULL;

	if (secret && !facts->takes_secret)
		oidc_fail(error, OIDC_FAULT_SERVICE,
				"the provider takes a secret neither in a header nor in a form");
	else if (send_code(provider, facts, form->str, authorization, &fetched, error))
		grant = grant_parse(fetched.status, fetched.body->str, fetched.body->len, error);
	fetched_clear(&fetched);
	wipe_string(form);
	wipe_free(authorization);
	wipe_free(secret);
	return grant;
}

/* A provider takes another key from time to time. */
static JsonNode *open_token(struct provider *provider, const char *token, GError **error)
{
	g_autoptr(GError) problem = NULL;
	struct jwks *keys = papers_keys(provider->papers, FALSE, error);
	JsonNode *claims = keys ? jws_open(token, keys, &problem) : NULL;

	if (g_error_matches(problem, OIDC_FAULT, OIDC_FAULT_KEY)) {
		g_clear_error(&problem);
		jwks_unref(keys);
		keys = papers_keys(provider->papers, TRUE, error);
		claims = keys ? jws_open(token, keys, &problem) : NULL;
	}
	jwks_unref(keys);
	if (problem)
		g_propagate_error(error, g_steal_pointer(&problem));
	return claims;
}

static char *name_of(JsonObject *claims)
{
	const char *name = js_str(claims, "preferred_username");

	if (!name || !*name || strlen(name) > NAME_MAX_BYTES)
		name = js_str(claims, "sub");
	return g_strdup(name);
}

static struct provider_person *check_grant(struct provider *provider, const struct round *round,
		struct grant *grant, GError **error)
{
	g_autoptr(JsonNode) root = open_token(provider, grant->id_token, error);
	JsonObject *claims = js_root_object(root);
	const struct id_token_wanted wanted = {
		.issuer = provider->config->oidc_issuer,
		.client_id = provider->config->oidc_client,
		.nonce = round->nonce,
		.access_token = grant->access_token,
		.now_s = g_get_real_time() / G_USEC_PER_SEC,
		.skew_s = provider->config->oidc_skew_s,
	};
	struct provider_person *person;

	if (!root || !id_token_check(claims, &wanted, error))
		return NULL;
	person = g_new0(struct provider_person, 1);
	person->subject = g_strdup(js_str(claims, "sub"));
	person->name = name_of(claims);
	person->access_token = g_steal_pointer(&grant->access_token);
	return person;
}

/* A code of one provider must not go to another (RFC 9207). */
static gboolean check_issuer(struct provider *provider, const struct facts *facts,
		const char *issuer, GError **error)
{
	if (issuer ? strcmp(issuer, provider->config->oidc_issuer) == 0 : !facts->names_itself)
		return TRUE;
	return oidc_fail(error, OIDC_FAULT_PROOF, "the code came from another provider");
}

struct provider_person *provider_take(struct provider *provider, const struct round *round,
		const char *code, const char *issuer, GError **error)
{
	struct facts *facts = papers_facts(provider->papers, error);
	struct grant *grant = NULL;
	struct provider_person *person = NULL;

	if (facts && check_issuer(provider, facts, issuer, error))
		grant = exchange(provider, facts, round, code, error);
	if (grant)
		person = check_grant(provider, round, grant, error);
	grant_free(grant);
	facts_unref(facts);
	return person;
}

void provider_person_free(struct provider_person *person)
{
	if (!person)
		return;
	g_free(person->subject);
	g_free(person->name);
	wipe_free(person->access_token);
	g_free(person);
}

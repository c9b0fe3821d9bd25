/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "papers.h"

#include "fetch.h"
#include "oidc/fault.h"

#include <string.h>

#define LIFE_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define REST_US (5 * G_USEC_PER_SEC) /* after a failure, and before keys are asked for again */

/* One document. */
struct paper {
	gpointer content; /* or NULL */
	gint64 asked_us; /* when, if ever */
	GError *failure; /* of the last time; or NULL */
};

struct papers {
	const struct portal_config *config;
	const char *ca;
	const gint *ended;
	GMutex asking; /* for the network */
	GMutex lock; /* for the contents */
	struct paper facts, keys;
};

struct papers *papers_new(const struct portal_config *config, const char *ca, const gint *ended)
{
	struct papers *papers = g_new0(struct papers, 1);

	papers->config = config;
	papers->ca = ca;
	papers->ended = ended;
	g_mutex_init(&papers->asking);
	g_mutex_init(&papers->lock);
	return papers;
}

void papers_free(struct papers *papers)
{
	if (!papers)
		return;
	facts_unref(papers->facts.content);
	jwks_unref(papers->keys.content);
	g_clear_error(&papers->facts.failure);
	g_clear_error(&papers->keys.failure);
	g_mutex_clear(&papers->asking);
	g_mutex_clear(&papers->lock);
	g_free(papers);
}

/* Whether to ask, with the lock for the network. FALSE without content: error is set. */
static gboolean is_due(const struct paper *paper, gboolean newer, GError **error)
{
	gint64 age_us = paper->asked_us ? g_get_monotonic_time() - paper->asked_us : G_MAXINT64;

	if (age_us >= (paper->failure || newer ? REST_US : LIFE_US))
		return TRUE;
	if (paper->failure && error)
		*error = g_error_copy(paper->failure);
	return FALSE;
}

static gboolean ask(struct papers *papers, const char *url, struct fetched *fetched, GError **error)
{
	const struct fetch fetch = {
		.url = url,
		.ca = papers->ca,
		.limit_s = papers->config->request_s,
		.ended = papers->ended,
	};

	if (!fetch_send(&fetch, fetched, error))
		return FALSE;
	return fetched->status == 200 ||
			oidc_fail(error, OIDC_FAULT_SERVICE, "%s: %ld", url, fetched->status);
}

static gpointer replace(struct papers *papers, struct paper *paper, gpointer content)
{
	gpointer old = paper->content;

	g_mutex_lock(&papers->lock);
	paper->content = content;
	g_mutex_unlock(&papers->lock);
	return old;
}

/* The end of a question: whoever comes soon gets the same answer. */
static void note(struct paper *paper, const GError *failure)
{
	g_clear_error(&paper->failure);
	if (failure)
		paper->failure = g_error_copy(failure);
	paper->asked_us = g_get_monotonic_time();
}

static struct facts *ask_facts(struct papers *papers, GError **error)
{
	g_autofree char *url = g_strconcat(papers->config->oidc_issuer,
			g_str_has_suffix(papers->config->oidc_issuer, "/") ? "" : "/",
			".well-known/openid-configuration", NULL);
	struct fetched fetched = { 0 };
	struct facts *facts = NULL;

	if (ask(papers, url, &fetched, error))
		facts = facts_parse(fetched.body->str, fetched.body->len,
				papers->config->oidc_issuer, error);
	fetched_clear(&fetched);
	return facts;
}

static struct jwks *ask_keys(struct papers *papers, const char *url, GError **error)
{
	struct fetched fetched = { 0 };
	struct jwks *keys = NULL;

	if (ask(papers, url, &fetched, error))
		keys = jwks_parse(fetched.body->str, fetched.body->len, error);
	fetched_clear(&fetched);
	return keys;
}

struct facts *papers_facts(struct papers *papers, GError **error)
{
	struct paper *paper = &papers->facts;
	GError *failure = NULL;
	struct facts *facts;

	g_mutex_lock(&papers->asking);
	if (is_due(paper, FALSE, &failure)) {
		facts = ask_facts(papers, &failure);
		note(paper, failure);
		facts_unref(replace(papers, paper, facts));
	}
	facts = paper->content ? facts_ref(paper->content) : NULL;
	g_mutex_unlock(&papers->asking);
	if (failure)
		g_propagate_error(error, failure);
	return facts;
}

struct jwks *papers_keys(struct papers *papers, gboolean newer, GError **error)
{
	struct facts *facts = papers_facts(papers, error);
	struct paper *paper = &papers->keys;
	GError *failure = NULL;
	struct jwks *keys;

	if (!facts)
		return NULL;
	g_mutex_lock(&papers->asking);
	if (is_due(paper, newer, &failure)) {
		keys = ask_keys(papers, facts->keys, &failure);
		note(paper, failure);
		jwks_unref(replace(papers, paper, keys));
	}
	keys = paper->content ? jwks_ref(paper->content) : NULL;
	g_mutex_unlock(&papers->asking);
	facts_unref(facts);
	if (failure)
		g_propagate_error(error, failure);
	return keys;
}

struct facts *papers_known_facts(struct papers *papers)
{
	struct facts *facts;

	g_mutex_lock(&papers->lock);
	facts = papers->facts.content ? facts_ref(papers->facts.content) : NULL;
	g_mutex_unlock(&papers->lock);
	return facts;
}

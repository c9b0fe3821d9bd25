/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "core/cookie.h"
#include "core/wipe.h"
#include "oidc/fault.h"

#include <sodium.h>
#include <string.h>

/* Sentences by a name in the address of a page: the address of the answer itself holds a code. */
static const struct trouble_page {
	const char *name;
	enum word word;
	guint status;
} troubles[] = {
	{ "provider", WORD_TROUBLE_PROVIDER, MHD_HTTP_BAD_GATEWAY },
	{ "consent", WORD_TROUBLE_CONSENT, MHD_HTTP_FORBIDDEN },
	{ "state", WORD_TROUBLE_STATE, MHD_HTTP_FORBIDDEN },
	{ "clock", WORD_TROUBLE_CLOCK, MHD_HTTP_BAD_GATEWAY },
	{ "proof", WORD_TROUBLE_PROOF, MHD_HTTP_BAD_GATEWAY },
	{ "unknown", WORD_TROUBLE_UNKNOWN, MHD_HTTP_FORBIDDEN },
	{ "cloud", WORD_TROUBLE_SERVICE, MHD_HTTP_BAD_GATEWAY },
};

#define REFERENCE_DIGITS 8

/* A code that becomes a login at the cloud, in a worker. */
struct back_job {
	struct portal *portal;
	struct round *round;
	char *code, *issuer; /* as they came; issuer: or NULL */
	GError *fault;
	char *subject;
	struct account *account;
	enum account_step step;
	struct trouble trouble;
};

/* Whatever the way there needs, in a worker. */
struct away_job {
	struct provider *provider;
	GError *fault;
};

/* ----------------------------------------------------------------- troubles */

static const char *fault_name(const GError *fault)
{
	switch (fault->domain == OIDC_FAULT ? fault->code : OIDC_FAULT_SERVICE) {
	case OIDC_FAULT_PROOF:
	case OIDC_FAULT_KEY: return "proof";
	case OIDC_FAULT_CLOCK: return "clock";
	default: return "provider";
	}
}

/* message: for the log, under digits that the page shows; or NULL. */
static struct answer *lead_to_trouble(struct visit *visit, const char *name, const char *message)
{
	g_autofree char *reference =
			message ? g_strdup_printf("-%08x", randombytes_random()) : g_strdup("");
	g_autofree char *path = g_strconcat("/login/trouble/", name, reference, NULL);

	if (message)
		g_message("%s: %s", reference + 1, message);
	return answer_redirect(path);
}

static gboolean is_reference(const char *text)
{
	return strlen(text) == REFERENCE_DIGITS &&
			strspn(text, "0123456789abcdef") == REFERENCE_DIGITS;
}

/* "NAME" or "NAME-REFERENCE" */
static const struct trouble_page *find_trouble(const char *subject, const char **reference)
{
	gsize n = strcspn(subject, "-");

	*reference = subject[n] ? subject + n + 1 : NULL;
	if (*reference && !is_reference(*reference))
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(troubles); i++)
		if (strlen(troubles[i].name) == n && strncmp(troubles[i].name, subject, n) == 0)
			return &troubles[i];
	return NULL;
}

struct answer *visit_get_provider_trouble(struct visit *visit)
{
	const char *reference;
	const struct trouble_page *found = visit->portal->provider ?
			find_trouble(request_subject(visit->request), &reference) :
			NULL;

	if (!found)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	return visit_show_trouble(visit, found->status, visit_word(visit, found->word), reference);
}

/* ----------------------------------------------------------- there, and out */

/*
 * A page that leads on by itself. No redirect: browsers hold a form to our policy, which
 * knows our own pages alone, also where its answer leads.
 */
static struct answer *lead_away(struct visit *visit, enum word word, const char *url)
{
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, MHD_HTTP_OK,
			page_away(&page, word, visit->portal->config->oidc_name, url));
	answer->refresh_path = g_strdup(url);
	visit_page_clear(&page);
	return answer;
}

struct answer *visit_lead_out(struct visit *visit)
{
	g_autofree char *url = provider_way_out(visit->portal->provider);

	if (!url)
		return NULL;
	g_clear_pointer(&visit->person, person_unref);
	return lead_away(visit, WORD_AWAY_OUT, url);
}

static void away_free(gpointer data)
{
	struct away_job *job = data;

	g_clear_error(&job->fault);
	g_free(job);
}

static void away_run(gpointer data)
{
	struct away_job *job = data;

	provider_prepare(job->provider, &job->fault);
}

static struct answer *send_away(struct visit *visit)
{
	struct portal *portal = visit->portal;
	struct round *round = round_new(visit->cookie);
	gint64 now = g_get_monotonic_time();
	char *state = visitors_add(portal->rounds, round, now, G_MAXINT64);
	char *url = state ? provider_way_in(portal->provider, round, state) : NULL;
	struct answer *answer = url ? lead_away(visit, WORD_AWAY, url) : visit_busy(visit);

	if (!state)
		round_free(round);
	wipe_free(url);
	wipe_free(state);
	return answer;
}

static struct answer *away_end(struct request *request, gpointer data)
{
	struct visit *visit = visit_of(request);
	struct away_job *job = data;

	return job->fault ? lead_to_trouble(visit, "provider", job->fault->message) :
			    send_away(visit);
}

struct answer *visit_post_provider(struct visit *visit)
{
	struct away_job *job;
	struct answer *refusal;

	if (!visit->portal->provider)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	if (visit->person)
		return answer_redirect("/");
	refusal = visit_check_rates(visit, NULL);
	if (refusal)
		return refusal;
	job = g_new0(struct away_job, 1);
	job->provider = visit->portal->provider;
	return request_defer(visit->request, away_run, away_end, job, away_free) ?
			NULL :
			visit_busy(visit);
}

/* ----------------------------------------------------------------- and back */

static void back_free(gpointer data)
{
	struct back_job *job = data;

	round_free(job->round);
	wipe_free(job->code);
	g_free(job->issuer);
	g_clear_error(&job->fault);
	g_free(job->subject);
	account_unref(job->account);
	trouble_clear(&job->trouble);
	g_free(job);
}

static void enter_cloud(struct back_job *job, const struct provider_person *who)
{
	const struct portal_config *config = job->portal->config;
	const struct account_params params = {
		.kind = ACCOUNT_BY_PROVIDER,
		.name = who->name,
		.secret = who->access_token,
		.identity_provider = config->oidc_idp,
		.protocol = config->oidc_protocol,
	};

	job->account = account_new(job->portal->place, &params, &job->trouble);
	if (job->account)
		job->step = account_log_in(job->account, NULL, &job->trouble);
}

static void back_run(gpointer data)
{
	struct back_job *job = data;
	struct provider_person *who = provider_take(job->portal->provider, job->round, job->code,
			job->issuer, &job->fault);

	if (!who)
		return;
	job->subject = g_strdup(who->subject);
	enter_cloud(job, who);
	provider_person_free(who);
}

static void record(struct visit *visit, const char *event, const struct back_job *job,
		const char *reason)
{
	struct audit_line *line = audit_begin(visit->portal->audit, event);

	audit_text(line, "client", request_client(visit->request));
	audit_text(line, "user", job && job->account ? account_user(job->account) : NULL);
	audit_text(line, "subject", job ? job->subject : NULL);
	audit_text(line, "reason", reason);
	audit_end(line);
}

static struct answer *refuse(struct visit *visit, const struct back_job *job, const char *name,
		const char *message)
{
	record(visit, "login-refused", job, name);
	return lead_to_trouble(visit, name, message);
}

static struct answer *back_end(struct request *request, gpointer data)
{
	struct visit *visit = visit_of(request);
	struct back_job *job = data;
	struct person *person;

	if (job->fault)
		return refuse(visit, job, fault_name(job->fault), job->fault->message);
	if (job->step != ACCOUNT_IN)
		return refuse(visit, job,
				job->trouble.code == OSVDI_BROKER_AUTH ? "unknown" : "cloud",
				job->trouble.message);
	record(visit, "login", job, NULL);
	person = person_new(visit->portal, account_ref(job->account));
	person->by_provider = TRUE;
	return visit_enter(visit, person, "/");
}

static gboolean is_same(const char *a, const char *b)
{
	return a && strlen(a) == strlen(b) && sodium_memcmp(a, b, strlen(b)) == 0;
}

/* Each state serves once, and the browser that it was made for. */
static struct round *take_round(struct visit *visit, const char *state)
{
	struct visitors *rounds = visit->portal->rounds;
	struct round *round = visitors_find(rounds, state, g_get_monotonic_time());
	char *browser = cookie_find(request_header(visit->request, "Cookie"), COOKIE_VISIT);
	gboolean fits = round && is_same(browser, round->browser);

	wipe_free(browser);
	return fits ? visitors_steal(rounds, state) : NULL;
}

/* The user's own no, or the provider's, and not a fault. */
static gboolean is_refusal(const char *error)
{
	static const char *const words[] = { "access_denied", "login_required", "consent_required",
		"interaction_required", "account_selection_required", NULL };

	return g_strv_contains(words, error);
}

static struct answer *take_error(struct visit *visit, const char *error)
{
	g_autofree char *message = NULL;

	if (is_refusal(error))
		return refuse(visit, NULL, "consent", NULL);
	message = g_strdup_printf("the provider sent the browser back with an error: %.40s",
			error[strspn(error, "abcdefghijklmnopqrstuvwxyz_")] ? "?" : error);
	return refuse(visit, NULL, "provider", message);
}

static struct answer *take_code(struct visit *visit, struct round *round, const char *code)
{
	const char *issuer = request_argument(visit->request, "iss");
	struct back_job *job = g_new0(struct back_job, 1);

	job->portal = visit->portal;
	job->round = round;
	job->code = g_strdup(code);
	job->issuer = g_strdup(issuer);
	return request_defer(visit->request, back_run, back_end, job, back_free) ?
			NULL :
			visit_busy(visit);
}

struct answer *visit_get_back(struct visit *visit)
{
	const char *state = request_argument(visit->request, "state");
	const char *error = request_argument(visit->request, "error");
	const char *code = request_argument(visit->request, "code");
	struct answer *answer;
	struct round *round;

	if (!visit->portal->provider)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	if (visit->person)
		return answer_redirect("/");
	round = state ? take_round(visit, state) : NULL;
	if (!round)
		return refuse(visit, NULL, "state", NULL);
	if (code && *code && !error)
		return take_code(visit, round, code);
	answer = take_error(visit, error ? error : "");
	round_free(round);
	return answer;
}

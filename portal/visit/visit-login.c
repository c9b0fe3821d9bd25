/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "core/cookie.h"
#include "core/wipe.h"

#include <string.h>

#define NAME_MAX_BYTES 255
#define SECRET_MAX_BYTES 4096

/* One step of a login, in a worker. */
struct login_job {
	struct account *account;
	char *passcode; /* or NULL */
	enum account_step step;
	struct trouble trouble;
};

static void job_free(gpointer data)
{
	struct login_job *job = data;

	account_unref(job->account);
	wipe_free(job->passcode);
	trouble_clear(&job->trouble);
	g_free(job);
}

static void job_run(gpointer data)
{
	struct login_job *job = data;

	job->step = account_log_in(job->account, job->passcode, &job->trouble);
}

static struct answer *show_login(struct visit *visit, guint status, const char *trouble)
{
	const struct portal_config *config = visit->portal->config;
	const struct login_page login = {
		.provider = config->oidc_issuer ? config->oidc_name : NULL,
		.by_password = config->by_password,
		.by_credential = config->by_credential,
		.with_domain = !g_hash_table_contains(config->cloud, "user_domain_id"),
		.domain = g_hash_table_lookup(config->cloud, "user_domain_name"),
		.trouble = trouble,
	};
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, status, page_login(&page, &login));
	visit_page_clear(&page);
	return answer;
}

static struct answer *show_passcode(struct visit *visit, guint status, const char *trouble)
{
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, status, page_passcode(&page, trouble));
	visit_page_clear(&page);
	return answer;
}

struct answer *visit_get_login(struct visit *visit)
{
	if (visit->person)
		return answer_redirect("/");
	return show_login(visit, MHD_HTTP_OK, NULL);
}

static void record_login(struct visit *visit, const struct login_job *job)
{
	static const char *const events[] = {
		[ACCOUNT_REFUSED] = "login-refused",
		[ACCOUNT_WANTS_PASSCODE] = "login-passcode",
		[ACCOUNT_IN] = "login",
	};
	struct audit_line *line = audit_begin(visit->portal->audit, events[job->step]);

	audit_text(line, "client", request_client(visit->request));
	audit_text(line, "user", account_user(job->account));
	audit_end(line);
}

static gboolean read_login(const struct form *form, const struct portal_config *config,
		struct account_params *params)
{
	const char *kind = form_get(form, "kind");

	params->name = form_get(form, "name");
	params->secret = form_get(form, "secret");
	params->domain = form_get(form, "domain");
	if (!kind || !params->name || !params->secret)
		return FALSE;
	params->kind = strcmp(kind, "credential") == 0 ? ACCOUNT_BY_CREDENTIAL :
							 ACCOUNT_BY_PASSWORD;
	if (!(params->kind == ACCOUNT_BY_PASSWORD ? config->by_password : config->by_credential))
		return FALSE;
	return *params->name && *params->secret && strlen(params->name) <= NAME_MAX_BYTES &&
			strlen(params->secret) <= SECRET_MAX_BYTES &&
			(!params->domain || strlen(params->domain) <= NAME_MAX_BYTES);
}

static struct answer *refuse_login(struct visit *visit, const struct trouble *trouble)
{
	if (trouble->code != OSVDI_BROKER_AUTH)
		return visit_trouble(visit, trouble);
	return show_login(visit, MHD_HTTP_FORBIDDEN, visit_word(visit, WORD_TROUBLE_LOGIN));
}

static struct answer *end_login(struct request *request, gpointer data)
{
	struct visit *visit = visit_of(request);
	struct login_job *job = data;
	struct person *person;

	record_login(visit, job);
	if (job->step == ACCOUNT_REFUSED)
		return refuse_login(visit, &job->trouble);
	person = person_new(visit->portal, account_ref(job->account));
	person->wants_passcode = job->step == ACCOUNT_WANTS_PASSCODE;
	return visit_enter(visit, person, "/");
}

struct answer *visit_post_login(struct visit *visit)
{
	struct account_params params = { 0 };
	struct login_job *job;
	struct answer *refusal;

	if (visit->person)
		return answer_redirect("/");
	if (!read_login(request_form(visit->request), visit->portal->config, &params))
		return show_login(visit, MHD_HTTP_FORBIDDEN, visit_word(visit, WORD_TROUBLE_LOGIN));
	refusal = visit_check_rates(visit, params.name);
	if (refusal)
		return refusal;
	job = g_new0(struct login_job, 1);
	job->account = account_new(visit->portal->place, &params, &job->trouble);
	if (!job->account) {
		refusal = visit_trouble(visit, &job->trouble);
		job_free(job);
		return refusal;
	}
	return request_defer(visit->request, job_run, end_login, job, job_free) ? NULL :
										  visit_busy(visit);
}

struct answer *visit_get_passcode(struct visit *visit)
{
	if (!visit->person || !visit->person->wants_passcode)
		return answer_redirect("/");
	return show_passcode(visit, MHD_HTTP_OK, NULL);
}

/* Who comes in gets another cookie than who had to wait at the door. */
static struct answer *end_passcode(struct request *request, gpointer data)
{
	struct visit *visit = visit_of(request);
	struct login_job *job = data;
	struct person *person;

	record_login(visit, job);
	visit->person->busy = FALSE;
	if (job->step != ACCOUNT_IN && job->trouble.code != OSVDI_BROKER_AUTH)
		return visit_trouble(visit, &job->trouble);
	if (job->step != ACCOUNT_IN)
		return show_passcode(visit, MHD_HTTP_FORBIDDEN,
				visit_word(visit, WORD_TROUBLE_PASSCODE));
	person = visitors_steal(visit->portal->visitors, visit->cookie);
	if (!person) /* gone meanwhile */
		return visit_refuse(visit, MHD_HTTP_FORBIDDEN, WORD_TROUBLE_SESSION);
	person->wants_passcode = FALSE;
	return visit_enter(visit, person, "/");
}

struct answer *visit_post_passcode(struct visit *visit)
{
	const char *passcode = form_get(request_form(visit->request), "passcode");
	struct person *person = visit->person;
	struct login_job *job;
	struct answer *refusal;

	if (!person || !person->wants_passcode)
		return answer_redirect("/");
	if (!passcode || !*passcode || strlen(passcode) > NAME_MAX_BYTES)
		return show_passcode(visit, MHD_HTTP_FORBIDDEN,
				visit_word(visit, WORD_TROUBLE_PASSCODE));
	refusal = visit_check_rates(visit, account_user(person->account));
	if (refusal)
		return refusal;
	if (person->busy)
		return visit_busy(visit);
	job = g_new0(struct login_job, 1);
	job->account = account_ref(person->account);
	job->passcode = g_strdup(passcode);
	person->busy = request_defer(visit->request, job_run, end_passcode, job, job_free);
	return person->busy ? NULL : visit_busy(visit);
}

struct answer *visit_post_logout(struct visit *visit)
{
	struct answer *answer = NULL;

	if (visit->person) {
		audit_end(visit_record(visit, "logout"));
		person_end_sessions(visit->person);
		visitors_remove(visit->portal->visitors, visit->cookie);
		if (visit->person->by_provider)
			answer = visit_lead_out(visit);
	}
	if (!answer)
		answer = answer_redirect("/login");
	answer_add_cookie(answer, cookie_set(COOKIE_SESSION, NULL, 0));
	return answer;
}

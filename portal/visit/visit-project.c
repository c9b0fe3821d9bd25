/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include <string.h>

#define ID_MAX_BYTES 64

/* Ask for the projects, or enter one, in a worker. */
struct project_job {
	struct account *account;
	char *enter; /* id; NULL: list them, and enter the only one */
	struct osvdi_broker_projects *projects;
	gboolean in;
	struct trouble trouble;
};

static void job_free(gpointer data)
{
	struct project_job *job = data;

	account_unref(job->account);
	osvdi_broker_projects_free(job->projects);
	trouble_clear(&job->trouble);
	g_free(job->enter);
	g_free(job);
}

static const char *only_project(const struct osvdi_broker_projects *projects)
{
	const struct osvdi_broker_project *first = osvdi_broker_projects_get(projects, 0);

	return first && !osvdi_broker_projects_get(projects, 1) ? first->id : NULL;
}

static void job_run(gpointer data)
{
	struct project_job *job = data;
	const char *id = job->enter;

	if (!id) {
		job->projects = account_projects(job->account, &job->trouble);
		id = job->projects ? only_project(job->projects) : NULL;
	}
	if (id)
		job->in = account_enter(job->account, id, &job->trouble);
}

static struct answer *show_projects(struct visit *visit, const struct project_job *job)
{
	struct page page;
	struct answer *answer;

	visit_page(visit, &page);
	answer = visit_show(visit, MHD_HTTP_OK, page_projects(&page, job->projects));
	visit_page_clear(&page);
	return answer;
}

static void record_project(struct visit *visit)
{
	g_autofree char *name = account_project_name(visit->person->account);
	struct audit_line *line = visit_record(visit, "project");

	audit_text(line, "project", name);
	audit_end(line);
}

static struct answer *end_job(struct request *request, gpointer data)
{
	struct visit *visit = visit_of(request);
	struct project_job *job = data;

	visit->person->busy = FALSE;
	if (job->trouble.message)
		return visit_trouble(visit, &job->trouble);
	if (!job->in)
		return show_projects(visit, job);
	record_project(visit);
	return answer_redirect("/desktops");
}

static struct answer *begin_job(struct visit *visit, const char *enter)
{
	struct person *person = visit->person;
	struct project_job *job;

	if (person->busy)
		return visit_busy(visit);
	job = g_new0(struct project_job, 1);
	job->account = account_ref(person->account);
	job->enter = g_strdup(enter);
	person->busy = request_defer(visit->request, job_run, end_job, job, job_free);
	return person->busy ? NULL : visit_busy(visit);
}

struct answer *visit_get_projects(struct visit *visit)
{
	return begin_job(visit, NULL);
}

struct answer *visit_post_project(struct visit *visit)
{
	const char *id = form_get(request_form(visit->request), "project");

	if (!id || !*id || strlen(id) > ID_MAX_BYTES)
		return visit_refuse(visit, MHD_HTTP_BAD_REQUEST, WORD_TROUBLE_FORM);
	return begin_job(visit, id);
}

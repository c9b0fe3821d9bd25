/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

struct list_job {
	struct account *account;
	gboolean with_pools;
	GPtrArray *desks;
	struct osvdi_broker_pools *pools;
	struct trouble trouble;
	gboolean login_over;
};

static void job_free(gpointer data)
{
	struct list_job *job = data;

	account_unref(job->account);
	g_clear_pointer(&job->desks, g_ptr_array_unref);
	osvdi_broker_pools_free(job->pools);
	trouble_clear(&job->trouble);
	g_free(job);
}

static void job_run(gpointer data)
{
	struct list_job *job = data;

	job->desks = desks_list(job->account, &job->trouble);
	if (job->desks && job->with_pools)
		job->pools = desks_pools(job->account, &job->trouble);
	job->login_over = job->trouble.code == OSVDI_BROKER_AUTH &&
			!account_is_known(job->account);
}

static struct answer *end_job(struct request *request, gpointer data)
{
	struct visit *visit = visit_of(request);
	struct list_job *job = data;
	struct page page;
	struct answer *answer;

	if (job->login_over)
		return visit_leave(visit);
	if (!job->desks || (job->with_pools && !job->pools))
		return visit_trouble(visit, &job->trouble);
	person_keep_names(visit->person, job->desks);
	visit_page(visit, &page);
	answer = visit_show(visit, MHD_HTTP_OK, page_desktops(&page, job->desks, job->pools));
	visit_page_clear(&page);
	return answer;
}

struct answer *visit_get_desktops(struct visit *visit)
{
	struct list_job *job;

	if (!account_is_in_project(visit->person->account))
		return answer_redirect("/projects");
	job = g_new0(struct list_job, 1);
	job->account = account_ref(visit->person->account);
	job->with_pools = visit->portal->config->pools;
	return request_defer(visit->request, job_run, end_job, job, job_free) ? NULL :
										visit_busy(visit);
}

static const struct {
	enum route route;
	const char *event;
	enum desk_change change;
} changes[] = {
	{ ROUTE_START_POST, "start", DESK_START },
	{ ROUTE_SUSPEND_POST, "suspend", DESK_SUSPEND },
	{ ROUTE_STOP_POST, "stop", DESK_STOP },
	{ ROUTE_RESTART_POST, "restart", DESK_RESTART },
	{ ROUTE_SHELVE_POST, "shelve", DESK_SHELVE },
	{ ROUTE_RELEASE_POST, "release", DESK_RELEASE },
};

static void run_task(gpointer task)
{
	task_run(task);
	task_unref(task);
}

/* A task about the desktop of the request. */
static struct task_params params_of(struct visit *visit, enum task_kind kind)
{
	const struct portal_config *config = visit->portal->config;
	const char *id = request_subject(visit->request);

	return (struct task_params){
		.account = visit->person->account,
		.kind = kind,
		.desk_id = id,
		.name = person_desk_name(visit->person, id),
		.timeout_s = (int)config->task_s,
		.unwatched_us = config->unwatched_s * G_USEC_PER_SEC,
	};
}

static void record_task(struct visit *visit, const char *event, const char *pool)
{
	g_autofree char *project = account_project_name(visit->person->account);
	struct audit_line *line = visit_record(visit, event);

	audit_text(line, "project", project);
	audit_text(line, pool ? "pool" : "desktop", pool ? pool : request_subject(visit->request));
	audit_end(line);
}

/* Have a worker run the task, which is taken over. pool: for the record; or NULL. */
static struct answer *begin_task(struct visit *visit, struct task *task, const char *event,
		const char *pool)
{
	g_autofree char *path = g_strconcat("/task/", task_id(task), NULL);

	if (!person_add_task(visit->person, task))
		return visit_busy(visit);
	if (!crew_begin(visit->portal->crew, run_task, task_ref(task))) {
		task_unref(task);
		person_drop_task(visit->person, task);
		return visit_busy(visit);
	}
	record_task(visit, event, pool);
	return answer_redirect(path);
}

struct answer *visit_open(struct visit *visit, gboolean here)
{
	struct task_params p = params_of(visit, TASK_OPEN);

	if (here && !visit->portal->files)
		return visit_refuse(visit, MHD_HTTP_NOT_FOUND, WORD_TROUBLE_PAGE);
	p.here = here;
	return begin_task(visit, task_new(&p), here ? "open-here" : "open", NULL);
}

struct answer *visit_post_change(struct visit *visit)
{
	struct task_params p = params_of(visit, TASK_CHANGE);
	const char *event = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		if (changes[i].route != request_route(visit->request))
			continue;
		event = changes[i].event;
		p.change = changes[i].change;
	}
	return begin_task(visit, task_new(&p), event, NULL);
}

struct answer *visit_post_pool(struct visit *visit)
{
	const struct portal_config *config = visit->portal->config;
	const char *pool = form_get(request_form(visit->request), "pool");
	const struct task_params p = {
		.account = visit->person->account,
		.kind = TASK_ASSIGN,
		.name = pool,
		.timeout_s = (int)config->task_s,
		.unwatched_us = config->unwatched_s * G_USEC_PER_SEC,
	};

	if (!pool || !*pool || !config->pools)
		return visit_refuse(visit, MHD_HTTP_BAD_REQUEST, WORD_TROUBLE_FORM);
	return begin_task(visit, task_new(&p), "assign", pool);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crew.h"

/* So many calls may wait for each worker. */
#define WAITING_MAX 8

struct crew {
	GThreadPool *workers, *tasks;
	guint workers_max, tasks_max;
	gint running; /* tasks; atomic */
};

struct job {
	crew_job run;
	gpointer data;
	gint *running; /* or NULL */
};

static void run_job(gpointer data, gpointer unused)
{
	struct job *job = data;

	job->run(job->data);
	if (job->running)
		g_atomic_int_add(job->running, -1);
	g_free(job);
}

struct crew *crew_new(guint workers, guint tasks)
{
	struct crew *crew = g_new0(struct crew, 1);

	crew->workers_max = workers;
	crew->tasks_max = tasks;
	crew->workers = g_thread_pool_new(run_job, NULL, (gint)workers, FALSE, NULL);
	crew->tasks = g_thread_pool_new(run_job, NULL, (gint)tasks, FALSE, NULL);
	return crew;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	g_thread_pool_free(crew->workers, FALSE, TRUE);
	g_thread_pool_free(crew->tasks, FALSE, TRUE);
	g_free(crew);
}

static void push(GThreadPool *pool, crew_job run, gpointer data, gint *running)
{
	struct job *job = g_new0(struct job, 1);

	job->run = run;
	job->data = data;
	job->running = running;
	g_thread_pool_push(pool, job, NULL);
}

gboolean crew_has_room(const struct crew *crew)
{
	return g_thread_pool_unprocessed(crew->workers) < crew->workers_max * WAITING_MAX;
}

void crew_call(struct crew *crew, crew_job run, gpointer data)
{
	push(crew->workers, run, data, NULL);
}

gboolean crew_begin(struct crew *crew, crew_job run, gpointer data)
{
	if (g_atomic_int_add(&crew->running, 1) >= (gint)crew->tasks_max) {
		g_atomic_int_add(&crew->running, -1);
		return FALSE;
	}
	push(crew->tasks, run, data, &crew->running);
	return TRUE;
}

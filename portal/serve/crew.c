/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crew.h"

/* So many calls may wait for each worker. */
#define WAITING_MAX 8

struct crew {
	GThreadPool *workers, *tasks;
	guint workers_max, tasks_max;
	GMutex lock;
	GCond done;
	gboolean closed; /* these three under the lock */
	guint calls;     /* reserved, waiting or running */
	guint running;   /* tasks */
};

struct job {
	struct crew *crew;
	guint *count; /* one of the crew's */
	crew_job run;
	gpointer data;
};

static void run_job(gpointer data, gpointer unused)
{
	struct job *job = data;
	struct crew *crew = job->crew;

	job->run(job->data);
	g_mutex_lock(&crew->lock);
	--*job->count;
	g_cond_broadcast(&crew->done);
	g_mutex_unlock(&crew->lock);
	g_free(job);
}

struct crew *crew_new(guint workers, guint tasks)
{
	struct crew *crew = g_new0(struct crew, 1);

	crew->workers_max = workers;
	crew->tasks_max = tasks;
	g_mutex_init(&crew->lock);
	g_cond_init(&crew->done);
	crew->workers = g_thread_pool_new(run_job, NULL, (gint)workers, FALSE, NULL);
	crew->tasks = g_thread_pool_new(run_job, NULL, (gint)tasks, FALSE, NULL);
	return crew;
}

void crew_close(struct crew *crew)
{
	g_mutex_lock(&crew->lock);
	crew->closed = TRUE;
	while (crew->calls || crew->running)
		g_cond_wait(&crew->done, &crew->lock);
	g_mutex_unlock(&crew->lock);
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	g_thread_pool_free(crew->workers, FALSE, TRUE);
	g_thread_pool_free(crew->tasks, FALSE, TRUE);
	g_cond_clear(&crew->done);
	g_mutex_clear(&crew->lock);
	g_free(crew);
}

static gboolean take(struct crew *crew, guint *count, guint max)
{
	gboolean room;

	g_mutex_lock(&crew->lock);
	room = !crew->closed && *count < max;
	*count += room;
	g_mutex_unlock(&crew->lock);
	return room;
}

static void push(struct crew *crew, GThreadPool *pool, guint *count, crew_job run, gpointer data)
{
	struct job *job = g_new0(struct job, 1);

	job->crew = crew;
	job->count = count;
	job->run = run;
	job->data = data;
	g_thread_pool_push(pool, job, NULL);
}

gboolean crew_reserve(struct crew *crew)
{
	return take(crew, &crew->calls, crew->workers_max * (1 + WAITING_MAX));
}

void crew_call(struct crew *crew, crew_job run, gpointer data)
{
	push(crew, crew->workers, &crew->calls, run, data);
}

gboolean crew_begin(struct crew *crew, crew_job run, gpointer data)
{
	if (!take(crew, &crew->running, crew->tasks_max))
		return FALSE;
	push(crew, crew->tasks, &crew->running, run, data);
	return TRUE;
}

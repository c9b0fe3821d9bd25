/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "counters.h"
#include "engine.h"
#include "faults.h"

struct entry {
	struct entry *next;
	struct engine_job job;
};

struct engine {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct entry *first, **last;
	int64_t submitted, done; /* numbers of jobs */
	bool stopping, stalled;
};

static struct timespec deadline_after(uint64_t ns)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ns / 1000000000);
	t.tv_nsec += (long)(ns % 1000000000);
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Called with the lock held: a hung GPU, which only engine_destroy() ends. */
static void stall(struct engine *engine)
{
	struct timespec end = deadline_after((uint64_t)faults.stall_ms * 1000000);

	engine->stalled = true;
	pthread_cond_broadcast(&engine->changed);
	while (!engine->stopping) {
		if (pthread_cond_timedwait(&engine->changed, &engine->lock, &end) == ETIMEDOUT)
			break;
	}
	engine->stalled = false;
}

static void *run_jobs(void *arg)
{
	struct engine *engine = arg;

	pthread_mutex_lock(&engine->lock);
	for (;;) {
		struct entry *entry;

		while (!engine->first && !engine->stopping)
			pthread_cond_wait(&engine->changed, &engine->lock);
		if (fault_strikes(&faults.stall_job))
			stall(engine);
		if (engine->stopping)
			break;
		entry = engine->first;
		engine->first = entry->next;
		if (!engine->first)
			engine->last = &engine->first;
		pthread_mutex_unlock(&engine->lock);
		entry->job.run(entry->job.data);
		entry->job.free(entry->job.data);
		free(entry);
		pthread_mutex_lock(&engine->lock);
		engine->done++;
		pthread_cond_broadcast(&engine->changed);
	}
	pthread_mutex_unlock(&engine->lock);
	return NULL;
}

int engine_create(struct engine **out)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	pthread_condattr_t attr;
	int err;

	if (!engine)
		return -ENOMEM;
	engine->last = &engine->first;
	pthread_mutex_init(&engine->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&engine->changed, &attr);
	pthread_condattr_destroy(&attr);
	err = pthread_create(&engine->thread, NULL, run_jobs, engine);
	if (err) {
		pthread_cond_destroy(&engine->changed);
		pthread_mutex_destroy(&engine->lock);
		free(engine);
		return -err;
	}
	*out = engine;
	return 0;
}

void engine_destroy(struct engine *engine)
{
	if (!engine)
		return;
	pthread_mutex_lock(&engine->lock);
	engine->stopping = true;
	pthread_cond_broadcast(&engine->changed);
	pthread_mutex_unlock(&engine->lock);
	pthread_join(engine->thread, NULL);
	while (engine->first) {
		struct entry *entry = engine->first;

		engine->first = entry->next;
		entry->job.free(entry->job.data);
		free(entry);
	}
	pthread_cond_destroy(&engine->changed);
	pthread_mutex_destroy(&engine->lock);
	free(engine);
}

int64_t engine_submit(struct engine *engine, const struct engine_job *job)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	int64_t number;

	if (!entry)
		return -ENOMEM;
	entry->job = *job;
	pthread_mutex_lock(&engine->lock);
	*engine->last = entry;
	engine->last = &entry->next;
	number = ++engine->submitted;
	pthread_cond_broadcast(&engine->changed);
	pthread_mutex_unlock(&engine->lock);
	return number;
}

bool engine_wait(struct engine *engine, int64_t job, uint64_t timeout_ns)
{
	struct timespec end;
	bool done;

	if (timeout_ns != UINT64_MAX)
		end = deadline_after(timeout_ns < UINT64_C(1) << 62 ? timeout_ns :
				UINT64_C(1) << 62);
	pthread_mutex_lock(&engine->lock);
	while (engine->done < job) {
		if (engine->stalled && faults.unhurried && timeout_ns != UINT64_MAX) {
			COUNTER(waited_ms) += timeout_ns / 1000000;
			break;
		}
		if (timeout_ns == UINT64_MAX || faults.unhurried)
			pthread_cond_wait(&engine->changed, &engine->lock);
		else if (pthread_cond_timedwait(&engine->changed, &engine->lock, &end) == ETIMEDOUT)
			break;
	}
	done = engine->done >= job;
	pthread_mutex_unlock(&engine->lock);
	return done;
}

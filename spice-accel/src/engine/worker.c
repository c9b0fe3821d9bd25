/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread.h"
#include "frame/frame.h"

enum state {
	IDLE,
	QUEUED, /* job waits or runs */
	DONE,   /* result waits */
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int done_fd;

	/* under lock */
	enum state state;
	bool quit, forgive;
	struct job job;
	struct job_result result;
	struct packet spare;

	struct engine *engine; /* encode thread only */
};

static void signal_done(struct worker *w)
{
	uint64_t one = 1;

	/* cannot fail: the counter is read before the next job */
	if (write(w->done_fd, &one, sizeof one) < 0)
		log_error("eventfd: %s", strerror(errno));
}

static void *run(void *opaque)
{
	struct worker *w = opaque;
	struct job_result result = { 0 };

	pthread_setname_np(pthread_self(), "accel-encode");
	pthread_mutex_lock(&w->lock);
	while (!w->quit) {
		struct job job;

		if (w->state != QUEUED) {
			pthread_cond_wait(&w->wake, &w->lock);
			continue;
		}
		job = w->job;
		result.packet = w->spare;
		memset(&w->spare, 0, sizeof w->spare);
		if (w->forgive)
			engine_forgive(w->engine);
		w->forgive = false;
		pthread_mutex_unlock(&w->lock);
		engine_run(w->engine, &job, &result);
		spice_accel_frame_unref(job.frame);
		pthread_mutex_lock(&w->lock);
		w->result = result;
		w->state = DONE;
		signal_done(w);
	}
	pthread_mutex_unlock(&w->lock);
	engine_destroy(w->engine);
	return NULL;
}

int worker_create(struct worker **out, struct engine *engine, int *done_fd)
{
	struct worker *w = calloc(1, sizeof *w);
	int ret = -ENOMEM;

	if (!w)
		goto fail;
	w->engine = engine;
	w->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->done_fd < 0) {
		ret = -errno;
		goto fail;
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	ret = thread_start(&w->thread, run, w);
	if (ret < 0)
		goto fail_fd;
	*done_fd = w->done_fd;
	*out = w;
	return 0;

fail_fd:
	close(w->done_fd);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
fail:
	engine_destroy(engine);
	free(w);
	return ret;
}

void worker_destroy(struct worker *w)
{
	if (!w)
		return;
	engine_interrupt(w->engine); /* its thread ends the engine after `quit` */
	pthread_mutex_lock(&w->lock);
	w->quit = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	if (w->state == QUEUED)
		spice_accel_frame_unref(w->job.frame);
	if (w->state == DONE)
		packet_finish(&w->result.packet);
	packet_finish(&w->spare);
	close(w->done_fd);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

bool worker_busy(const struct worker *worker)
{
	struct worker *w = (struct worker *)worker;
	bool busy;

	pthread_mutex_lock(&w->lock);
	busy = w->state != IDLE;
	pthread_mutex_unlock(&w->lock);
	return busy;
}

void worker_submit(struct worker *w, const struct job *job)
{
	pthread_mutex_lock(&w->lock);
	w->job = *job;
	if (w->job.frame)
		spice_accel_frame_ref(w->job.frame);
	w->state = QUEUED;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

bool worker_take(struct worker *w, struct job_result *result)
{
	uint64_t count;
	bool have;

	pthread_mutex_lock(&w->lock);
	have = w->state == DONE;
	if (have) {
		if (read(w->done_fd, &count, sizeof count) < 0 && errno != EAGAIN)
			log_error("eventfd: %s", strerror(errno));
		*result = w->result;
		memset(&w->result.packet, 0, sizeof w->result.packet);
		w->state = IDLE;
	}
	pthread_mutex_unlock(&w->lock);
	return have;
}

void worker_recycle(struct worker *w, struct packet *packet)
{
	pthread_mutex_lock(&w->lock);
	if (w->spare.capacity < packet->capacity) {
		packet_finish(&w->spare);
		w->spare = *packet;
		memset(packet, 0, sizeof *packet);
	}
	pthread_mutex_unlock(&w->lock);
	packet_finish(packet);
}

void worker_forgive(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->forgive = true;
	pthread_mutex_unlock(&w->lock);
}

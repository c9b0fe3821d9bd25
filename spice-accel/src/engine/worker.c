/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/worker.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/dmabuf-reader.h"

#define MAX_QP 51
#define MAX_TRIES 4
/* A broken encoder is tried again after this long, in case it was the moment. */
#define FORGIVE_US 60000000u

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
	struct worker_job job;
	struct worker_result result;
	struct packet spare;

	/* encode thread only */
	struct encoder *encoder;
	struct worker_config config; /* of the encoder */
	uint32_t failed;             /* bit i: config.order[i] */
	uint64_t failed_us;          /* when the last one failed */
	struct dmabuf_reader reader; /* of the fallback */
	struct picture fallback;     /* DMA-BUF content for encoders that need a picture */
	bool fallback_valid;         /* its content is the picture encoded last */
	bool copy_dmabuf;            /* this encoder could not import this kind */
};

static void close_encoder(struct worker *w)
{
	encoder_destroy(w->encoder);
	w->encoder = NULL;
	w->copy_dmabuf = false;
	picture_finish(&w->fallback);
	dmabuf_reader_forgive(&w->reader);
	w->fallback_valid = false;
}

static bool same_config(const struct worker_config *a, const struct worker_config *b)
{
	return a->codec == b->codec && a->width == b->width && a->height == b->height &&
			a->fps == b->fps && !memcmp(a->order, b->order, sizeof a->order);
}

static int order_index(const struct worker_config *config, const struct encoder_impl *impl)
{
	for (int i = 0; config->order[i]; i++)
		if (config->order[i] == impl)
			return i;
	return -1;
}

static void mark_failed(struct worker *w, const struct encoder_impl *impl)
{
	int i = order_index(&w->config, impl);

	if (i >= 0)
		w->failed |= 1u << i;
	w->failed_us = clock_now_us();
}

static int open_encoder(struct worker *w, int error)
{
	struct encoder_params params = {
		.width = (w->config.width + 1) & ~1u,
		.height = (w->config.height + 1) & ~1u,
		.fps = w->config.fps,
		.threads = w->config.threads,
		.preset = w->config.preset,
		.render_node = w->config.render_node,
		.bitrate_kbps = w->config.bitrate_kbps,
	};

	for (int i = 0; w->config.order[i]; i++) {
		const struct encoder_impl *impl = w->config.order[i];
		int ret;

		if (impl->codec != w->config.codec || w->failed & 1u << i)
			continue;
		ret = encoder_create(&w->encoder, impl, &params);
		if (ret == 0) {
			log_info("encoder %s: %ux%u, %u frames/s", impl->name, params.width,
					params.height, params.fps);
			return 0;
		}
		log_warning("encoder %s does not start at %ux%u: %s", impl->name, params.width,
				params.height, strerror(-ret));
		mark_failed(w, impl);
		error = ret;
	}
	return error;
}

static int ensure_encoder(struct worker *w, const struct worker_config *config)
{
	if (w->failed && clock_now_us() - w->failed_us > FORGIVE_US)
		w->failed = 0;
	if (w->encoder && same_config(&w->config, config)) {
		if (w->config.bitrate_kbps != config->bitrate_kbps) {
			w->config.bitrate_kbps = config->bitrate_kbps;
			encoder_set_bitrate(w->encoder, config->bitrate_kbps);
		}
		return 0;
	}
	close_encoder(w);
	w->config = *config;
	return open_encoder(w, -ENODEV);
}

/* The picture that the encoder gets: the job's own, or a copy of a DMA-BUF. */
static int provide_picture(struct worker *w, const struct worker_job *job,
		struct encode_request *request)
{
	const struct encoder_impl *impl = w->encoder->impl;
	struct damage all = { 0 };
	int ret;

	request->picture = job->picture;
	request->frame = NULL;
	if (!job->frame)
		return 0;
	if (impl->caps & ENCODER_DMABUF && !w->copy_dmabuf) {
		request->frame = job->frame;
		return 0;
	}
	if (!w->fallback.buffer) {
		ret = picture_init(&w->fallback, impl->input, (w->config.width + 1) & ~1u,
				(w->config.height + 1) & ~1u);
		if (ret < 0)
			return ret;
		w->fallback_valid = false;
	}
	request->picture = &w->fallback;
	if (job->kind != ENCODE_NEW && w->fallback_valid)
		return 0;
	damage_add_all(&all, w->config.width, w->config.height);
	ret = dmabuf_reader_convert(&w->reader, &w->fallback, job->frame,
			w->fallback_valid ? &job->damage : &all, w->config.render_node);
	w->fallback_valid = ret == 0;
	return ret;
}

static int encode_once(struct worker *w, const struct worker_job *job,
		struct encode_request *request, struct packet *packet)
{
	int ret = provide_picture(w, job, request);

	packet_reset(packet);
	if (ret < 0) {
		log_error("the guest's DMA-BUF (%ux%u) cannot be read by encoder %s nor by the CPU: %s",
				job->frame->width, job->frame->height, w->encoder->impl->name,
				strerror(-ret));
		return ret;
	}
	ret = encoder_encode(w->encoder, request, packet);
	if (ret == -ENOTSUP && request->frame) {
		log_warning("encoder %s cannot import the guest's DMA-BUF (%s); copying it instead",
				w->encoder->impl->name,
				w->encoder->failure[0] ? w->encoder->failure : strerror(ENOTSUP));
		w->copy_dmabuf = true;
		request->key = true;
		return encode_once(w, job, request, packet);
	}
	return ret;
}

/* The next encoder after a failure; the picture goes on with an IDR. */
static int replace_encoder(struct worker *w, int error)
{
	const struct encoder_impl *old = w->encoder->impl;
	char why[sizeof w->encoder->failure];
	int ret;

	snprintf(why, sizeof why, "%s", w->encoder->failure[0] ? w->encoder->failure : strerror(-error));
	mark_failed(w, old);
	close_encoder(w);
	ret = open_encoder(w, error);
	if (ret < 0)
		log_error("encoder %s failed (%s) and no other one is left; the picture stands still",
				old->name, why);
	else
		log_warning("encoder %s failed (%s); %s takes over", old->name, why,
				w->encoder->impl->name);
	return ret;
}

/* About 6 steps of the quantiser halve the size (Rec. ITU-T H.264 8.5.8). */
static int coarser(int qp, size_t size, size_t max)
{
	int steps = (int)ceil(6.0 * log2((double)size / (double)max)) + 1;

	qp += steps < 2 ? 2 : steps;
	return qp > MAX_QP ? MAX_QP : qp;
}

static int run_job(struct worker *w, const struct worker_job *job, struct worker_result *result)
{
	struct encode_request request = {
		.kind = job->kind,
		.key = job->key,
		.qp = job->qp,
		.damage = &job->damage,
		.drop_unchanged = job->drop_unchanged,
		.partial = job->partial,
		.number = job->number,
		.capture_us = job->capture_us,
	};
	int ret = ensure_encoder(w, &job->config);

	if (ret < 0)
		return ret;
	for (result->tries = 1;; result->tries++) {
		ret = encode_once(w, job, &request, &result->packet);
		if (ret < 0) {
			ret = replace_encoder(w, ret);
			if (ret < 0)
				return ret;
			request.key = true;
			continue;
		}
		result->impl = w->encoder->impl;
		if (!job->max_bytes || result->packet.size <= job->max_bytes ||
				!(result->impl->caps & ENCODER_QP) || request.qp >= MAX_QP ||
				result->tries >= MAX_TRIES)
			return 0;
		/* What the encoder has as its reference was never sent: start afresh. */
		request.qp = coarser(request.qp, result->packet.size, job->max_bytes);
		request.key = true;
	}
}

static int encode_tiles(struct tile_batch *tiles, struct packet *packet)
{
	packet_reset(packet);
	return tile_batch_encode(tiles, packet);
}

static void process(struct worker *w, struct worker_job *job, struct worker_result *result)
{
	uint64_t cpu = clock_thread_cpu_us();

	result->generation = job->generation;
	result->kind = job->kind;
	result->capture_us = job->capture_us;
	result->impl = NULL;
	result->start_us = clock_now_us();
	result->tiles = job->tiles != NULL;
	if (job->tiles)
		result->error = encode_tiles(job->tiles, &result->packet);
	else
		result->error = run_job(w, job, result);
	result->done_us = clock_now_us();
	result->cpu_us = clock_thread_cpu_us() - cpu;
	result->source_us = w->encoder ? w->encoder->source_us : 0;
	result->wait_us = w->encoder ? w->encoder->wait_us : 0;
	spice_accel_frame_unref(job->frame);
	job->frame = NULL;
}

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
	struct worker_result result = { 0 };

	pthread_setname_np(pthread_self(), "accel-encode");
	pthread_mutex_lock(&w->lock);
	while (!w->quit) {
		struct worker_job job;

		if (w->state != QUEUED) {
			pthread_cond_wait(&w->wake, &w->lock);
			continue;
		}
		job = w->job;
		result.packet = w->spare;
		memset(&w->spare, 0, sizeof w->spare);
		if (w->forgive)
			w->failed = 0;
		w->forgive = false;
		pthread_mutex_unlock(&w->lock);
		process(w, &job, &result);
		pthread_mutex_lock(&w->lock);
		w->result = result;
		w->state = DONE;
		signal_done(w);
	}
	pthread_mutex_unlock(&w->lock);
	close_encoder(w);
	dmabuf_reader_finish(&w->reader);
	return NULL;
}

int worker_create(struct worker **out, int *done_fd)
{
	struct worker *w = calloc(1, sizeof *w);
	int ret;

	if (!w)
		return -ENOMEM;
	w->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->done_fd < 0) {
		ret = -errno;
		free(w);
		return ret;
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	ret = thread_start(&w->thread, run, w);
	if (ret < 0) {
		close(w->done_fd);
		pthread_cond_destroy(&w->wake);
		pthread_mutex_destroy(&w->lock);
		free(w);
		return ret;
	}
	*done_fd = w->done_fd;
	*out = w;
	return 0;
}

void worker_destroy(struct worker *w)
{
	if (!w)
		return;
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

void worker_submit(struct worker *w, const struct worker_job *job)
{
	pthread_mutex_lock(&w->lock);
	w->job = *job;
	if (w->job.frame)
		spice_accel_frame_ref(w->job.frame);
	w->state = QUEUED;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

bool worker_take(struct worker *w, struct worker_result *result)
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

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/local-engine.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "encode/encoder.h"
#include "engine/dmabuf-reader.h"
#include "engine/source.h"
#include "frame/frame.h"
#include "tiles/look.h"
#include "tiles/tile-batch.h"

#define MAX_QP 51
#define MAX_TRIES 4
/* A broken encoder is tried again after this long, in case it was the moment. */
#define FORGIVE_US 60000000u

struct local_engine {
	struct engine base;
	struct encoder *encoder;
	struct job_config config;    /* of the encoder */
	uint32_t failed;             /* bit i: config.encoders[i] */
	uint64_t failed_us;          /* when the last one failed */
	struct gpu gpu;              /* OpenGL for the next two */
	struct source source;        /* the pixels of DMA-BUFs, for looks and tiles */
	struct dmabuf_reader reader; /* of the fallback */
	struct picture fallback;     /* DMA-BUF content for encoders that need a picture */
	bool fallback_valid;         /* its content is the picture encoded last */
	bool copy_dmabuf;            /* this encoder could not import this kind */
	uint64_t copied_bytes;       /* of DMA-BUFs, that the processor read into the fallback */
};

static struct local_engine *of(struct engine *base)
{
	return (struct local_engine *)base;
}

static void close_encoder(struct local_engine *e)
{
	encoder_destroy(e->encoder);
	e->encoder = NULL;
	e->copy_dmabuf = false;
	picture_finish(&e->fallback);
	dmabuf_reader_forgive(&e->reader);
	gpu_forgive(&e->gpu);
	e->fallback_valid = false;
}

static bool same_config(const struct job_config *a, const struct job_config *b)
{
	return a->codec == b->codec && a->width == b->width && a->height == b->height &&
			a->fps == b->fps && a->n_encoders == b->n_encoders &&
			!memcmp(a->encoders, b->encoders, a->n_encoders * sizeof a->encoders[0]);
}

static void mark_failed(struct local_engine *e, const struct encoder_impl *impl)
{
	for (uint32_t i = 0; i < e->config.n_encoders; i++)
		if (e->config.encoders[i] == encoder_id(impl))
			e->failed |= 1u << i;
	e->failed_us = clock_now_us();
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static void fill_params(const struct job_config *config, struct encoder_params *params)
{
	*params = (struct encoder_params){
		.width = (config->width + 1) & ~1u,
		.height = (config->height + 1) & ~1u,
		.fps = config->fps,
		.threads = config->threads,
		.preset = text_or_null(config->preset),
		.render_node = text_or_null(config->render_node),
		.bitrate_kbps = config->bitrate_kbps,
	};
}

static int open_encoder(struct local_engine *e, int error)
{
	struct encoder_params params;

	fill_params(&e->config, &params);
	for (uint32_t i = 0; i < e->config.n_encoders; i++) {
		const struct encoder_impl *impl = encoder_impl_at(e->config.encoders[i]);
		int ret;

		if (!impl || impl->codec != e->config.codec || e->failed & 1u << i)
			continue;
		ret = encoder_create(&e->encoder, impl, &params);
		if (ret == 0) {
			log_info("encoder %s: %ux%u, %u frames/s", impl->name, params.width,
					params.height, params.fps);
			return 0;
		}
		log_warning("encoder %s does not start at %ux%u: %s", impl->name, params.width,
				params.height, strerror(-ret));
		mark_failed(e, impl);
		error = ret;
	}
	return error;
}

static int ensure_encoder(struct local_engine *e, const struct job_config *config)
{
	if (config->n_encoders > ENCODERS_MAX)
		return -EINVAL;
	if (e->failed && clock_now_us() - e->failed_us > FORGIVE_US)
		e->failed = 0;
	if (e->encoder && same_config(&e->config, config)) {
		if (e->config.bitrate_kbps != config->bitrate_kbps) {
			e->config.bitrate_kbps = config->bitrate_kbps;
			encoder_set_bitrate(e->encoder, config->bitrate_kbps);
		}
		return 0;
	}
	close_encoder(e);
	e->config = *config;
	return open_encoder(e, -ENODEV);
}

/* The picture that the encoder gets: the job's own, or a copy of a DMA-BUF. */
static int provide_picture(struct local_engine *e, const struct job *job,
		struct encode_request *request)
{
	const struct encoder_impl *impl = e->encoder->impl;
	struct damage all = { 0 };
	int ret;

	request->picture = job->picture;
	request->frame = NULL;
	if (!job->frame)
		return 0;
	if (impl->caps & ENCODER_DMABUF && !e->copy_dmabuf) {
		request->frame = job->frame;
		return 0;
	}
	if (!e->fallback.buffer) {
		ret = picture_init(&e->fallback, impl->input, (e->config.width + 1) & ~1u,
				(e->config.height + 1) & ~1u);
		if (ret < 0)
			return ret;
		e->fallback_valid = false;
	}
	request->picture = &e->fallback;
	if (job->kind != ENCODE_NEW && e->fallback_valid)
		return 0;
	damage_add_all(&all, e->config.width, e->config.height);
	ret = dmabuf_reader_convert(&e->reader, &e->fallback, job->frame,
			e->fallback_valid ? &job->damage : &all,
			text_or_null(e->config.render_node));
	e->copied_bytes += frame_bytes_per_pixel(job->frame->fourcc) *
			damage_area(e->fallback_valid ? &job->damage : &all);
	e->fallback_valid = ret == 0;
	return ret;
}

static int encode_once(struct local_engine *e, const struct job *job,
		struct encode_request *request, struct packet *packet)
{
	int ret = provide_picture(e, job, request);

	packet_reset(packet);
	if (ret < 0) {
		log_error("the guest's DMA-BUF (%ux%u) cannot be read by encoder %s nor by the "
				"CPU: %s",
				job->frame->width, job->frame->height, e->encoder->impl->name,
				strerror(-ret));
		return ret;
	}
	ret = encoder_encode(e->encoder, request, packet);
	if (ret == -ENOTSUP && request->frame) {
		log_warning("encoder %s cannot import the guest's DMA-BUF (%s); copying it instead",
				e->encoder->impl->name,
				e->encoder->failure[0] ? e->encoder->failure : strerror(ENOTSUP));
		e->copy_dmabuf = true;
		request->key = true;
		return encode_once(e, job, request, packet);
	}
	return ret;
}

/* The next encoder after a failure; the picture goes on with an IDR. */
static int replace_encoder(struct local_engine *e, int error)
{
	const struct encoder_impl *old = e->encoder->impl;
	char why[sizeof e->encoder->failure];
	int ret;

	snprintf(why, sizeof why, "%s",
			e->encoder->failure[0] ? e->encoder->failure : strerror(-error));
	mark_failed(e, old);
	close_encoder(e);
	ret = open_encoder(e, error);
	if (ret < 0)
		log_error("encoder %s failed (%s) and no other one is left; the picture stands "
				"still",
				old->name, why);
	else
		log_warning("encoder %s failed (%s); %s takes over", old->name, why,
				e->encoder->impl->name);
	return ret;
}

/* About 6 steps of the quantiser halve the size (Rec. ITU-T H.264 8.5.8). */
static int coarser(int qp, size_t size, size_t max)
{
	int steps = (int)ceil(6.0 * log2((double)size / (double)max)) + 1;

	qp += steps < 2 ? 2 : steps;
	return qp > MAX_QP ? MAX_QP : qp;
}

static int run_job(struct local_engine *e, const struct job *job, struct job_result *result)
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
	int ret = ensure_encoder(e, &job->config);

	if (ret < 0)
		return ret;
	for (result->tries = 1;; result->tries++) {
		ret = encode_once(e, job, &request, &result->packet);
		if (ret < 0) {
			ret = replace_encoder(e, ret);
			if (ret < 0)
				return ret;
			request.key = true;
			continue;
		}
		encoder_info_at(encoder_id(e->encoder->impl), &result->encoder);
		if (!job->max_bytes || result->packet.size <= job->max_bytes ||
				!(result->encoder.caps & ENCODER_QP) || request.qp >= MAX_QP ||
				result->tries >= MAX_TRIES)
			return 0;
		/* The encoder refers to a picture that was never sent: start afresh. */
		request.qp = coarser(request.qp, result->packet.size, job->max_bytes);
		request.key = true;
	}
}

static int show_pixels(struct local_engine *e, const struct job *job)
{
	return source_show(&e->source, job->frame, job->pixels,
			text_or_null(job->config.render_node));
}

/* Pixels that end do so before the result is there. */
static int hide_pixels(struct local_engine *e)
{
	source_hide(&e->source);
	return e->source.error;
}

static int encode_tiles(struct local_engine *e, const struct job *job, struct job_result *result)
{
	int ret = 0;

	packet_reset(&result->packet);
	if (job->pixels) {
		result->pixels_error = show_pixels(e, job);
		if (result->pixels_error < 0)
			return result->pixels_error;
		ret = tile_batch_read(job->tiles, e->source.pixels);
		result->pixels_error = hide_pixels(e);
	}
	return ret < 0 ? ret : tile_batch_encode(job->tiles, &result->packet);
}

static int run_look(struct local_engine *e, const struct job *job, struct job_result *result)
{
	packet_reset(&result->packet);
	result->pixels_error = show_pixels(e, job);
	if (result->pixels_error < 0)
		return result->pixels_error;
	look_run(job->look, e->source.pixels);
	result->pixels_error = hide_pixels(e);
	return result->pixels_error;
}

/* The picture may go out even if its pixels cannot be remembered. */
static void remember(struct local_engine *e, const struct job *job, struct job_result *result)
{
	result->pixels_error = show_pixels(e, job);
	if (result->pixels_error < 0)
		return;
	for (unsigned i = 0; i < job->damage.n; i++)
		pixels_remember(e->source.pixels, &job->damage.rects[i]);
	result->pixels_error = hide_pixels(e);
}

static int run_any(struct local_engine *e, const struct job *job, struct job_result *result)
{
	if (job->look)
		return run_look(e, job, result);
	if (job->tiles)
		return encode_tiles(e, job, result);
	if (job->pixels)
		remember(e, job, result);
	return run_job(e, job, result);
}

static uint64_t read_bytes(const struct local_engine *e)
{
	return e->copied_bytes + source_read_bytes(&e->source);
}

static void run(struct engine *base, const struct job *job, struct job_result *result)
{
	struct local_engine *e = of(base);
	uint64_t cpu = clock_thread_cpu_us(), bytes = read_bytes(e);

	result->generation = job->generation;
	result->kind = job->kind;
	result->capture_us = job->capture_us;
	memset(&result->encoder, 0, sizeof result->encoder);
	result->start_us = clock_now_us();
	result->remote = false;
	result->tiles = job->tiles != NULL;
	result->look = job->look != NULL;
	result->pixels_error = 0;
	result->error = run_any(e, job, result);
	result->done_us = clock_now_us();
	result->read_bytes = read_bytes(e) - bytes;
	result->cpu_us = clock_thread_cpu_us() - cpu;
	result->source_us = e->encoder ? e->encoder->source_us : 0;
	result->wait_us = e->encoder ? e->encoder->wait_us : 0;
}

static void forgive(struct engine *base)
{
	of(base)->failed = 0;
}

int local_engine_probe(uint32_t encoder, const struct job_config *config, char *why, size_t size)
{
	const struct encoder_impl *impl = encoder_impl_at(encoder);
	struct encoder_params params;

	if (!impl)
		return -ENOENT;
	fill_params(config, &params);
	return encoder_probe(impl, &params, why, size);
}

static void lose_gpu(void *opaque)
{
	struct local_engine *e = opaque;

	source_lose(&e->source);
}

static void destroy(struct engine *base)
{
	struct local_engine *e = of(base);

	close_encoder(e);
	source_finish(&e->source);
	dmabuf_reader_finish(&e->reader);
	gpu_finish(&e->gpu);
	free(e);
}

static const struct engine_impl local_engine = {
	.run = run,
	.forgive = forgive,
	.destroy = destroy,
};

void local_engine_forbid_gpu(struct engine *engine)
{
	of(engine)->gpu.forbidden = true;
}

int local_engine_create(struct engine **out)
{
	struct local_engine *e = calloc(1, sizeof *e);

	if (!e)
		return -ENOMEM;
	e->base.impl = &local_engine;
	e->gpu.closing = lose_gpu;
	e->gpu.opaque = e;
	e->source.gpu = e->reader.gpu = &e->gpu;
	*out = &e->base;
	return 0;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "encode.h"
#include "engine.h"
#include "faults.h"

static void job_free(void *data)
{
	struct encode_job *job = data;

	if (!job)
		return;
	if (job->coded)
		object_unref(&job->coded->object);
	if (job->source)
		object_unref(&job->source->object);
	if (job->context)
		object_unref(&job->context->object);
	free(job->prefix);
	free(job);
}

static void job_run(void *data)
{
	struct encode_job *job = data;
	VAStatus status = x264_encode_job(ENCODER(job->context), job);

	job->coded->status = status;
	if (status)
		COUNTER(encode_failures)++;
	else
		COUNTER(encodes)++;
}

static void encode_begin(struct context *context)
{
	struct encoder *encoder = ENCODER(context);

	job_free(encoder->job);
	encoder->job = calloc(1, sizeof(*encoder->job));
	encoder->have_pic = false;
	encoder->packed_pending = false;
	encoder->n_headers = 0;
	if (!encoder->job) {
		context->failed = VA_STATUS_ERROR_ALLOCATION_FAILED;
		return;
	}
	encoder->job->source = context->target;
	object_ref(&context->target->object);
}

static VAStatus encode_render(struct context *context, struct buffer *buffer)
{
	if (!ENCODER(context)->job)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	return encode_parse_buffer(context, buffer);
}

static VAStatus encode_end(struct context *context)
{
	struct encoder *encoder = ENCODER(context);
	struct encode_job *job = encoder->job;
	struct engine_job work = { .run = job_run, .free = job_free, .data = job };
	VAStatus status = encode_check(context);
	struct buffer *coded;
	int64_t number;

	if (status)
		return status;
	if (fault_end_picture(context->config.entrypoint == VAEntrypointEncSliceLP))
		return reject(context->driver, VA_STATUS_ERROR_ENCODING_ERROR,
				"encode: failed (injected)");
	encoder->tries = job->again ? encoder->tries + 1 : 1;
	if (job->again)
		COUNTER(retries)++;
	else
		encoder->base = job->pic.pic_fields.bits.idr_pic_flag ? 0 : encoder->pictures;
	encoder->last_idr_pic_id = job->slices[0].va.idr_pic_id;
	SURFACE(context->driver, job->pic.CurrPic.picture_id)->recon = ++encoder->pictures;
	job->context = context;
	object_ref(&context->object);
	/* The lock is held, and the application's references with it. */
	coded = job->coded;
	number = engine_submit(context->driver->engine, &work);
	if (number < 0)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	encoder->job = NULL;
	coded->job = number;
	context->target->job = number;
	return VA_STATUS_SUCCESS;
}

static void encode_finish(struct context *context)
{
	struct encoder *encoder = ENCODER(context);

	if (!encoder)
		return;
	job_free(encoder->job);
	x264_encoder_free(encoder->x264);
	free(encoder->previous);
	free(encoder);
}

static const struct context_impl encode_impl = {
	.begin = encode_begin,
	.render = encode_render,
	.end = encode_end,
	.finish = encode_finish,
};

VAStatus encode_context_init(struct context *context)
{
	struct encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	encoder->rate.quality_level = 4;
	context->priv = encoder;
	context->impl = &encode_impl;
	return VA_STATUS_SUCCESS;
}

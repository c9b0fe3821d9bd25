/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libyuv.h>

#include "counters.h"
#include "engine.h"
#include "h264.h"
#include "surface.h"

/*
 * libavcodec decodes a byte stream that is put together again from VA's
 * parameters. A picture is taken from the memory that libavcodec asked for
 * while it decoded, so that the order of display plays no part.
 */

enum { MAX_DECODE_SLICES = 256 };

struct decode_slice {
	VASliceParameterBufferH264 va;
	uint8_t *data; /* a unit without start code */
	size_t size;
};

struct decode_job {
	struct context *context; /* references */
	struct surface *target;
	uint8_t *stream;
	size_t size;
};

struct decoder {
	/* the application's side: */
	VAPictureParameterBufferH264 pic;
	VAIQMatrixBufferH264 iq;
	bool have_pic, have_iq;
	struct decode_slice slices[MAX_DECODE_SLICES];
	unsigned int n_slices, n_params;
	uint8_t sps[1024];
	size_t sps_size; /* the last one written */
	/* the engine's side: */
	AVCodecContext *avctx;
	AVFrame *last; /* what libavcodec decodes into */
	AVFrame *output;
	AVPacket *packet;
};

#define DECODER(context) ((struct decoder *)(context)->priv)

static void forget_slices(struct decoder *d)
{
	for (unsigned int i = 0; i < d->n_slices; i++)
		free(d->slices[i].data);
	d->n_slices = d->n_params = 0;
}

static void decode_begin(struct context *context)
{
	struct decoder *d = DECODER(context);

	forget_slices(d);
	d->have_pic = d->have_iq = false;
}

static VAStatus add_slice_params(struct context *context, const struct buffer *buffer)
{
	struct decoder *d = DECODER(context);

	if (buffer->size < sizeof(VASliceParameterBufferH264) ||
			buffer->n_elements > MAX_DECODE_SLICES - d->n_params)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_BUFFER,
				"decode: slice parameters");
	for (uint32_t i = 0; i < buffer->n_elements; i++)
		memcpy(&d->slices[d->n_params++].va, buffer->data + (size_t)i * buffer->size,
				sizeof(VASliceParameterBufferH264));
	return VA_STATUS_SUCCESS;
}

/* Data follow their parameters. */
static VAStatus add_slice_data(struct context *context, const struct buffer *buffer)
{
	struct decoder *d = DECODER(context);
	size_t have = (size_t)buffer->size * buffer->n_elements;

	while (d->n_slices < d->n_params) {
		struct decode_slice *s = &d->slices[d->n_slices];

		if (!s->va.slice_data_size || s->va.slice_data_offset > have ||
				s->va.slice_data_size > have - s->va.slice_data_offset ||
				s->va.slice_data_flag != VA_SLICE_DATA_FLAG_ALL)
			return reject(context->driver, VA_STATUS_ERROR_INVALID_BUFFER,
					"decode: slice of %u bytes at %u of %zu",
					s->va.slice_data_size, s->va.slice_data_offset, have);
		s->data = malloc(s->va.slice_data_size);
		if (!s->data)
			return VA_STATUS_ERROR_ALLOCATION_FAILED;
		s->size = s->va.slice_data_size;
		memcpy(s->data, buffer->data + s->va.slice_data_offset, s->size);
		d->n_slices++;
	}
	return VA_STATUS_SUCCESS;
}

static VAStatus decode_render(struct context *context, struct buffer *buffer)
{
	struct decoder *d = DECODER(context);

	switch ((int)buffer->type) {
	case VAPictureParameterBufferType:
		if (buffer->size < sizeof(d->pic))
			break;
		memcpy(&d->pic, buffer->data, sizeof(d->pic));
		d->have_pic = true;
		return VA_STATUS_SUCCESS;
	case VAIQMatrixBufferType:
		if (buffer->size < sizeof(d->iq))
			break;
		memcpy(&d->iq, buffer->data, sizeof(d->iq));
		d->have_iq = true;
		return VA_STATUS_SUCCESS;
	case VASliceParameterBufferType: return add_slice_params(context, buffer);
	case VASliceDataBufferType: return add_slice_data(context, buffer);
	default: break;
	}
	return reject(context->driver, VA_STATUS_ERROR_UNSUPPORTED_BUFFERTYPE,
			"decode: buffer type %d of %u bytes", buffer->type, buffer->size);
}

static void sps_of(const VAPictureParameterBufferH264 *pic, struct h264_sps *sps)
{
	memset(sps, 0, sizeof(*sps));
	sps->profile_idc = 100;
	sps->level_idc = 51;
	sps->log2_max_frame_num = 4 + pic->seq_fields.bits.log2_max_frame_num_minus4;
	sps->poc_type = pic->seq_fields.bits.pic_order_cnt_type;
	sps->log2_max_poc_lsb = 4 + pic->seq_fields.bits.log2_max_pic_order_cnt_lsb_minus4;
	sps->delta_pic_order_always_zero = pic->seq_fields.bits.delta_pic_order_always_zero_flag;
	sps->max_num_ref_frames = pic->num_ref_frames;
	sps->gaps_in_frame_num = pic->seq_fields.bits.gaps_in_frame_num_value_allowed_flag;
	sps->frame_mbs_only = pic->seq_fields.bits.frame_mbs_only_flag;
	sps->mb_adaptive_frame_field = pic->seq_fields.bits.mb_adaptive_frame_field_flag;
	sps->direct_8x8_inference = pic->seq_fields.bits.direct_8x8_inference_flag;
	sps->width_mbs = pic->picture_width_in_mbs_minus1 + 1;
	sps->height_map_units = (pic->picture_height_in_mbs_minus1 + 1u) /
			(sps->frame_mbs_only ? 1 : 2);
	sps->vui_present = true;
	sps->no_reorder = true;
	sps->max_dec_frame_buffering = 16;
}

static bool flat_matrices(const VAIQMatrixBufferH264 *iq)
{
	const uint8_t *four = &iq->ScalingList4x4[0][0], *eight = &iq->ScalingList8x8[0][0];

	for (size_t i = 0; i < sizeof(iq->ScalingList4x4); i++) {
		if (four[i] != 16)
			return false;
	}
	for (size_t i = 0; i < sizeof(iq->ScalingList8x8); i++) {
		if (eight[i] != 16)
			return false;
	}
	return true;
}

static void pps_of(const struct decoder *d, struct h264_pps *pps)
{
	const VAPictureParameterBufferH264 *pic = &d->pic;

	memset(pps, 0, sizeof(*pps));
	pps->cabac = pic->pic_fields.bits.entropy_coding_mode_flag;
	pps->pic_order_present = pic->pic_fields.bits.pic_order_present_flag;
	pps->num_ref_idx[0] = pps->num_ref_idx[1] = 1;
	pps->weighted_pred = pic->pic_fields.bits.weighted_pred_flag;
	pps->weighted_bipred_idc = pic->pic_fields.bits.weighted_bipred_idc;
	pps->init_qp = 26 + pic->pic_init_qp_minus26;
	pps->chroma_qp_offset[0] = pic->chroma_qp_index_offset;
	pps->chroma_qp_offset[1] = pic->second_chroma_qp_index_offset;
	pps->deblocking_control = pic->pic_fields.bits.deblocking_filter_control_present_flag;
	pps->constrained_intra_pred = pic->pic_fields.bits.constrained_intra_pred_flag;
	pps->redundant_pic_cnt_present = pic->pic_fields.bits.redundant_pic_cnt_present_flag;
	pps->transform_8x8 = pic->pic_fields.bits.transform_8x8_mode_flag;
	if (d->have_iq && !flat_matrices(&d->iq)) {
		pps->scaling4 = d->iq.ScalingList4x4;
		pps->scaling8 = d->iq.ScalingList8x8;
	}
}

/* VA tells the PPS's defaults only through slices that do not override them. */
static VAStatus learn_from_slices(struct context *context, const struct h264_sps *sps,
		struct h264_pps *pps)
{
	struct decoder *d = DECODER(context);

	for (unsigned int i = 0; i < d->n_slices; i++) {
		const struct decode_slice *s = &d->slices[i];
		size_t n = s->size < 512 ? s->size : 512;
		struct h264_slice parsed;
		uint8_t raw[512];

		n = nal_unescape(s->data, n, raw);
		if (h264_parse_slice(raw, n, sps, pps, &parsed) < 0)
			return reject(context->driver, VA_STATUS_ERROR_DECODING_ERROR,
					"decode: header of slice %u", i);
		pps->id = parsed.pps_id;
		if (parsed.num_ref_idx_override || parsed.type == SLICE_I)
			continue;
		pps->num_ref_idx[0] = 1u + s->va.num_ref_idx_l0_active_minus1;
		if (parsed.type == SLICE_B)
			pps->num_ref_idx[1] = 1u + s->va.num_ref_idx_l1_active_minus1;
	}
	return VA_STATUS_SUCCESS;
}

static uint8_t *append_unit(uint8_t *out, const uint8_t *data, size_t size, bool escape)
{
	memcpy(out, "\0\0\0\1", 4);
	if (escape)
		return out + 4 + nal_escape(data, size, out + 4);
	memcpy(out + 4, data, size);
	return out + 4 + size;
}

static VAStatus build_stream(struct context *context, struct decode_job *job)
{
	struct decoder *d = DECODER(context);
	struct h264_sps sps;
	struct h264_pps pps;
	uint8_t data[2048], *out;
	struct bit_writer w = { .data = data, .capacity = sizeof(data) };
	size_t size = 8192;
	VAStatus status;

	sps_of(&d->pic, &sps);
	pps_of(d, &pps);
	status = learn_from_slices(context, &sps, &pps);
	if (status)
		return status;
	for (unsigned int i = 0; i < d->n_slices; i++)
		size += d->slices[i].size + 4;
	job->stream = out = calloc(1, size + AV_INPUT_BUFFER_PADDING_SIZE);
	if (!out)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	h264_write_sps(&w, &sps);
	if (w.pos / 8 != d->sps_size || memcmp(d->sps, data, d->sps_size)) {
		out = append_unit(out, data, w.pos / 8, true);
		d->sps_size = w.pos / 8;
		memcpy(d->sps, data, d->sps_size);
	}
	w.pos = 0;
	h264_write_pps(&w, &pps, true);
	out = append_unit(out, data, w.pos / 8, true);
	for (unsigned int i = 0; i < d->n_slices; i++)
		out = append_unit(out, d->slices[i].data, d->slices[i].size, false);
	job->size = (size_t)(out - job->stream);
	return VA_STATUS_SUCCESS;
}

static int remember_frame(struct AVCodecContext *avctx, AVFrame *frame, int flags)
{
	struct decoder *d = avctx->opaque;
	int ret = avcodec_default_get_buffer2(avctx, frame, flags);

	if (ret >= 0) {
		av_frame_unref(d->last);
		ret = av_frame_ref(d->last, frame);
	}
	return ret;
}

static void store_frame(struct surface *target, const AVFrame *frame)
{
	int w = frame->width < (int)target->width ? frame->width : (int)target->width;
	int h = frame->height < (int)target->height ? frame->height : (int)target->height;
	struct pixels px;

	if (surface_begin_write(target, &px) < 0)
		return;
	I420ToNV12(frame->data[0], frame->linesize[0], frame->data[1], frame->linesize[1],
			frame->data[2], frame->linesize[2], px.plane[0], (int)px.pitch[0],
			px.plane[1], (int)px.pitch[1], w, h);
	surface_end_write(target, &px);
}

static void decode_run(void *data)
{
	struct decode_job *job = data;
	struct decoder *d = DECODER(job->context);
	int ret;

	d->packet->data = job->stream;
	d->packet->size = (int)job->size;
	av_frame_unref(d->last);
	ret = avcodec_send_packet(d->avctx, d->packet);
	while (ret >= 0 && avcodec_receive_frame(d->avctx, d->output) >= 0)
		av_frame_unref(d->output);
	job->target->job_failed = VA_STATUS_SUCCESS;
	if (ret < 0 || !d->last->data[0] || d->last->format != AV_PIX_FMT_YUV420P) {
		job->target->job_failed = VA_STATUS_ERROR_DECODING_ERROR;
		return;
	}
	store_frame(job->target, d->last);
	COUNTER(decodes)++;
}

static void decode_job_free(void *data)
{
	struct decode_job *job = data;

	object_unref(&job->target->object);
	object_unref(&job->context->object);
	free(job->stream);
	free(job);
}

static VAStatus decode_end(struct context *context)
{
	struct decoder *d = DECODER(context);
	struct decode_job *job;
	struct engine_job work = { .run = decode_run, .free = decode_job_free };
	VAStatus status;
	int64_t number;

	if (!d->have_pic || !d->n_slices || d->n_slices != d->n_params)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"decode: picture parameters, slice parameters or data missing");
	if (context->target->format->va_fourcc != VA_FOURCC_NV12)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"decode: the target is not NV12");
	job = calloc(1, sizeof(*job));
	if (!job)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	job->context = context;
	object_ref(&context->object);
	job->target = context->target;
	object_ref(&context->target->object);
	work.data = job;
	status = build_stream(context, job);
	number = status ? -EINVAL : engine_submit(context->driver->engine, &work);
	if (number < 0) {
		decode_job_free(job);
		return status ? status : VA_STATUS_ERROR_ALLOCATION_FAILED;
	}
	context->target->job = number;
	return VA_STATUS_SUCCESS;
}

static void decode_finish(struct context *context)
{
	struct decoder *d = DECODER(context);

	if (!d)
		return;
	forget_slices(d);
	avcodec_free_context(&d->avctx);
	av_frame_free(&d->last);
	av_frame_free(&d->output);
	av_packet_free(&d->packet);
	free(d);
}

static const struct context_impl decode_impl = {
	.begin = decode_begin,
	.render = decode_render,
	.end = decode_end,
	.finish = decode_finish,
};

VAStatus decode_context_init(struct context *context)
{
	const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_H264);
	struct decoder *d = calloc(1, sizeof(*d));

	if (!d)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	context->priv = d;
	context->impl = &decode_impl;
	d->avctx = codec ? avcodec_alloc_context3(codec) : NULL;
	d->last = av_frame_alloc();
	d->output = av_frame_alloc();
	d->packet = av_packet_alloc();
	if (!d->avctx || !d->last || !d->output || !d->packet)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	d->avctx->opaque = d;
	d->avctx->get_buffer2 = remember_frame;
	d->avctx->thread_count = 1;
	d->avctx->thread_type = FF_THREAD_SLICE;
	d->avctx->flags = AV_CODEC_FLAG_LOW_DELAY | AV_CODEC_FLAG_OUTPUT_CORRUPT;
	d->avctx->flags2 = AV_CODEC_FLAG2_SHOW_ALL;
	if (avcodec_open2(d->avctx, codec, NULL) < 0)
		return reject(context->driver, VA_STATUS_ERROR_ALLOCATION_FAILED,
				"decode: libavcodec has no H.264 decoder");
	return VA_STATUS_SUCCESS;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "encode.h"

#define BAD(context, ...) \
	reject((context)->driver, VA_STATUS_ERROR_INVALID_PARAMETER, "encode: " __VA_ARGS__)

/* Hardware trusts this blindly: a reference that does not hold the picture
 * that the stream says makes a broken picture at each client. */
static VAStatus check_references(struct context *context)
{
	struct encoder *encoder = ENCODER(context);
	struct encode_job *job = encoder->job;
	struct surface *recon = SURFACE(context->driver, job->pic.CurrPic.picture_id);
	bool idr = job->pic.pic_fields.bits.idr_pic_flag;

	job->again = idr && encoder->pictures && !encoder->base &&
			encoder->last_idr_pic_id == job->slices[0].va.idr_pic_id;
	if (recon == job->source)
		return BAD(context, "the reconstructed surface is the source");
	if (recon->width + 15 < job->sps.width_mbs * 16 ||
			recon->height + 15 < job->sps.height_map_units * 16)
		return BAD(context, "reconstructed surface of %ux%u", recon->width, recon->height);
	for (unsigned int i = 0; i < job->n_slices; i++) {
		const VAEncSliceParameterBufferH264 *s = &job->slices[i].va;
		struct surface *ref = SURFACE(context->driver, s->RefPicList0[0].picture_id);

		if (s->slice_type % 5 != SLICE_P)
			continue;
		if (idr)
			return BAD(context, "P slice in an IDR picture");
		if (!ref || s->RefPicList0[0].flags & VA_PICTURE_H264_INVALID)
			return BAD(context, "P slice without reference");
		if (ref == recon)
			return BAD(context, "reference and reconstructed surface are the same");
		if (encoder->base && ref->recon == encoder->base) {
			job->again = true; /* the last picture was a try */
			continue;
		}
		if (!encoder->pictures || ref->recon != encoder->pictures)
			return BAD(context, "reference holds picture %llu, the last is %llu",
					(unsigned long long)ref->recon,
					(unsigned long long)encoder->pictures);
	}
	if (job->again && encoder->tries == MAX_TRIES)
		return BAD(context, "a picture is tried for the %uth time", encoder->tries + 1);
	if (job->again && job->refresh_columns)
		return BAD(context, "a picture with intra refresh is tried again");
	return VA_STATUS_SUCCESS;
}

static VAStatus check_slices(struct context *context)
{
	struct encode_job *job = ENCODER(context)->job;
	uint32_t total = job->sps.width_mbs * job->sps.height_map_units, used = 0;

	for (unsigned int i = 0; i < job->n_slices; i++) {
		const VAEncSliceParameterBufferH264 *s = &job->slices[i].va;

		if (s->slice_type % 5 == SLICE_B || s->slice_type > 9 ||
				s->slice_type % 5 > SLICE_I)
			return BAD(context, "slice type %u", s->slice_type);
		if (s->slice_type % 5 != job->slices[0].va.slice_type % 5)
			return BAD(context, "slices of several types");
		if (s->macroblock_address != used || !s->num_macroblocks ||
				s->num_macroblocks > total - used)
			return BAD(context, "slice %u: %u macroblocks at %u, %u of %u used", i,
					s->num_macroblocks, s->macroblock_address, used, total);
		if (s->pic_parameter_set_id != job->pps.id)
			return BAD(context, "slice %u: PPS %u", i, s->pic_parameter_set_id);
		if (s->disable_deblocking_filter_idc > 1)
			return BAD(context, "disable_deblocking_filter_idc %u",
					s->disable_deblocking_filter_idc);
		used += s->num_macroblocks;
	}
	if (used != total)
		return BAD(context, "%u macroblocks in slices, %u in the picture", used, total);
	return VA_STATUS_SUCCESS;
}

/* The packed parameter sets against VA's parameters, which drive hardware. */
static VAStatus check_sets(struct context *context)
{
	struct encoder *encoder = ENCODER(context);
	const VAEncSequenceParameterBufferH264 *seq = &encoder->seq;
	const VAEncPictureParameterBufferH264 *pic = &encoder->job->pic;
	const struct h264_sps *sps = &encoder->sps;
	const struct h264_pps *pps = &encoder->pps;

	if (sps->width_mbs != seq->picture_width_in_mbs ||
			sps->height_map_units != seq->picture_height_in_mbs)
		return BAD(context, "SPS of %ux%u macroblocks, parameters of %ux%u", sps->width_mbs,
				sps->height_map_units, seq->picture_width_in_mbs,
				seq->picture_height_in_mbs);
	if (sps->log2_max_frame_num != 4u + seq->seq_fields.bits.log2_max_frame_num_minus4 ||
			sps->poc_type != seq->seq_fields.bits.pic_order_cnt_type ||
			(sps->poc_type == 0 && sps->log2_max_poc_lsb !=
					4u +
					seq->seq_fields.bits.log2_max_pic_order_cnt_lsb_minus4))
		return BAD(context, "SPS numbers pictures otherwise than the parameters");
	if (pps->sps_id != sps->id || pps->id != pic->pic_parameter_set_id ||
			sps->id != pic->seq_parameter_set_id)
		return BAD(context, "PPS %u of SPS %u, parameters say %u of %u", pps->id,
				pps->sps_id, pic->pic_parameter_set_id, pic->seq_parameter_set_id);
	if (pps->cabac != pic->pic_fields.bits.entropy_coding_mode_flag ||
			pps->transform_8x8 != pic->pic_fields.bits.transform_8x8_mode_flag ||
			pps->constrained_intra_pred !=
			pic->pic_fields.bits.constrained_intra_pred_flag ||
			pps->init_qp != pic->pic_init_qp ||
			pps->chroma_qp_offset[0] != pic->chroma_qp_index_offset ||
			pps->chroma_qp_offset[1] != pic->second_chroma_qp_index_offset ||
			pps->weighted_pred || pps->redundant_pic_cnt_present)
		return BAD(context, "PPS contradicts the picture parameters");
	if (pps->chroma_qp_offset[0] != pps->chroma_qp_offset[1])
		return BAD(context, "two chroma QP offsets");
	return VA_STATUS_SUCCESS;
}

static VAStatus check_header(struct context *context, unsigned int i)
{
	struct encode_job *job = ENCODER(context)->job;
	const VAEncSliceParameterBufferH264 *va = &job->slices[i].va;
	const struct h264_slice *h = &job->slices[i].parsed;

	if ((h->nal_type == H264_IDR) != job->pic.pic_fields.bits.idr_pic_flag || !h->nal_ref_idc)
		return BAD(context, "slice header %u: NAL type %u, reference %u", i, h->nal_type,
				h->nal_ref_idc);
	if (h->first_mb != va->macroblock_address || h->type != va->slice_type % 5u ||
			h->pps_id != job->pps.id)
		return BAD(context, "slice header %u: macroblock %u, type %u, PPS %u", i,
				h->first_mb, h->type, h->pps_id);
	if (h->frame_num != job->pic.frame_num % (1u << job->sps.log2_max_frame_num))
		return BAD(context, "slice header %u: frame_num %u, parameters say %u", i,
				h->frame_num, job->pic.frame_num);
	if (h->nal_type == H264_IDR && h->idr_pic_id != va->idr_pic_id)
		return BAD(context, "slice header %u: idr_pic_id %u, not %u", i, h->idr_pic_id,
				va->idr_pic_id);
	if (job->sps.poc_type == 0 && h->poc_lsb != va->pic_order_cnt_lsb)
		return BAD(context, "slice header %u: POC %u, not %u", i, h->poc_lsb,
				va->pic_order_cnt_lsb);
	if (h->type == SLICE_P && h->num_ref_idx[0] != 1)
		return BAD(context, "slice header %u: %u references", i, h->num_ref_idx[0]);
	if (h->disable_deblocking != va->disable_deblocking_filter_idc ||
			(h->type == SLICE_P && job->pps.cabac &&
					h->cabac_init_idc != va->cabac_init_idc))
		return BAD(context, "slice header %u contradicts the parameters", i);
	if (job->rate_control == VA_RC_CQP &&
			h->qp != job->pic.pic_init_qp + va->slice_qp_delta)
		return BAD(context, "slice header %u: QP %d, not %d", i, h->qp,
				job->pic.pic_init_qp + va->slice_qp_delta);
	return VA_STATUS_SUCCESS;
}

/* An application may have added cabac_alignment_one_bit up to a whole byte. */
static bool right_length(const struct encode_job *job, const struct encode_slice *slice,
		size_t announced)
{
	size_t bits = slice->parsed.header_bits;

	if (job->pps.cabac && announced == (bits + 7) / 8 * 8) {
		while (bits < announced && slice->header[bits / 8] >> (7 - bits % 8) & 1)
			bits++;
	}
	return bits == announced;
}

static VAStatus check_headers(struct context *context)
{
	struct encoder *encoder = ENCODER(context);
	struct encode_job *job = encoder->job;
	VAStatus status = VA_STATUS_SUCCESS;

	if (encoder->n_headers && encoder->n_headers != job->n_slices)
		return BAD(context, "%u packed slice headers for %u slices", encoder->n_headers,
				job->n_slices);
	for (unsigned int i = 0; i < job->n_slices && !status; i++) {
		struct encode_slice *slice = &job->slices[i];

		if (!encoder->n_headers && encode_build_slice_header(job, i, slice->header,
							sizeof(slice->header)) < 0)
			return BAD(context, "slice %u: parameters out of range", i);
		/* The header is followed by zeros: sizes are checked below. */
		if (h264_parse_slice(slice->header, sizeof(slice->header), &job->sps, &job->pps,
						&slice->parsed) < 0)
			return BAD(context, "slice header %u is broken", i);
		if (encoder->n_headers && !right_length(job, slice, encoder->header_bits[i]))
			return BAD(context, "slice header %u has %zu bits, %zu are announced", i,
					slice->parsed.header_bits, encoder->header_bits[i]);
		status = check_header(context, i);
	}
	return status;
}

static VAStatus check_rate(struct context *context)
{
	struct encode_job *job = ENCODER(context)->job;

	if (job->rate_control == VA_RC_CQP) {
		int qp = job->pic.pic_init_qp + job->slices[0].va.slice_qp_delta;

		if (qp < 1 || qp > 51)
			return BAD(context, "QP %d", qp);
		return VA_STATUS_SUCCESS;
	}
	if (job->rate_control != VA_RC_ICQ && job->rate.bits_per_second < 1000)
		return BAD(context, "rate control without a bit rate");
	if ((job->rate_control == VA_RC_ICQ || job->rate_control == VA_RC_QVBR) &&
			(job->rate.quality_factor < 1 || job->rate.quality_factor > 51))
		return BAD(context, "quality factor %u", job->rate.quality_factor);
	return VA_STATUS_SUCCESS;
}

VAStatus encode_check(struct context *context)
{
	struct encoder *encoder = ENCODER(context);
	struct encode_job *job = encoder->job;
	VAStatus status;

	if (!encoder->have_seq || !encoder->have_pic || !job->n_slices)
		return BAD(context, "picture without sequence, picture or slice parameters");
	if (encoder->packed_pending)
		return BAD(context, "packed header parameters without data");
	if (job->source->format->va_fourcc != VA_FOURCC_NV12)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"encode: the source is not NV12");
	encode_build_sets(context);
	job->sps = encoder->sps;
	job->pps = encoder->pps;
	job->seq = encoder->seq;
	job->rate = encoder->rate;
	job->rate_control = context->config.rate_control;
	if (job->source->width + 15 < job->sps.width_mbs * 16 ||
			job->source->height + 15 < job->sps.height_map_units * 16)
		return BAD(context, "source of %ux%u pixels for %ux%u macroblocks",
				job->source->width, job->source->height, job->sps.width_mbs,
				job->sps.height_map_units);
	status = check_sets(context);
	if (!status)
		status = check_slices(context);
	if (!status)
		status = check_references(context);
	if (!status)
		status = check_headers(context);
	if (!status)
		status = check_rate(context);
	return status;
}

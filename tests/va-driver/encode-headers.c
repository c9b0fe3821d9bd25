/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"

static uint32_t profile_idc(VAProfile profile)
{
	switch (profile) {
	case VAProfileH264High: return 100;
	case VAProfileH264Main: return 77;
	default: return 66;
	}
}

static void sps_from_va(const struct context *context, const VAEncSequenceParameterBufferH264 *seq,
		struct h264_sps *sps)
{
	memset(sps, 0, sizeof(*sps));
	sps->profile_idc = profile_idc(context->config.profile);
	if (context->config.profile == VAProfileH264ConstrainedBaseline)
		sps->constraints = 0x40; /* constraint_set1_flag */
	sps->level_idc = seq->level_idc;
	sps->id = seq->seq_parameter_set_id;
	sps->log2_max_frame_num = 4 + seq->seq_fields.bits.log2_max_frame_num_minus4;
	sps->poc_type = seq->seq_fields.bits.pic_order_cnt_type;
	sps->log2_max_poc_lsb = 4 + seq->seq_fields.bits.log2_max_pic_order_cnt_lsb_minus4;
	sps->max_num_ref_frames = seq->max_num_ref_frames;
	sps->width_mbs = seq->picture_width_in_mbs;
	sps->height_map_units = seq->picture_height_in_mbs;
	sps->frame_mbs_only = true;
	sps->direct_8x8_inference = seq->seq_fields.bits.direct_8x8_inference_flag;
	sps->cropping = seq->frame_cropping_flag;
	sps->crop[0] = seq->frame_crop_left_offset;
	sps->crop[1] = seq->frame_crop_right_offset;
	sps->crop[2] = seq->frame_crop_top_offset;
	sps->crop[3] = seq->frame_crop_bottom_offset;
	sps->vui_present = seq->vui_parameters_present_flag;
	if (seq->vui_fields.bits.timing_info_present_flag) {
		sps->num_units_in_tick = seq->num_units_in_tick;
		sps->time_scale = seq->time_scale;
		sps->fixed_frame_rate = seq->vui_fields.bits.fixed_frame_rate_flag;
	}
	sps->no_reorder = true;
	sps->max_dec_frame_buffering = seq->max_num_ref_frames;
}

static void pps_from_va(const VAEncPictureParameterBufferH264 *pic, struct h264_pps *pps)
{
	memset(pps, 0, sizeof(*pps));
	pps->id = pic->pic_parameter_set_id;
	pps->sps_id = pic->seq_parameter_set_id;
	pps->cabac = pic->pic_fields.bits.entropy_coding_mode_flag;
	pps->pic_order_present = pic->pic_fields.bits.pic_order_present_flag;
	pps->num_ref_idx[0] = 1 + pic->num_ref_idx_l0_active_minus1;
	pps->num_ref_idx[1] = 1;
	pps->init_qp = pic->pic_init_qp;
	pps->chroma_qp_offset[0] = pic->chroma_qp_index_offset;
	pps->chroma_qp_offset[1] = pic->second_chroma_qp_index_offset;
	pps->deblocking_control = pic->pic_fields.bits.deblocking_filter_control_present_flag;
	pps->constrained_intra_pred = pic->pic_fields.bits.constrained_intra_pred_flag;
	pps->transform_8x8 = pic->pic_fields.bits.transform_8x8_mode_flag;
}

int encode_add_unit(struct encode_job *job, const uint8_t *data, size_t size)
{
	uint8_t *prefix = realloc(job->prefix, job->prefix_size + 4 + size / 2 * 3 + 2);

	if (!prefix)
		return -ENOMEM;
	job->prefix = prefix;
	memcpy(prefix + job->prefix_size, "\0\0\0\1", 4);
	job->prefix_size += 4;
	job->prefix_size += nal_escape(data, size, prefix + job->prefix_size);
	return 0;
}

void encode_build_sets(struct context *context)
{
	struct encoder *encoder = ENCODER(context);
	struct encode_job *job = encoder->job;
	uint8_t data[2048];

	if (!encoder->have_sps) {
		struct bit_writer w = { .data = data, .capacity = sizeof(data) };

		sps_from_va(context, &encoder->seq, &encoder->sps);
		h264_write_sps(&w, &encoder->sps);
		if (job->pic.pic_fields.bits.idr_pic_flag && !w.failed)
			encode_add_unit(job, data, w.pos / 8);
	}
	if (job->pic.pic_parameter_set_id < MAX_PPS &&
			encoder->have_pps[job->pic.pic_parameter_set_id]) {
		encoder->pps = encoder->packed_pps[job->pic.pic_parameter_set_id];
	} else {
		struct bit_writer w = { .data = data, .capacity = sizeof(data) };

		pps_from_va(&job->pic, &encoder->pps);
		h264_write_pps(&w, &encoder->pps, encoder->sps.profile_idc >= 100);
		if (!w.failed)
			encode_add_unit(job, data, w.pos / 8);
	}
}

int encode_build_slice_header(const struct encode_job *job, unsigned int index,
		uint8_t *out, size_t size)
{
	const VAEncSliceParameterBufferH264 *s = &job->slices[index].va;
	bool idr = job->pic.pic_fields.bits.idr_pic_flag, p = s->slice_type % 5 == SLICE_P;
	struct bit_writer w = { .data = out, .capacity = size };

	write_bits(&w, (idr ? 3u : 2u) << 5 | (idr ? H264_IDR : H264_SLICE), 8);
	write_ue(&w, s->macroblock_address);
	write_ue(&w, s->slice_type);
	write_ue(&w, job->pps.id);
	write_bits(&w, job->pic.frame_num, job->sps.log2_max_frame_num);
	if (idr)
		write_ue(&w, s->idr_pic_id);
	if (job->sps.poc_type == 0) {
		write_bits(&w, s->pic_order_cnt_lsb, job->sps.log2_max_poc_lsb);
		if (job->pps.pic_order_present)
			write_se(&w, s->delta_pic_order_cnt_bottom);
	}
	if (p) {
		write_bits(&w, s->num_ref_idx_active_override_flag, 1);
		if (s->num_ref_idx_active_override_flag)
			write_ue(&w, s->num_ref_idx_l0_active_minus1);
		write_bits(&w, 0, 1); /* no list modification */
	}
	write_bits(&w, 0, idr ? 2 : 1); /* marking */
	if (job->pps.cabac && p)
		write_ue(&w, s->cabac_init_idc);
	write_se(&w, s->slice_qp_delta);
	if (job->pps.deblocking_control) {
		write_ue(&w, s->disable_deblocking_filter_idc);
		if (s->disable_deblocking_filter_idc != 1) {
			write_se(&w, s->slice_alpha_c0_offset_div2);
			write_se(&w, s->slice_beta_offset_div2);
		}
	}
	/* So that a reader finds the end inside of the memory. */
	write_bits(&w, 0, 8);
	return w.failed ? -ENOSPC : 0;
}

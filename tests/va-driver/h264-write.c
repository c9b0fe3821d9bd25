/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "h264.h"

static void write_sps_order(struct bit_writer *w, const struct h264_sps *sps)
{
	write_ue(w, sps->log2_max_frame_num - 4);
	write_ue(w, sps->poc_type);
	if (sps->poc_type == 0) {
		write_ue(w, sps->log2_max_poc_lsb - 4);
	} else if (sps->poc_type == 1) {
		write_bits(w, sps->delta_pic_order_always_zero, 1);
		write_se(w, sps->offset_for_non_ref_pic);
		write_se(w, sps->offset_for_top_to_bottom_field);
		write_ue(w, sps->num_ref_frames_in_cycle);
		for (uint32_t i = 0; i < sps->num_ref_frames_in_cycle; i++)
			write_se(w, sps->offset_for_ref_frame[i]);
	}
}

/* E.1.1 */
static void write_vui(struct bit_writer *w, const struct h264_sps *sps)
{
	write_bits(w, 0, 4); /* aspect ratio, overscan, video signal, chroma location */
	write_bits(w, sps->time_scale != 0, 1);
	if (sps->time_scale) {
		write_bits(w, sps->num_units_in_tick, 32);
		write_bits(w, sps->time_scale, 32);
		write_bits(w, sps->fixed_frame_rate, 1);
	}
	write_bits(w, 0, 3); /* two HRDs, pic_struct */
	write_bits(w, 1, 1);
	write_bits(w, 1, 1); /* motion vectors over picture boundaries */
	write_ue(w, 0);
	write_ue(w, 0);
	write_ue(w, 15);
	write_ue(w, 15);
	write_ue(w, sps->no_reorder ? 0 : sps->max_dec_frame_buffering);
	write_ue(w, sps->max_dec_frame_buffering);
}

void h264_write_sps(struct bit_writer *w, const struct h264_sps *sps)
{
	write_bits(w, 3 << 5 | H264_SPS, 8);
	write_bits(w, sps->profile_idc, 8);
	write_bits(w, sps->constraints, 8);
	write_bits(w, sps->level_idc, 8);
	write_ue(w, sps->id);
	if (sps->profile_idc >= 100) {
		write_ue(w, 1);
		write_ue(w, 0);
		write_ue(w, 0);
		write_bits(w, 0, 2);
	}
	write_sps_order(w, sps);
	write_ue(w, sps->max_num_ref_frames);
	write_bits(w, sps->gaps_in_frame_num, 1);
	write_ue(w, sps->width_mbs - 1);
	write_ue(w, sps->height_map_units - 1);
	write_bits(w, sps->frame_mbs_only, 1);
	if (!sps->frame_mbs_only)
		write_bits(w, sps->mb_adaptive_frame_field, 1);
	write_bits(w, sps->direct_8x8_inference, 1);
	write_bits(w, sps->cropping, 1);
	for (int i = 0; sps->cropping && i < 4; i++)
		write_ue(w, sps->crop[i]);
	write_bits(w, sps->vui_present, 1);
	if (sps->vui_present)
		write_vui(w, sps);
	write_trailing(w);
}

/* 7.3.2.1.1.1, each value as its difference to the last one. */
static void write_scaling_list(struct bit_writer *w, const uint8_t *list, int n)
{
	int last = 8;

	write_bits(w, 1, 1);
	for (int i = 0; i < n; i++) {
		write_se(w, (int8_t)(list[i] - last));
		last = list[i];
	}
}

static void write_scaling(struct bit_writer *w, const struct h264_pps *pps)
{
	write_bits(w, pps->scaling4 != NULL, 1);
	if (!pps->scaling4)
		return;
	for (int i = 0; i < 6; i++)
		write_scaling_list(w, pps->scaling4[i], 16);
	for (int i = 0; pps->transform_8x8 && i < 2; i++)
		write_scaling_list(w, pps->scaling8[i], 64);
}

void h264_write_pps(struct bit_writer *w, const struct h264_pps *pps, bool high)
{
	write_bits(w, 3 << 5 | H264_PPS, 8);
	write_ue(w, pps->id);
	write_ue(w, pps->sps_id);
	write_bits(w, pps->cabac, 1);
	write_bits(w, pps->pic_order_present, 1);
	write_ue(w, 0);
	write_ue(w, pps->num_ref_idx[0] - 1);
	write_ue(w, pps->num_ref_idx[1] - 1);
	write_bits(w, pps->weighted_pred, 1);
	write_bits(w, pps->weighted_bipred_idc, 2);
	write_se(w, pps->init_qp - 26);
	write_se(w, 0);
	write_se(w, pps->chroma_qp_offset[0]);
	write_bits(w, pps->deblocking_control, 1);
	write_bits(w, pps->constrained_intra_pred, 1);
	write_bits(w, pps->redundant_pic_cnt_present, 1);
	if (high) {
		write_bits(w, pps->transform_8x8, 1);
		write_scaling(w, pps);
		write_se(w, pps->chroma_qp_offset[1]);
	}
	write_trailing(w);
}

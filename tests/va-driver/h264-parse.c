/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "h264.h"

static bool is_high(uint32_t profile_idc)
{
	static const uint8_t high[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128, 138,
		139, 134, 135 };

	return memchr(high, (int)profile_idc, sizeof(high)) != NULL;
}

/* 7.3.2.1.1.1 */
static void skip_scaling_lists(struct bit_reader *r, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		int last = 8, next = 8;

		if (!read_bits(r, 1))
			continue;
		for (int j = 0; j < (i < 6 ? 16 : 64) && !r->overrun; j++) {
			if (next)
				next = (last + read_se(r) + 256) % 256;
			last = next ? next : last;
		}
	}
}

static int parse_sps_formats(struct bit_reader *r, struct h264_sps *sps)
{
	sps->chroma_format_idc = 1;
	sps->bit_depth_luma = 8;
	sps->bit_depth_chroma = 8;
	if (!is_high(sps->profile_idc))
		return 0;
	sps->chroma_format_idc = read_ue(r);
	if (sps->chroma_format_idc != 1)
		return -ENOTSUP;
	sps->bit_depth_luma = 8 + read_ue(r);
	sps->bit_depth_chroma = 8 + read_ue(r);
	read_bits(r, 1);
	if (read_bits(r, 1))
		skip_scaling_lists(r, 8);
	return 0;
}

static int parse_sps_order(struct bit_reader *r, struct h264_sps *sps)
{
	sps->log2_max_frame_num = 4 + read_ue(r);
	sps->poc_type = read_ue(r);
	if (sps->log2_max_frame_num > 16 || sps->poc_type > 2)
		return -EINVAL;
	if (sps->poc_type == 0) {
		sps->log2_max_poc_lsb = 4 + read_ue(r);
		if (sps->log2_max_poc_lsb > 16)
			return -EINVAL;
	} else if (sps->poc_type == 1) {
		sps->delta_pic_order_always_zero = read_bits(r, 1);
		sps->offset_for_non_ref_pic = read_se(r);
		sps->offset_for_top_to_bottom_field = read_se(r);
		sps->num_ref_frames_in_cycle = read_ue(r);
		if (sps->num_ref_frames_in_cycle > 255)
			return -EINVAL;
		for (uint32_t i = 0; i < sps->num_ref_frames_in_cycle; i++)
			sps->offset_for_ref_frame[i] = read_se(r);
	}
	return 0;
}

int h264_parse_sps(const uint8_t *data, size_t size, struct h264_sps *sps)
{
	struct bit_reader r = { .data = data, .n_bits = size * 8 };
	int ret;

	memset(sps, 0, sizeof(*sps));
	if ((read_bits(&r, 8) & 0x1f) != H264_SPS)
		return -EINVAL;
	sps->profile_idc = read_bits(&r, 8);
	sps->constraints = read_bits(&r, 8);
	sps->level_idc = read_bits(&r, 8);
	sps->id = read_ue(&r);
	ret = parse_sps_formats(&r, sps);
	if (!ret)
		ret = parse_sps_order(&r, sps);
	if (ret)
		return ret;
	sps->max_num_ref_frames = read_ue(&r);
	sps->gaps_in_frame_num = read_bits(&r, 1);
	sps->width_mbs = 1 + read_ue(&r);
	sps->height_map_units = 1 + read_ue(&r);
	sps->frame_mbs_only = read_bits(&r, 1);
	if (!sps->frame_mbs_only)
		return -ENOTSUP;
	sps->direct_8x8_inference = read_bits(&r, 1);
	sps->cropping = read_bits(&r, 1);
	for (int i = 0; sps->cropping && i < 4; i++)
		sps->crop[i] = read_ue(&r);
	sps->vui_present = read_bits(&r, 1);
	return r.overrun || sps->id > 31 ? -EINVAL : 0;
}

/* 7.2: whether something is left before the trailing bits. */
static bool more_data(const struct bit_reader *r)
{
	size_t last = r->n_bits;

	while (last > 0 && !(r->data[(last - 1) / 8] >> (7 - (last - 1) % 8) & 1))
		last--;
	return r->pos + 1 < last;
}

int h264_parse_pps(const uint8_t *data, size_t size, struct h264_pps *pps)
{
	struct bit_reader r = { .data = data, .n_bits = size * 8 };

	memset(pps, 0, sizeof(*pps));
	if ((read_bits(&r, 8) & 0x1f) != H264_PPS)
		return -EINVAL;
	pps->id = read_ue(&r);
	pps->sps_id = read_ue(&r);
	pps->cabac = read_bits(&r, 1);
	pps->pic_order_present = read_bits(&r, 1);
	if (read_ue(&r))
		return -ENOTSUP; /* slice groups */
	pps->num_ref_idx[0] = 1 + read_ue(&r);
	pps->num_ref_idx[1] = 1 + read_ue(&r);
	pps->weighted_pred = read_bits(&r, 1);
	pps->weighted_bipred_idc = read_bits(&r, 2);
	pps->init_qp = 26 + read_se(&r);
	read_se(&r);
	pps->chroma_qp_offset[0] = read_se(&r);
	pps->chroma_qp_offset[1] = pps->chroma_qp_offset[0];
	pps->deblocking_control = read_bits(&r, 1);
	pps->constrained_intra_pred = read_bits(&r, 1);
	pps->redundant_pic_cnt_present = read_bits(&r, 1);
	if (more_data(&r)) {
		pps->transform_8x8 = read_bits(&r, 1);
		if (read_bits(&r, 1))
			skip_scaling_lists(&r, pps->transform_8x8 ? 8 : 6);
		pps->chroma_qp_offset[1] = read_se(&r);
	}
	return r.overrun || pps->num_ref_idx[0] > 32 || pps->num_ref_idx[1] > 32 ? -EINVAL : 0;
}

/* 7.3.3.1 */
static void skip_list_modification(struct bit_reader *r, unsigned int lists)
{
	while (lists-- > 0) {
		uint32_t op = read_bits(r, 1) ? 0 : 3;

		while (op != 3 && !r->overrun) {
			op = read_ue(r);
			if (op != 3)
				read_ue(r);
		}
	}
}

/* 7.3.3.2 */
static void skip_weights(struct bit_reader *r, const struct h264_slice *slice, unsigned int lists)
{
	read_ue(r);
	read_ue(r);
	for (unsigned int l = 0; l < lists; l++) {
		for (uint32_t i = 0; i < slice->num_ref_idx[l] && !r->overrun; i++) {
			if (read_bits(r, 1)) {
				read_se(r);
				read_se(r);
			}
			if (read_bits(r, 1)) {
				for (int j = 0; j < 4; j++)
					read_se(r);
			}
		}
	}
}

/* 7.3.3.3 */
static void skip_marking(struct bit_reader *r, bool idr)
{
	if (idr) {
		read_bits(r, 2);
		return;
	}
	if (!read_bits(r, 1))
		return;
	for (uint32_t op = read_ue(r); op && !r->overrun; op = read_ue(r)) {
		if (op != 5)
			read_ue(r);
		if (op == 3)
			read_ue(r);
	}
}

static void parse_order(struct bit_reader *r, const struct h264_sps *sps,
		const struct h264_pps *pps, struct h264_slice *s)
{
	s->frame_num = read_bits(r, sps->log2_max_frame_num);
	if (!sps->frame_mbs_only)
		s->field_pic = read_bits(r, 1);
	if (s->field_pic)
		read_bits(r, 1); /* bottom_field_flag */
	if (s->nal_type == H264_IDR)
		s->idr_pic_id = read_ue(r);
	if (sps->poc_type == 0) {
		s->poc_lsb = read_bits(r, sps->log2_max_poc_lsb);
		if (pps->pic_order_present && !s->field_pic)
			read_se(r);
	} else if (sps->poc_type == 1 && !sps->delta_pic_order_always_zero) {
		read_se(r);
		if (pps->pic_order_present && !s->field_pic)
			read_se(r);
	}
	if (pps->redundant_pic_cnt_present)
		read_ue(r);
}

static int parse_references(struct bit_reader *r, const struct h264_pps *pps, struct h264_slice *s)
{
	unsigned int lists = s->type == SLICE_B ? 2 : s->type == SLICE_P ? 1 : 0;

	if (s->type == SLICE_B)
		read_bits(r, 1);
	s->num_ref_idx[0] = pps->num_ref_idx[0];
	s->num_ref_idx[1] = pps->num_ref_idx[1];
	if (lists)
		s->num_ref_idx_override = read_bits(r, 1);
	for (unsigned int i = 0; s->num_ref_idx_override && i < lists; i++) {
		s->num_ref_idx[i] = 1 + read_ue(r);
		if (s->num_ref_idx[i] > 32)
			return -EINVAL;
	}
	skip_list_modification(r, lists);
	if ((pps->weighted_pred && s->type == SLICE_P) ||
			(pps->weighted_bipred_idc == 1 && s->type == SLICE_B))
		skip_weights(r, s, lists);
	return 0;
}

int h264_parse_slice(const uint8_t *data, size_t size, const struct h264_sps *sps,
		const struct h264_pps *pps, struct h264_slice *s)
{
	struct bit_reader r = { .data = data, .n_bits = size * 8 };

	memset(s, 0, sizeof(*s));
	read_bits(&r, 1);
	s->nal_ref_idc = read_bits(&r, 2);
	s->nal_type = read_bits(&r, 5);
	if (s->nal_type != H264_SLICE && s->nal_type != H264_IDR)
		return -EINVAL;
	s->first_mb = read_ue(&r);
	s->type = read_ue(&r) % 5;
	s->pps_id = read_ue(&r);
	if (s->type > SLICE_I)
		return -ENOTSUP;
	parse_order(&r, sps, pps, s);
	if (parse_references(&r, pps, s) < 0)
		return -EINVAL;
	if (s->nal_ref_idc)
		skip_marking(&r, s->nal_type == H264_IDR);
	if (pps->cabac && s->type != SLICE_I)
		s->cabac_init_idc = read_ue(&r);
	s->qp_start = r.pos;
	s->qp = pps->init_qp + read_se(&r);
	s->qp_end = r.pos;
	if (pps->deblocking_control) {
		s->disable_deblocking = read_ue(&r);
		if (s->disable_deblocking != 1) {
			s->alpha = read_se(&r);
			s->beta = read_se(&r);
		}
	}
	s->header_bits = r.pos;
	return r.overrun ? -EINVAL : 0;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va/va-headers.h"

#include "encode/h264/h264-bits.h"

#define SLICE_P 5u /* table 7-6: all slices of the picture are of the type */
#define SLICE_I 7u
#define SKIP_PPS 1u

uint32_t va_level(uint32_t columns, uint32_t rows, uint32_t fps)
{
	/* Table A-1: MaxFS and MaxMBPS. */
	static const struct {
		uint32_t level_idc, frame, second;
	} levels[] = {
		{ 31, 3600, 108000 }, { 32, 5120, 216000 }, { 40, 8192, 245760 },
		{ 42, 8704, 522240 }, { 50, 22080, 589824 }, { 51, 36864, 983040 },
		{ 52, 36864, 2073600 }, { 60, 139264, 4177920 }, { 61, 139264, 8355840 },
	};
	uint32_t size = columns * rows;
	unsigned i = 0;

	while (i < sizeof levels / sizeof levels[0] &&
			(size > levels[i].frame || (uint64_t)size * fps > levels[i].second))
		i++;
	return i < sizeof levels / sizeof levels[0] ? levels[i].level_idc : 62;
}

/* E.1.1; the colours are those of convert_cpu(): BT.709 primaries and curve,
 * BT.601 matrix, limited range. */
static void write_vui(struct h264_writer *w, const struct va_stream *s)
{
	h264_write(w, 0, 1); /* aspect_ratio_info_present_flag */
	h264_write(w, 0, 1); /* overscan_info_present_flag */
	h264_write(w, 1, 1); /* video_signal_type_present_flag */
	h264_write(w, 5, 3); /* video_format: unspecified */
	h264_write(w, 0, 1); /* video_full_range_flag */
	h264_write(w, 1, 1); /* colour_description_present_flag */
	h264_write(w, 1, 8);
	h264_write(w, 1, 8);
	h264_write(w, 6, 8);
	h264_write(w, 0, 1); /* chroma_loc_info_present_flag */
	h264_write(w, 1, 1); /* timing_info_present_flag */
	h264_write(w, 1, 32); /* num_units_in_tick */
	h264_write(w, s->fps * 2, 32); /* time_scale: ticks are fields */
	h264_write(w, 1, 1); /* fixed_frame_rate_flag */
	h264_write(w, 0, 1); /* nal_hrd_parameters_present_flag */
	h264_write(w, 0, 1); /* vcl_hrd_parameters_present_flag */
	h264_write(w, 0, 1); /* pic_struct_present_flag */
	h264_write(w, 1, 1); /* bitstream_restriction_flag */
	h264_write(w, 1, 1); /* motion_vectors_over_pic_boundaries_flag */
	h264_write_ue(w, 0);
	h264_write_ue(w, 0);
	h264_write_ue(w, 15);
	h264_write_ue(w, 15);
	h264_write_ue(w, 0); /* max_num_reorder_frames */
	h264_write_ue(w, 1); /* max_dec_frame_buffering */
}

/* 7.3.2.1.1 */
int va_append_sps(struct packet *packet, const struct va_stream *s)
{
	uint8_t rbsp[64];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };
	uint32_t right = (s->columns * 16 - s->width) / 2, bottom = (s->rows * 16 - s->height) / 2;

	h264_write(&w, s->profile_idc, 8);
	h264_write(&w, s->constraints, 8);
	h264_write(&w, s->level_idc, 8);
	h264_write_ue(&w, 0); /* seq_parameter_set_id */
	if (s->profile_idc == 100) {
		h264_write_ue(&w, 1); /* chroma_format_idc: 4:2:0 */
		h264_write_ue(&w, 0);
		h264_write_ue(&w, 0);
		h264_write(&w, 0, 2); /* no lossless bypass, no scaling matrix */
	}
	h264_write_ue(&w, VA_FRAME_NUM_BITS - 4);
	h264_write_ue(&w, 2); /* pic_order_cnt_type: output order is decoding order */
	h264_write_ue(&w, 1); /* max_num_ref_frames */
	h264_write(&w, 0, 1); /* gaps_in_frame_num_value_allowed_flag */
	h264_write_ue(&w, s->columns - 1);
	h264_write_ue(&w, s->rows - 1);
	h264_write(&w, 1, 1); /* frame_mbs_only_flag */
	h264_write(&w, 1, 1); /* direct_8x8_inference_flag */
	h264_write(&w, right || bottom, 1);
	if (right || bottom) {
		h264_write_ue(&w, 0);
		h264_write_ue(&w, right);
		h264_write_ue(&w, 0);
		h264_write_ue(&w, bottom);
	}
	h264_write(&w, 1, 1);
	write_vui(&w, s);
	return h264_append_nal(packet, 3, H264_NAL_SPS, rbsp, h264_write_trailing(&w));
}

/* 7.3.2.2 */
static int append_one_pps(struct packet *packet, const struct va_stream *s, uint32_t id, bool cabac)
{
	uint8_t rbsp[32];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };

	h264_write_ue(&w, id);
	h264_write_ue(&w, 0); /* seq_parameter_set_id */
	h264_write(&w, cabac, 1);
	h264_write(&w, 0, 1); /* bottom_field_pic_order_in_frame_present_flag */
	h264_write_ue(&w, 0); /* num_slice_groups_minus1 */
	h264_write_ue(&w, 0); /* num_ref_idx_l0_default_active_minus1 */
	h264_write_ue(&w, 0);
	h264_write(&w, 0, 3); /* no weighted prediction */
	h264_write_se(&w, VA_INIT_QP - 26);
	h264_write_se(&w, 0);
	h264_write_se(&w, 0); /* chroma_qp_index_offset */
	h264_write(&w, 1, 1); /* deblocking_filter_control_present_flag */
	h264_write(&w, 0, 2); /* no constrained intra prediction, no redundancy */
	if (s->profile_idc == 100) {
		h264_write(&w, s->transform_8x8, 1);
		h264_write(&w, 0, 1);
		h264_write_se(&w, 0);
	}
	return h264_append_nal(packet, 3, H264_NAL_PPS, rbsp, h264_write_trailing(&w));
}

int va_append_pps(struct packet *packet, const struct va_stream *s)
{
	int ret = append_one_pps(packet, s, 0, s->cabac);

	if (ret < 0 || !s->cabac)
		return ret;
	return append_one_pps(packet, s, SKIP_PPS, false);
}

/* 7.3.3; the end of a header for one reference and our PPS. */
static void write_header(struct h264_writer *w, uint32_t type, uint32_t pps, uint32_t frame_num)
{
	h264_write_ue(w, 0); /* first_mb_in_slice */
	h264_write_ue(w, type);
	h264_write_ue(w, pps);
	h264_write(w, frame_num, VA_FRAME_NUM_BITS);
}

uint32_t va_write_slice_header(uint8_t *out, const struct va_stream *s,
		const struct va_slice *slice)
{
	struct h264_writer w = { .data = out, .capacity = VA_SLICE_HEADER_BYTES };

	h264_write(&w, 1, 32); /* start code */
	h264_write(&w, slice->idr ? 3u << 5 | H264_NAL_IDR : 2u << 5 | H264_NAL_SLICE, 8);
	write_header(&w, slice->idr ? SLICE_I : SLICE_P, 0, slice->frame_num);
	if (slice->idr) {
		h264_write_ue(&w, slice->idr_pic_id);
		h264_write(&w, 0, 2); /* no_output_of_prior_pics_flag, long_term_reference_flag */
	} else {
		h264_write(&w, 0, 1); /* num_ref_idx_active_override_flag */
		h264_write(&w, 0, 1); /* ref_pic_list_modification_flag_l0 */
		h264_write(&w, 0, 1); /* adaptive_ref_pic_marking_mode_flag */
		if (s->cabac)
			h264_write_ue(&w, 0); /* cabac_init_idc */
	}
	h264_write_se(&w, slice->qp - VA_INIT_QP);
	h264_write_ue(&w, 0); /* disable_deblocking_filter_idc */
	h264_write_se(&w, 0);
	h264_write_se(&w, 0);
	return (uint32_t)w.at;
}

int va_append_skip(struct packet *packet, const struct va_stream *s, uint32_t frame_num)
{
	uint8_t rbsp[32];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };

	write_header(&w, SLICE_P, s->cabac ? SKIP_PPS : 0, frame_num);
	h264_write(&w, 0, 3);
	h264_write_se(&w, 0); /* slice_qp_delta */
	h264_write_ue(&w, 1); /* disable_deblocking_filter_idc: an exact copy */
	h264_write_ue(&w, s->columns * s->rows); /* mb_skip_run */
	return h264_append_nal(packet, 2, H264_NAL_SLICE, rbsp, h264_write_trailing(&w));
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_H264_H
#define SOFT_VA_H264_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bits.h"

/* The parts of H.264 headers that decide how a slice is read. Section numbers
 * are those of Rec. ITU-T H.264 (08/2021). */

enum { H264_SLICE = 1, H264_IDR = 5, H264_SEI = 6, H264_SPS = 7, H264_PPS = 8, H264_AUD = 9 };
enum { SLICE_P = 0, SLICE_B = 1, SLICE_I = 2 };

struct h264_sps { /* 7.3.2.1.1 */
	uint32_t profile_idc, constraints, level_idc, id;
	uint32_t chroma_format_idc, bit_depth_luma, bit_depth_chroma;
	uint32_t log2_max_frame_num;
	uint32_t poc_type, log2_max_poc_lsb;
	bool delta_pic_order_always_zero;
	int32_t offset_for_non_ref_pic, offset_for_top_to_bottom_field;
	uint32_t num_ref_frames_in_cycle;
	int32_t offset_for_ref_frame[256];
	uint32_t max_num_ref_frames;
	bool gaps_in_frame_num;
	uint32_t width_mbs, height_map_units;
	bool frame_mbs_only, mb_adaptive_frame_field, direct_8x8_inference;
	uint32_t crop[4]; /* left right top bottom, in crop units */
	bool cropping, vui_present;
	/* only written: */
	uint32_t num_units_in_tick, time_scale; /* 0: no timing */
	bool fixed_frame_rate, no_reorder;
	uint32_t max_dec_frame_buffering;
};

struct h264_pps { /* 7.3.2.2 */
	uint32_t id, sps_id;
	bool cabac, pic_order_present;
	uint32_t num_ref_idx[2]; /* default active, >= 1 */
	bool weighted_pred;
	uint32_t weighted_bipred_idc;
	int32_t init_qp; /* 0..51 */
	int32_t chroma_qp_offset[2];
	bool deblocking_control, constrained_intra_pred, redundant_pic_cnt_present;
	bool transform_8x8;
	const uint8_t (*scaling4)[16]; /* 6 lists to write, or NULL */
	const uint8_t (*scaling8)[64]; /* 2 lists */
};

struct h264_slice { /* 7.3.3 */
	uint32_t nal_type, nal_ref_idc;
	uint32_t first_mb, type, pps_id, frame_num, idr_pic_id, poc_lsb;
	bool field_pic, num_ref_idx_override;
	uint32_t num_ref_idx[2];
	uint32_t cabac_init_idc;
	int32_t qp; /* SliceQPY */
	uint32_t disable_deblocking;
	int32_t alpha, beta; /* half offsets */
	size_t qp_start, qp_end; /* bits of slice_qp_delta, from the NAL header on */
	size_t header_bits; /* with the NAL header */
};

/* Byte streams, annex B. */

/** Offset of the first start code (leading zero included) at or after from + 1; size: none. */
size_t nal_next(const uint8_t *data, size_t size, size_t from);
size_t nal_count(const uint8_t *data, size_t size);

/** Length of the start code at data, 3 or 4; 0: none there. */
size_t nal_start_code(const uint8_t *data, size_t size);

/** Removes emulation prevention; out has room for size bytes. Returns its length. */
size_t nal_unescape(const uint8_t *data, size_t size, uint8_t *out);

/** Adds emulation prevention; out has room for size * 3 / 2 + 1 bytes. */
size_t nal_escape(const uint8_t *data, size_t size, uint8_t *out);

/* Parsing of unescaped units, the NAL header at data[0]. 0, -EINVAL (broken)
 * or -ENOTSUP (fields, slice groups, extended formats). */
int h264_parse_sps(const uint8_t *data, size_t size, struct h264_sps *out);
int h264_parse_pps(const uint8_t *data, size_t size, struct h264_pps *out);
int h264_parse_slice(const uint8_t *data, size_t size, const struct h264_sps *sps,
		const struct h264_pps *pps, struct h264_slice *out);

/* Writing of whole units, NAL header and trailing bits, unescaped. */
void h264_write_sps(struct bit_writer *w, const struct h264_sps *sps);
void h264_write_pps(struct bit_writer *w, const struct h264_pps *pps, bool high);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/sps.h>

#include <osvdi-common/h264.h>
#include <osvdi-common/memory.h>

#define EXTENDED_SAR 255u /* table E-1 */

/* ---- reading ------------------------------------------------------------- */

static bool has_chroma_format(uint32_t profile)
{
	static const uint8_t high[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134,
			135 };
	unsigned i;

	for (i = 0; i < sizeof high; i++)
		if (high[i] == profile)
			return true;
	return false;
}

/* 7.3.2.1.1.1 */
static void skip_scaling_list(struct h264_reader *r, unsigned size)
{
	int32_t last = 8, next = 8;
	unsigned i;

	for (i = 0; i < size && next && !r->overrun; i++) {
		int32_t delta = h264_read_se(r);

		/* modulo 256, of a value that may be anything */
		next = (int32_t)((uint32_t)last + (uint32_t)delta) & 0xff;
		last = next ? next : last;
	}
}

static bool read_format(struct h264_reader *r, struct sps *sps)
{
	unsigned i, n;

	sps->chroma_format_idc = 1;
	sps->bit_depth_luma = sps->bit_depth_chroma = 8;
	if (!has_chroma_format(sps->profile_idc))
		return true;
	sps->chroma_format_idc = h264_read_ue(r);
	if (sps->chroma_format_idc > 3)
		return false;
	n = sps->chroma_format_idc == 3 ? 12 : 8;
	if (sps->chroma_format_idc == 3 && h264_read(r, 1))
		sps->chroma_format_idc = 0; /* separate_colour_plane_flag: ChromaArrayType */
	sps->bit_depth_luma = h264_read_ue(r);
	sps->bit_depth_chroma = h264_read_ue(r);
	if (sps->bit_depth_luma > 6 || sps->bit_depth_chroma > 6)
		return false;
	sps->bit_depth_luma += 8;
	sps->bit_depth_chroma += 8;
	h264_read(r, 1); /* qpprime_y_zero_transform_bypass_flag */
	sps->scaling_matrices = h264_read(r, 1);
	for (i = 0; sps->scaling_matrices && i < n; i++)
		if (h264_read(r, 1))
			skip_scaling_list(r, i < 6 ? 16 : 64);
	return true;
}

static bool read_order(struct h264_reader *r, struct sps *sps)
{
	uint32_t i, n;

	sps->frame_num_bits = h264_read_ue(r);
	sps->poc_type = h264_read_ue(r);
	if (sps->frame_num_bits > 12 || sps->poc_type > 2)
		return false;
	sps->frame_num_bits += 4;
	if (sps->poc_type == 0)
		return h264_read_ue(r) <= 12; /* log2_max_pic_order_cnt_lsb_minus4 */
	if (sps->poc_type == 2)
		return true;
	h264_read(r, 1);  /* delta_pic_order_always_zero_flag */
	h264_read_se(r);  /* offset_for_non_ref_pic */
	h264_read_se(r);  /* offset_for_top_to_bottom_field */
	n = h264_read_ue(r);
	if (n > 255)
		return false;
	for (i = 0; i < n; i++)
		h264_read_se(r); /* offset_for_ref_frame */
	return true;
}

/* 7.4.2.1.1, equations 7-19 to 7-22: what is left of the frame. */
static bool read_crop(struct h264_reader *r, struct sps *sps)
{
	uint32_t unit_x = sps->chroma_format_idc == 1 || sps->chroma_format_idc == 2 ? 2 : 1;
	uint32_t unit_y = (sps->chroma_format_idc == 1 ? 2 : 1) * (sps->frame_mbs_only ? 1 : 2);
	uint64_t left, right, top, bottom;

	sps->width = sps->columns * 16;
	sps->height = sps->rows * 16;
	sps->crop_at = r->at;
	if (!h264_read(r, 1)) /* frame_cropping_flag */
		return true;
	left = (uint64_t)h264_read_ue(r) * unit_x;
	right = (uint64_t)h264_read_ue(r) * unit_x;
	top = (uint64_t)h264_read_ue(r) * unit_y;
	bottom = (uint64_t)h264_read_ue(r) * unit_y;
	if (left + right >= sps->width || top + bottom >= sps->height)
		return false;
	sps->x = (uint32_t)left;
	sps->y = (uint32_t)top;
	sps->width -= (uint32_t)(left + right);
	sps->height -= (uint32_t)(top + bottom);
	return true;
}

static bool read_size(struct h264_reader *r, struct sps *sps)
{
	sps->max_num_ref_frames = h264_read_ue(r);
	h264_read(r, 1); /* gaps_in_frame_num_value_allowed_flag */
	sps->columns = h264_read_ue(r);
	sps->rows = h264_read_ue(r);
	if (sps->max_num_ref_frames > 16 || sps->columns >= SPS_MAX_EDGE ||
			sps->rows >= SPS_MAX_EDGE)
		return false;
	sps->columns++;
	sps->rows++;
	sps->frame_mbs_only = h264_read(r, 1);
	if (!sps->frame_mbs_only) {
		sps->rows *= 2;
		h264_read(r, 1); /* mb_adaptive_frame_field_flag */
	}
	h264_read(r, 1); /* direct_8x8_inference_flag */
	return sps->rows <= SPS_MAX_EDGE && read_crop(r, sps);
}

/* E.1.2 */
static bool skip_hrd(struct h264_reader *r)
{
	uint32_t n = h264_read_ue(r), i;

	if (n > 31)
		return false;
	h264_read(r, 8); /* bit_rate_scale, cpb_size_scale */
	for (i = 0; i <= n; i++) {
		h264_read_ue(r);
		h264_read_ue(r);
		h264_read(r, 1);
	}
	h264_read(r, 20); /* lengths */
	return true;
}

static void skip_video_signal(struct h264_reader *r)
{
	if (!h264_read(r, 1)) /* video_signal_type_present_flag */
		return;
	h264_read(r, 4);
	if (h264_read(r, 1)) /* colour_description_present_flag */
		h264_read(r, 24);
}

static bool skip_to_restriction(struct h264_reader *r)
{
	bool nal, vcl;

	if (h264_read(r, 1) && h264_read(r, 8) == EXTENDED_SAR) /* aspect_ratio_info_present_flag */
		h264_read(r, 32);
	if (h264_read(r, 1)) /* overscan_info_present_flag */
		h264_read(r, 1);
	skip_video_signal(r);
	if (h264_read(r, 1)) { /* chroma_loc_info_present_flag */
		h264_read_ue(r);
		h264_read_ue(r);
	}
	if (h264_read(r, 1)) { /* timing_info_present_flag */
		h264_read(r, 32);
		h264_read(r, 32);
		h264_read(r, 1);
	}
	nal = h264_read(r, 1);
	if (nal && !skip_hrd(r))
		return false;
	vcl = h264_read(r, 1);
	if (vcl && !skip_hrd(r))
		return false;
	if (nal || vcl)
		h264_read(r, 1); /* low_delay_hrd_flag */
	h264_read(r, 1); /* pic_struct_present_flag */
	return true;
}

/* E.1.1 and E.2.1: what is inferred without it. */
static bool read_vui(struct h264_reader *r, struct sps *sps)
{
	struct sps_restriction *b = &sps->restriction;

	*b = (struct sps_restriction){ true, 2, 1, 15, 15, UINT32_MAX, UINT32_MAX };
	sps->vui_at = r->at;
	sps->has_vui = h264_read(r, 1);
	if (!sps->has_vui)
		return true;
	if (!skip_to_restriction(r))
		return false;
	sps->restriction_at = r->at;
	sps->has_restriction = h264_read(r, 1);
	if (!sps->has_restriction)
		return true;
	b->motion_vectors_over_boundaries = h264_read(r, 1);
	b->max_bytes_per_pic_denom = h264_read_ue(r);
	b->max_bits_per_mb_denom = h264_read_ue(r);
	b->log2_max_mv_length_horizontal = h264_read_ue(r);
	b->log2_max_mv_length_vertical = h264_read_ue(r);
	b->max_num_reorder_frames = h264_read_ue(r);
	b->max_dec_frame_buffering = h264_read_ue(r);
	return b->max_num_reorder_frames <= b->max_dec_frame_buffering &&
			b->max_dec_frame_buffering <= 16;
}

static bool read_rbsp(struct sps *sps, const uint8_t *rbsp, size_t size)
{
	struct h264_reader r = { .data = rbsp, .bits = size * 8 };

	memset(sps, 0, sizeof *sps);
	sps->profile_idc = (uint8_t)h264_read(&r, 8);
	sps->constraints = (uint8_t)h264_read(&r, 8);
	sps->level_idc = (uint8_t)h264_read(&r, 8);
	sps->id = h264_read_ue(&r);
	if (sps->id > 31 || !read_format(&r, sps) || !read_order(&r, sps) || !read_size(&r, sps) ||
			!read_vui(&r, sps))
		return false;
	sps->end_at = r.at;
	return !r.overrun;
}

/* Returns the size of the RBSP; 0: no parameter set, or a longer one. */
static size_t unescape(uint8_t rbsp[SPS_MAX_BYTES], const uint8_t *nal, size_t size)
{
	if (size < 2 || size > SPS_MAX_BYTES || (nal[0] & 0x1f) != H264_NAL_SPS)
		return 0;
	return h264_unescape(rbsp, SPS_MAX_BYTES, nal + 1, size - 1);
}

bool sps_read(struct sps *sps, const uint8_t *nal, size_t size)
{
	uint8_t rbsp[SPS_MAX_BYTES];
	size_t n = unescape(rbsp, nal, size);

	return n && read_rbsp(sps, rbsp, n);
}

/* ---- writing ------------------------------------------------------------- */

static void copy_bits(struct h264_writer *w, const uint8_t *rbsp, size_t from, size_t to)
{
	struct h264_reader r = { .data = rbsp, .bits = to, .at = from };

	while (r.at < to)
		h264_write(w, h264_read(&r, 1), 1);
}

static void write_restriction(struct h264_writer *w, const struct sps *sps)
{
	const struct sps_restriction *b = &sps->restriction;
	uint32_t frames = sps->max_num_ref_frames;

	if (sps->has_restriction && b->max_dec_frame_buffering > frames)
		frames = b->max_dec_frame_buffering;
	h264_write(w, 1, 1); /* bitstream_restriction_flag */
	h264_write(w, b->motion_vectors_over_boundaries, 1);
	h264_write_ue(w, b->max_bytes_per_pic_denom);
	h264_write_ue(w, b->max_bits_per_mb_denom);
	h264_write_ue(w, b->log2_max_mv_length_horizontal);
	h264_write_ue(w, b->log2_max_mv_length_vertical);
	h264_write_ue(w, 0); /* max_num_reorder_frames */
	h264_write_ue(w, frames);
}

static void write_vui(struct h264_writer *w, const struct sps *sps, const uint8_t *rbsp)
{
	if (sps->has_vui) {
		copy_bits(w, rbsp, sps->vui_at, sps->restriction_at);
	} else {
		h264_write(w, 1, 1); /* vui_parameters_present_flag */
		h264_write(w, 0, 8); /* nothing of all that it may tell */
	}
	write_restriction(w, sps);
}

size_t sps_rewrite(uint8_t *out, size_t capacity, const uint8_t *nal, size_t size, unsigned changes)
{
	uint8_t rbsp[SPS_MAX_BYTES], changed[SPS_MAX_BYTES + 64];
	struct h264_writer w = { .data = changed, .capacity = sizeof changed };
	size_t n = unescape(rbsp, nal, size);
	struct sps sps;

	if (!n || !capacity || !read_rbsp(&sps, rbsp, n))
		return 0;
	copy_bits(&w, rbsp, 0, sps.crop_at);
	if (changes & SPS_NO_CROPPING)
		h264_write(&w, 0, 1);
	else
		copy_bits(&w, rbsp, sps.crop_at, sps.vui_at);
	if (changes & SPS_NO_REORDER)
		write_vui(&w, &sps, rbsp);
	else
		copy_bits(&w, rbsp, sps.vui_at, sps.end_at);
	n = h264_write_trailing(&w);
	if (w.overrun)
		return 0;
	out[0] = nal[0];
	n = h264_escape(out + 1, capacity - 1, changed, n);
	return n ? n + 1 : 0;
}

static char digit(unsigned value)
{
	return (char)(value < 10 ? '0' + value : 'a' + value - 10);
}

void sps_codec(const struct sps *sps, char out[SPS_CODEC_SIZE])
{
	const uint8_t bytes[] = { sps->profile_idc, sps->constraints, sps->level_idc };
	unsigned i;

	memcpy(out, "avc1.", 5);
	for (i = 0; i < 3; i++) {
		out[5 + 2 * i] = digit(bytes[i] >> 4);
		out[6 + 2 * i] = digit(bytes[i] & 15u);
	}
	out[11] = 0;
}

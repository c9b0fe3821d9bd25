/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Sequence parameter sets of Rec. ITU-T H.264 (08/2021), 7.3.2.1.1 and E.1.1. */
#ifndef OSVDI_COMMON_SPS_H
#define OSVDI_COMMON_SPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer ones are refused; encoders write some 30 bytes. */
#define SPS_MAX_BYTES 1024u

#define SPS_MAX_EDGE 1055u /* macroblocks: the square root of 8 * MaxFS of level 6.2 (A.3.1) */

/* bitstream_restriction of the VUI; with what is inferred where there is none. */
struct sps_restriction {
	bool motion_vectors_over_boundaries;
	uint32_t max_bytes_per_pic_denom, max_bits_per_mb_denom;
	uint32_t log2_max_mv_length_horizontal, log2_max_mv_length_vertical;
	uint32_t max_num_reorder_frames;   /* UINT32_MAX: the stream does not say */
	uint32_t max_dec_frame_buffering;  /* UINT32_MAX: the stream does not say */
};

struct sps {
	uint8_t profile_idc, constraints, level_idc;
	uint32_t id;
	uint32_t chroma_format_idc;
	uint32_t bit_depth_luma, bit_depth_chroma;
	bool scaling_matrices;
	uint32_t frame_num_bits;
	uint32_t poc_type;            /* 2: output order is decoding order */
	uint32_t max_num_ref_frames;
	uint32_t columns, rows;       /* macroblocks of a frame */
	bool frame_mbs_only;
	uint32_t x, y, width, height; /* pixels of the frame that are to be seen */
	bool has_vui, has_restriction;
	struct sps_restriction restriction;
	/* private: bits of the RBSP where flags are, and the first one after the last field */
	size_t crop_at, vui_at, restriction_at, end_at;
};

/**
 * Reads a parameter set.
 *
 * nal:    a NAL unit from its header on, without start code, escapes in it.
 * Errors: false when it is none, is cut off, or holds what cannot be.
 */
bool sps_read(struct sps *sps, const uint8_t *nal, size_t size);

enum sps_change {
	/* Says that no frame is output later than it is decoded, so that a decoder holds none
	 * back. Only for streams of which that is true: those without B-frames. */
	SPS_NO_REORDER = 1u << 0,
	/* Decoders output the whole macroblocks; the caller crops them to struct sps. */
	SPS_NO_CROPPING = 1u << 1,
};

/**
 * Writes a parameter set that is changed in nothing else.
 *
 * changes: of enum sps_change.
 * out:     the NAL unit, as nal is. May not overlap with nal.
 * Returns its size in bytes; 0: nal is no parameter set, or `capacity` is too small.
 *         SPS_MAX_BYTES * 2 is always enough.
 */
size_t sps_rewrite(uint8_t *out, size_t capacity, const uint8_t *nal, size_t size,
		unsigned changes);

/* The codec's name for WebCodecs (RFC 6381), as "avc1.64002a", with its end. */
#define SPS_CODEC_SIZE 12u
void sps_codec(const struct sps *sps, char out[SPS_CODEC_SIZE]);

#endif

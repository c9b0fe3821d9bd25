/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_ENCODE_H
#define SOFT_VA_ENCODE_H

#include <va/va.h>
#include <va/va_enc_h264.h>

#include "h264.h"
#include "surface.h"

enum { MAX_SLICES = 8, MAX_DIRTY_RECTS = 4, MAX_REGIONS = 4, MAX_TRIES = 6, MAX_SLICE_HEADER = 256,
	MAX_PPS = 8 };

struct x264_encoder;

/** Settings that an application told beside the parameter buffers; they stay until told anew. */
struct rate_settings {
	uint32_t bits_per_second, target_percentage; /* 0: not told */
	uint32_t hrd_size, hrd_fullness; /* bits */
	uint32_t fps_num, fps_den;
	uint32_t min_qp, max_qp, quality_factor;
	uint32_t quality_level; /* 1 best .. 7 fastest */
};

struct encode_slice {
	VAEncSliceParameterBufferH264 va;
	uint8_t header[MAX_SLICE_HEADER]; /* from the NAL header on, not escaped */
	struct h264_slice parsed;
};

/** One picture to encode: all that the engine needs. */
struct encode_job {
	struct context *context; /* a reference, as the next two */
	struct surface *source;
	struct buffer *coded;
	VAEncSequenceParameterBufferH264 seq;
	VAEncPictureParameterBufferH264 pic;
	struct h264_sps sps;
	struct h264_pps pps;
	struct rate_settings rate;
	uint32_t rate_control; /* VA_RC_* */
	struct encode_slice slices[MAX_SLICES];
	unsigned int n_slices;
	uint8_t *prefix; /* units before the slices, start codes included */
	size_t prefix_size;
	VARectangle dirty[MAX_DIRTY_RECTS];
	unsigned int n_dirty; /* 0: all may have changed */
	VAEncROI regions[MAX_REGIONS]; /* with other quantisers */
	unsigned int n_regions;
	bool again; /* the picture before is not sent: this one replaces it */
	uint32_t refresh_columns; /* macroblocks a picture of rolling intra refresh; 0: none */
};

/** An encoder's state; encode.c keeps the application's side of it. */
struct encoder {
	struct encode_job *job; /* the picture that is being described */
	bool have_seq, have_pic;
	VAEncSequenceParameterBufferH264 seq;
	struct h264_sps sps;
	struct h264_pps pps;
	struct h264_pps packed_pps[MAX_PPS]; /* by id */
	bool have_sps, have_pps[MAX_PPS]; /* packed ones were given */
	struct rate_settings rate;
	bool packed_pending;
	VAEncPackedHeaderParameterBuffer packed;
	unsigned int n_headers; /* packed slice headers of this picture */
	size_t header_bits[MAX_SLICES], header_bytes[MAX_SLICES];
	uint64_t pictures; /* accepted */
	uint64_t base; /* the reference of the last one; 0: none, it was an IDR */
	uint32_t last_idr_pic_id;
	unsigned int tries; /* of the last one */
	/* the engine's side: */
	struct x264_encoder *x264;
	uint8_t *previous; /* source of the last picture, to check dirty rectangles */
};

#define ENCODER(context) ((struct encoder *)(context)->priv)

/* encode-check.c: whether the picture makes sense; fills job's parsed parts. */
VAStatus encode_check(struct context *context);

/* encode-params.c: the application's buffers. */
VAStatus encode_parse_buffer(struct context *context, struct buffer *buffer);

/* encode-headers.c: parameter sets and slice headers from VA's parameters. */
void encode_build_sets(struct context *context);
int encode_build_slice_header(const struct encode_job *job, unsigned int index,
		uint8_t *out, size_t size);

/** Adds a unit, unescaped and without start code, to the job's prefix. */
int encode_add_unit(struct encode_job *job, const uint8_t *data, size_t size);

/* encode-x264.c */

/** Encodes into job->coded. A VAStatus. */
VAStatus x264_encode_job(struct encoder *encoder, struct encode_job *job);
void x264_encoder_free(struct x264_encoder *x264);

/* encode-stream.c */

/**
 * Writes x264's slice with the header that the application chose.
 *
 * Shapes:  in: one escaped unit without start code.
 * Returns: bytes written to out (start code included), or a negative errno:
 *          -EINVAL the headers contradict each other, -ENOSPC.
 */
int64_t stream_rewrite_slice(const uint8_t *in, size_t size, const struct h264_sps *x264_sps,
		const struct h264_pps *x264_pps, const struct encode_job *job,
		unsigned int index, uint8_t *out, size_t capacity);

#endif

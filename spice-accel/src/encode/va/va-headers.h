/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_HEADERS_H
#define VA_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "frame/packet.h"

#define VA_INIT_QP 26 /* of PPS and of the quantiser's difference in each slice */
#define VA_FRAME_NUM_BITS 8u
#define VA_SLICE_HEADER_BYTES 32

/* The contents of our headers; Rec. ITU-T H.264 7.3 and 7.4. */
struct va_stream {
	uint32_t width, height; /* of the picture, pixels, even */
	uint32_t columns, rows; /* macroblocks */
	uint32_t fps;
	uint32_t profile_idc, constraints, level_idc;
	bool cabac, transform_8x8;
};

/* The part that changes from picture to picture. */
struct va_slice {
	bool idr;
	uint32_t frame_num, idr_pic_id;
	int qp;
};

/* level_idc of Table A-1 for the picture size and rate. */
uint32_t va_level(uint32_t columns, uint32_t rows, uint32_t fps);

/* Append a unit with start code and escapes. 0 or -ENOMEM. */
int va_append_sps(struct packet *packet, const struct va_stream *stream);
int va_append_pps(struct packet *packet, const struct va_stream *stream);

/**
 * Writes a slice header with start code and NAL header, not escaped.
 *
 * Shapes:  out: VA_SLICE_HEADER_BYTES.
 * Returns: its length in bits.
 */
uint32_t va_write_slice_header(uint8_t *out, const struct va_stream *stream,
		const struct va_slice *slice);

/**
 * Appends a picture that repeats the last one: a P slice of skipped
 * macroblocks in CAVLC. With CABAC in use it refers to a second PPS, which
 * va_append_pps() writes too. 0 or -ENOMEM.
 */
int va_append_skip(struct packet *packet, const struct va_stream *stream, uint32_t frame_num);

#endif

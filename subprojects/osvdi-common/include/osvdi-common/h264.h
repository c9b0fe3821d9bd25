/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Bits, Exp-Golomb codes and NAL units of Rec. ITU-T H.264 (08/2021). */
#ifndef OSVDI_COMMON_H264_H
#define OSVDI_COMMON_H264_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum h264_nal_type { /* table 7-1 */
	H264_NAL_SLICE = 1,
	H264_NAL_IDR = 5,
	H264_NAL_SEI = 6,
	H264_NAL_SPS = 7,
	H264_NAL_PPS = 8,
	H264_NAL_AUD = 9,
	H264_NAL_FILLER = 12,
};

/* Reads past the end give zeros and set `overrun`. */
struct h264_reader {
	const uint8_t *data;
	size_t bits, at;
	bool overrun;
};

uint32_t h264_read(struct h264_reader *reader, unsigned bits); /* u(n), n <= 32 */
uint32_t h264_read_ue(struct h264_reader *reader);             /* 9.1 */
int32_t h264_read_se(struct h264_reader *reader);              /* 9.1.1 */

/* Writes that do not fit are dropped and set `overrun`. */
struct h264_writer {
	uint8_t *data;
	size_t capacity; /* bytes */
	size_t at;       /* bits */
	bool overrun;
};

void h264_write(struct h264_writer *writer, uint32_t value, unsigned bits);
void h264_write_ue(struct h264_writer *writer, uint32_t value);
void h264_write_se(struct h264_writer *writer, int32_t value);
/* rbsp_trailing_bits (7.3.2.11); returns the size in bytes. */
size_t h264_write_trailing(struct h264_writer *writer);

/* Copies a NAL unit's payload without emulation_prevention_three_byte (7.3.1).
 * At most `capacity` bytes; returns the bytes written. */
size_t h264_unescape(uint8_t *out, size_t capacity, const uint8_t *nal, size_t size);

/* The other way round, for an RBSP that does not end with 0. Returns the bytes written,
 * at most size + size / 2; 0: they do not fit. */
size_t h264_escape(uint8_t *out, size_t capacity, const uint8_t *rbsp, size_t size);

/* The next NAL unit in a byte stream from *at on: its first byte after the
 * start code, its size without trailing zeros; false at the end. */
bool h264_next_nal(const uint8_t *data, size_t size, size_t *at, const uint8_t **nal,
		size_t *nal_size);

#endif

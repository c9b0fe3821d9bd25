/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va/va-skip.h"

#include "encode/h264/h264-bits.h"

#define MAX_BYTES 512 /* of such a slice: 4K takes about 130 */

/* Table 9-44: rangeTabLPS. */
static const uint8_t range_lps[64][4] = {
	{ 128, 176, 208, 240 }, { 128, 167, 197, 227 },
	{ 128, 158, 187, 216 }, { 123, 150, 178, 205 },
	{ 116, 142, 169, 195 }, { 111, 135, 160, 185 },
	{ 105, 128, 152, 175 }, { 100, 122, 144, 166 },
	{ 95, 116, 137, 158 }, { 90, 110, 130, 150 }, { 85, 104, 123, 142 }, { 81, 99, 117, 135 },
	{ 77, 94, 111, 128 }, { 73, 89, 105, 122 }, { 69, 85, 100, 116 }, { 66, 80, 95, 110 },
	{ 62, 76, 90, 104 }, { 59, 72, 86, 99 }, { 56, 69, 81, 94 }, { 53, 65, 77, 89 },
	{ 51, 62, 73, 85 }, { 48, 59, 69, 80 }, { 46, 56, 66, 76 }, { 43, 53, 63, 72 },
	{ 41, 50, 59, 69 }, { 39, 48, 56, 65 }, { 37, 45, 54, 62 }, { 35, 43, 51, 59 },
	{ 33, 41, 48, 56 }, { 32, 39, 46, 53 }, { 30, 37, 43, 50 }, { 29, 35, 41, 48 },
	{ 27, 33, 39, 45 }, { 26, 31, 37, 43 }, { 24, 30, 35, 41 }, { 23, 28, 33, 39 },
	{ 22, 27, 32, 37 }, { 21, 26, 30, 35 }, { 20, 24, 29, 33 }, { 19, 23, 27, 31 },
	{ 18, 22, 26, 30 }, { 17, 21, 25, 28 }, { 16, 20, 23, 27 }, { 15, 19, 22, 25 },
	{ 14, 18, 21, 24 }, { 14, 17, 20, 23 }, { 13, 16, 19, 22 }, { 12, 15, 18, 21 },
	{ 12, 14, 17, 20 }, { 11, 14, 16, 19 }, { 11, 13, 15, 18 }, { 10, 12, 15, 17 },
	{ 10, 12, 14, 16 }, { 9, 11, 13, 15 }, { 9, 11, 12, 14 }, { 8, 10, 12, 14 },
	{ 8, 9, 11, 13 }, { 7, 9, 11, 12 }, { 7, 9, 10, 12 }, { 7, 8, 10, 11 },
	{ 6, 8, 9, 11 }, { 6, 7, 9, 10 }, { 6, 7, 8, 9 }, { 2, 2, 2, 2 },
};

/* Table 9-45: transIdxLPS. */
static const uint8_t next_lps[64] = {
	0, 0, 1, 2, 2, 4, 4, 5, 6, 7, 8, 9, 9, 11, 11, 12, 13, 13, 15, 15,
	16, 16, 18, 18, 19, 19, 21, 21,
	22, 22, 23, 24, 24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30, 31,
	32, 32, 33, 33, 33, 34, 34,
	35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
};

/* The arithmetic decoder of 9.3.3.2, with the one context that skipped
 * macroblocks of P slices use when all are skipped (9.3.3.1.1.1: ctxIdx 11). */
struct decoder {
	struct h264_reader *r;
	uint32_t range, offset;
	unsigned state, mps;
};

static void renormalise(struct decoder *d)
{
	while (d->range < 256) {
		d->range <<= 1;
		d->offset = d->offset << 1 | h264_read(d->r, 1);
	}
}

static unsigned decode_skip(struct decoder *d)
{
	uint32_t lps = range_lps[d->state][d->range >> 6 & 3];
	unsigned bin = d->mps;

	d->range -= lps;
	if (d->offset >= d->range) {
		bin = !d->mps;
		d->offset -= d->range;
		d->range = lps;
		if (d->state == 0)
			d->mps = !d->mps;
		d->state = next_lps[d->state];
	} else if (d->state < 62) {
		d->state++;
	}
	renormalise(d);
	return bin;
}

static bool decode_end(struct decoder *d)
{
	d->range -= 2;
	if (d->offset >= d->range)
		return true;
	renormalise(d);
	return false;
}

/* 9.3.1.1: m = 23, n = 33 for ctxIdx 11 with cabac_init_idc 0 (table 9-13). */
static bool cabac_is_skip(const struct va_stream *s, struct h264_reader *r, int qp)
{
	uint32_t macroblocks = s->columns * s->rows;
	int state = (23 * qp >> 4) + 33;
	struct decoder d = { .r = r, .range = 510 };

	state = state < 1 ? 1 : state > 126 ? 126 : state;
	d.mps = state > 63;
	d.state = (unsigned)(d.mps ? state - 64 : 63 - state);
	r->at = (r->at + 7) / 8 * 8; /* cabac_alignment_one_bit */
	d.offset = h264_read(r, 9);
	for (uint32_t i = 0; i < macroblocks; i++)
		if (!decode_skip(&d) || decode_end(&d) != (i + 1 == macroblocks))
			return false;
	return !r->overrun;
}

static bool cavlc_is_skip(const struct va_stream *s, struct h264_reader *r)
{
	return h264_read_ue(r) == s->columns * s->rows && h264_read(r, 1) == 1 && !r->overrun &&
			r->bits - r->at < 8;
}

bool va_slice_is_skip(const struct va_stream *s, const uint8_t *nal, size_t size)
{
	uint8_t rbsp[MAX_BYTES];
	struct h264_reader r = { .data = rbsp };
	int qp;

	while (size > 1 && nal[size - 1] == 0)
		size--; /* trailing_zero_8bits */
	if (size < 2 || size > sizeof rbsp || (nal[0] & 0x1f) != H264_NAL_SLICE)
		return false;
	r.bits = 8 * h264_unescape(rbsp, sizeof rbsp, nal + 1, size - 1);
	h264_read_ue(&r); /* first_mb_in_slice */
	h264_read_ue(&r); /* slice_type */
	h264_read_ue(&r); /* pic_parameter_set_id */
	h264_read(&r, VA_FRAME_NUM_BITS + 3);
	if (s->cabac)
		h264_read_ue(&r); /* cabac_init_idc */
	qp = VA_INIT_QP + h264_read_se(&r);
	if (h264_read_ue(&r) != 1) { /* disable_deblocking_filter_idc */
		h264_read_se(&r);
		h264_read_se(&r);
	}
	if (r.overrun || qp < 0 || qp > 51)
		return false;
	return s->cabac ? cabac_is_skip(s, &r, qp) : cavlc_is_skip(s, &r);
}

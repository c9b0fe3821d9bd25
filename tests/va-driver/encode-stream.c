/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"

/*
 * x264 codes the macroblocks; the headers are the application's. A slice's
 * data depends on the header and the parameter sets only by what is compared
 * here, and on its QP, so that data may follow another header with the same
 * values. CABAC data begin at a whole byte; CAVLC data are shifted.
 */
static int same_meaning(const struct h264_slice *a, const struct h264_pps *a_pps,
		const struct h264_slice *b, const struct h264_pps *b_pps)
{
	return a->first_mb == b->first_mb && a->type == b->type &&
			a_pps->cabac == b_pps->cabac &&
			a_pps->transform_8x8 == b_pps->transform_8x8 &&
			a_pps->constrained_intra_pred == b_pps->constrained_intra_pred &&
			a_pps->chroma_qp_offset[0] == b_pps->chroma_qp_offset[0] &&
			a_pps->chroma_qp_offset[1] == b_pps->chroma_qp_offset[1] &&
			(a->type == SLICE_I || a->num_ref_idx[0] == b->num_ref_idx[0]) &&
			(!a_pps->cabac || a->type == SLICE_I ||
					a->cabac_init_idc == b->cabac_init_idc);
}

static void write_header(struct bit_writer *w, const struct encode_slice *slice,
		const struct h264_pps *pps, int32_t qp)
{
	struct bit_reader r = { .data = slice->header, .n_bits = slice->parsed.header_bits };

	copy_bits(w, &r, slice->parsed.qp_start);
	write_se(w, qp - pps->init_qp);
	r.pos = slice->parsed.qp_end;
	copy_bits(w, &r, slice->parsed.header_bits - slice->parsed.qp_end);
}

static void write_data(struct bit_writer *w, const uint8_t *data, size_t size, size_t start,
		bool cabac)
{
	struct bit_reader r = { .data = data, .n_bits = size * 8, .pos = start };
	size_t end = size * 8;

	if (cabac) {
		while (w->pos % 8)
			write_bits(w, 1, 1); /* cabac_alignment_one_bit */
		r.pos = (start + 7) / 8 * 8;
		copy_bits(w, &r, end - r.pos); /* with its trailing bits */
		return;
	}
	while (end > start && !(data[(end - 1) / 8] >> (7 - (end - 1) % 8) & 1))
		end--;
	copy_bits(w, &r, end - 1 - start);
	write_trailing(w);
}

int64_t stream_rewrite_slice(const uint8_t *in, size_t size, const struct h264_sps *x264_sps,
		const struct h264_pps *x264_pps, const struct encode_job *job,
		unsigned int index, uint8_t *out, size_t capacity)
{
	static const uint8_t start_code[4] = { 0, 0, 0, 1 };
	const struct encode_slice *slice = &job->slices[index];
	struct bit_writer w = { .capacity = size + MAX_SLICE_HEADER };
	struct h264_slice theirs;
	int64_t ret = -EINVAL;
	uint8_t *raw = malloc(size), *escaped = NULL;
	size_t n;

	w.data = malloc(w.capacity);
	escaped = malloc(w.capacity / 2 * 3 + 2);
	if (!raw || !w.data || !escaped) {
		ret = -ENOMEM;
		goto out;
	}
	n = nal_unescape(in, size, raw);
	if (h264_parse_slice(raw, n, x264_sps, x264_pps, &theirs) < 0 ||
			!same_meaning(&theirs, x264_pps, &slice->parsed, &job->pps) ||
			(job->rate_control == VA_RC_CQP && !job->n_regions &&
					theirs.qp != slice->parsed.qp))
		goto out;
	write_header(&w, slice, &job->pps, theirs.qp);
	write_data(&w, raw, n, theirs.header_bits, x264_pps->cabac);
	if (w.failed)
		goto out;
	n = nal_escape(w.data, w.pos / 8, escaped);
	ret = -ENOSPC;
	if (n + sizeof(start_code) > capacity)
		goto out;
	memcpy(out, start_code, sizeof(start_code));
	memcpy(out + sizeof(start_code), escaped, n);
	ret = (int64_t)(n + sizeof(start_code));
out:
	free(escaped);
	free(w.data);
	free(raw);
	return ret;
}

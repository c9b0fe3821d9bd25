/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/sps.h>

#include <osvdi-common/h264.h>
#include <string.h>

#include "check.h"

/* The fields that make a parameter set, and the values to read from it. */
struct wanted {
	struct sps sps;
	bool cropped, hrd, many;
	uint32_t crop[4];
};

static void write_scaling(struct h264_writer *w, uint64_t *seed, unsigned lists)
{
	for (unsigned i = 0; i < lists; i++) {
		unsigned n = i < 6 ? 16 : 64, value = 8;

		if (check_random(seed, 2)) {
			h264_write(w, 0, 1);
			continue;
		}
		h264_write(w, 1, 1);
		if (check_random(seed, 2)) {
			h264_write_se(w, -8); /* the rest is the default */
			continue;
		}
		for (unsigned k = 0; k < n; k++) {
			unsigned next = 1 + check_random(seed, 100);

			h264_write_se(w, (int32_t)next - (int32_t)value);
			value = next;
		}
	}
}

static void write_format(struct h264_writer *w, const struct wanted *want, uint64_t *seed)
{
	const struct sps *s = &want->sps;

	if (s->profile_idc < 100)
		return;
	h264_write_ue(w, s->chroma_format_idc);
	if (s->chroma_format_idc == 3)
		h264_write(w, 0, 1);
	h264_write_ue(w, s->bit_depth_luma - 8);
	h264_write_ue(w, s->bit_depth_chroma - 8);
	h264_write(w, 0, 1);
	h264_write(w, s->scaling_matrices, 1);
	if (s->scaling_matrices)
		write_scaling(w, seed, s->chroma_format_idc == 3 ? 12 : 8);
}

static void write_order(struct h264_writer *w, const struct sps *s, uint64_t *seed)
{
	h264_write_ue(w, s->frame_num_bits - 4);
	h264_write_ue(w, s->poc_type);
	if (s->poc_type == 0)
		h264_write_ue(w, check_random(seed, 13));
	if (s->poc_type == 1) {
		uint32_t n = check_random(seed, 4);

		h264_write(w, check_random(seed, 2), 1);
		h264_write_se(w, -3);
		h264_write_se(w, 4);
		h264_write_ue(w, n);
		while (n--)
			h264_write_se(w, (int32_t)check_random(seed, 9) - 4);
	}
}

static void write_size(struct h264_writer *w, const struct wanted *want)
{
	const struct sps *s = &want->sps;

	h264_write_ue(w, s->max_num_ref_frames);
	h264_write(w, 0, 1);
	h264_write_ue(w, s->columns - 1);
	h264_write_ue(w, (s->frame_mbs_only ? s->rows : s->rows / 2) - 1);
	h264_write(w, s->frame_mbs_only, 1);
	if (!s->frame_mbs_only)
		h264_write(w, 0, 1);
	h264_write(w, 1, 1);
	h264_write(w, want->cropped, 1);
	for (int i = 0; want->cropped && i < 4; i++)
		h264_write_ue(w, want->crop[i]);
}

static void write_hrd(struct h264_writer *w)
{
	h264_write_ue(w, 1);
	h264_write(w, 0x12, 8);
	for (int i = 0; i < 2; i++) {
		h264_write_ue(w, 70000);
		h264_write_ue(w, 80000);
		h264_write(w, 0, 1);
	}
	h264_write(w, 0, 20);
}

static void write_vui(struct h264_writer *w, const struct wanted *want)
{
	const struct sps_restriction *b = &want->sps.restriction;

	h264_write(w, want->many, 1); /* aspect ratio */
	if (want->many) {
		h264_write(w, 255, 8);
		h264_write(w, 0x00400041, 32);
	}
	h264_write(w, want->many, 1); /* overscan */
	if (want->many)
		h264_write(w, 1, 1);
	h264_write(w, 1, 1); /* video signal, with colours */
	h264_write(w, 0xb, 5);
	h264_write(w, 0x010106, 24);
	h264_write(w, want->many, 1); /* chroma location */
	if (want->many) {
		h264_write_ue(w, 2);
		h264_write_ue(w, 3);
	}
	h264_write(w, 1, 1); /* timing: zeros, which need escapes */
	h264_write(w, 1, 32);
	h264_write(w, 120, 32);
	h264_write(w, 1, 1);
	h264_write(w, want->hrd, 1);
	if (want->hrd)
		write_hrd(w);
	h264_write(w, want->hrd && want->many, 1);
	if (want->hrd && want->many)
		write_hrd(w);
	if (want->hrd)
		h264_write(w, 0, 1);
	h264_write(w, 0, 1); /* pic_struct */
	h264_write(w, want->sps.has_restriction, 1);
	if (!want->sps.has_restriction)
		return;
	h264_write(w, b->motion_vectors_over_boundaries, 1);
	h264_write_ue(w, b->max_bytes_per_pic_denom);
	h264_write_ue(w, b->max_bits_per_mb_denom);
	h264_write_ue(w, b->log2_max_mv_length_horizontal);
	h264_write_ue(w, b->log2_max_mv_length_vertical);
	h264_write_ue(w, b->max_num_reorder_frames);
	h264_write_ue(w, b->max_dec_frame_buffering);
}

static size_t write_nal(uint8_t *nal, const struct wanted *want, uint64_t *seed)
{
	uint8_t rbsp[SPS_MAX_BYTES];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };
	size_t n;

	h264_write(&w, want->sps.profile_idc, 8);
	h264_write(&w, want->sps.constraints, 8);
	h264_write(&w, want->sps.level_idc, 8);
	h264_write_ue(&w, want->sps.id);
	write_format(&w, want, seed);
	write_order(&w, &want->sps, seed);
	write_size(&w, want);
	h264_write(&w, want->sps.has_vui, 1);
	if (want->sps.has_vui)
		write_vui(&w, want);
	n = h264_write_trailing(&w);
	CHECK(!w.overrun);
	nal[0] = 0x67;
	n = h264_escape(nal + 1, SPS_MAX_BYTES - 1, rbsp, n);
	CHECK(n > 0);
	return n + 1;
}

static void choose_size(struct wanted *want, uint64_t *seed)
{
	struct sps *s = &want->sps;
	uint32_t x = s->chroma_format_idc == 1 || s->chroma_format_idc == 2 ? 2 : 1;
	uint32_t y = s->chroma_format_idc == 1 ? 2 : 1;

	s->frame_mbs_only = check_random(seed, 4) > 0;
	s->columns = 1 + check_random(seed, SPS_MAX_EDGE);
	s->rows = 2 * (1 + check_random(seed, SPS_MAX_EDGE / 2));
	s->width = s->columns * 16;
	s->height = s->rows * 16;
	y *= s->frame_mbs_only ? 1 : 2;
	want->cropped = check_random(seed, 2);
	if (!want->cropped)
		return;
	for (int i = 0; i < 4; i++)
		want->crop[i] = check_random(seed, 3);
	s->x = want->crop[0] * x;
	s->width -= (want->crop[0] + want->crop[1]) * x;
	s->y = want->crop[2] * y;
	s->height -= (want->crop[2] + want->crop[3]) * y;
}

static struct wanted choose(uint64_t *seed)
{
	static const uint8_t profiles[] = { 66, 77, 88, 100, 110, 122, 244 };
	struct wanted want = { .hrd = check_random(seed, 3) == 0, .many = check_random(seed, 2) };
	struct sps *s = &want.sps;

	s->profile_idc = profiles[check_random(seed, sizeof profiles)];
	s->constraints = (uint8_t)check_random(seed, 256);
	s->level_idc = (uint8_t)check_random(seed, 63);
	s->id = check_random(seed, 32);
	s->chroma_format_idc = s->profile_idc < 100 ? 1 : check_random(seed, 4);
	s->bit_depth_luma = s->profile_idc < 100 ? 8 : 8 + check_random(seed, 7);
	s->bit_depth_chroma = s->profile_idc < 100 ? 8 : 8 + check_random(seed, 7);
	s->scaling_matrices = s->profile_idc >= 100 && check_random(seed, 3) == 0;
	s->frame_num_bits = 4 + check_random(seed, 13);
	s->poc_type = check_random(seed, 3);
	s->max_num_ref_frames = check_random(seed, 17);
	choose_size(&want, seed);
	s->has_vui = check_random(seed, 4) > 0;
	s->has_restriction = s->has_vui && check_random(seed, 2);
	s->restriction = (struct sps_restriction){ true, 2, 1, 15, 15, UINT32_MAX, UINT32_MAX };
	if (s->has_restriction) {
		uint32_t frames = check_random(seed, 17);

		s->restriction = (struct sps_restriction){ check_random(seed, 2),
				check_random(seed, 17),
			check_random(seed, 17), check_random(seed, 17), check_random(seed, 17),
			check_random(seed, frames + 1), frames };
	}
	return want;
}

static void check_restriction(const struct sps_restriction *a, const struct sps_restriction *b)
{
	CHECK_EQUAL(a->motion_vectors_over_boundaries, b->motion_vectors_over_boundaries);
	CHECK_EQUAL(a->max_bytes_per_pic_denom, b->max_bytes_per_pic_denom);
	CHECK_EQUAL(a->max_bits_per_mb_denom, b->max_bits_per_mb_denom);
	CHECK_EQUAL(a->log2_max_mv_length_horizontal, b->log2_max_mv_length_horizontal);
	CHECK_EQUAL(a->log2_max_mv_length_vertical, b->log2_max_mv_length_vertical);
	CHECK_EQUAL(a->max_num_reorder_frames, b->max_num_reorder_frames);
	CHECK_EQUAL(a->max_dec_frame_buffering, b->max_dec_frame_buffering);
}

/* All fields that are not private. */
static void check_same(const struct sps *a, const struct sps *b)
{
	CHECK_EQUAL(a->profile_idc, b->profile_idc);
	CHECK_EQUAL(a->constraints, b->constraints);
	CHECK_EQUAL(a->level_idc, b->level_idc);
	CHECK_EQUAL(a->id, b->id);
	CHECK_EQUAL(a->chroma_format_idc, b->chroma_format_idc);
	CHECK_EQUAL(a->bit_depth_luma, b->bit_depth_luma);
	CHECK_EQUAL(a->bit_depth_chroma, b->bit_depth_chroma);
	CHECK_EQUAL(a->scaling_matrices, b->scaling_matrices);
	CHECK_EQUAL(a->frame_num_bits, b->frame_num_bits);
	CHECK_EQUAL(a->poc_type, b->poc_type);
	CHECK_EQUAL(a->max_num_ref_frames, b->max_num_ref_frames);
	CHECK_EQUAL(a->columns, b->columns);
	CHECK_EQUAL(a->rows, b->rows);
	CHECK_EQUAL(a->frame_mbs_only, b->frame_mbs_only);
	CHECK(a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height);
	CHECK_EQUAL(a->has_vui, b->has_vui);
	CHECK_EQUAL(a->has_restriction, b->has_restriction);
	check_restriction(&a->restriction, &b->restriction);
}

static void expect(struct sps *s, unsigned changes)
{
	if (changes & SPS_NO_CROPPING) {
		s->x = s->y = 0;
		s->width = s->columns * 16;
		s->height = s->rows * 16;
	}
	if (changes & SPS_NO_REORDER) {
		uint32_t frames = s->has_restriction ? s->restriction.max_dec_frame_buffering : 0;

		s->has_vui = s->has_restriction = true;
		s->restriction.max_num_reorder_frames = 0;
		s->restriction.max_dec_frame_buffering = frames > s->max_num_ref_frames ? frames :
				s->max_num_ref_frames;
	}
}

static void test_round(void)
{
	uint64_t seed = 5;

	for (int round = 0; round < 5000; round++) {
		uint8_t nal[SPS_MAX_BYTES], out[2 * SPS_MAX_BYTES];
		struct wanted want = choose(&seed);
		size_t size = write_nal(nal, &want, &seed), n;
		struct sps got;

		CHECK(sps_read(&got, nal, size));
		check_same(&got, &want.sps);
		n = sps_rewrite(out, sizeof out, nal, size, 0);
		CHECK(n == size && memcmp(out, nal, n) == 0);
		for (unsigned changes = 1; changes < 4; changes++) {
			struct sps expected = want.sps;

			n = sps_rewrite(out, sizeof out, nal, size, changes);
			CHECK(n > 0 && out[0] == 0x67);
			CHECK(sps_read(&got, out, n));
			expect(&expected, changes);
			check_same(&got, &expected);
			CHECK_EQUAL(sps_rewrite(out, n - 1, nal, size, changes), 0);
		}
		/* Cut off before its last field, which no trailing bits and no escape follow. */
		CHECK(!sps_read(&got, nal, size - 4));
	}
}

/* As encoders write it: High profile, level 4.0, 1920x1080. */
static void test_real(void)
{
	static const uint8_t nal[] = { 0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78,
		0x02, 0x27, 0xe5,
		0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf0,
		0x3c, 0x60, 0xc6, 0x58 };
	char codec[SPS_CODEC_SIZE];
	struct sps sps;

	CHECK(sps_read(&sps, nal, sizeof nal));
	CHECK(sps.profile_idc == 100 && sps.level_idc == 40 && sps.width == 1920 &&
			sps.height == 1080);
	CHECK(sps.columns == 120 && sps.rows == 68 && sps.frame_mbs_only);
	CHECK(sps.has_restriction && sps.restriction.max_dec_frame_buffering == 4);
	sps_codec(&sps, codec);
	CHECK(strcmp(codec, "avc1.640028") == 0);
}

static void test_refused(void)
{
	struct wanted good = { .sps = { .profile_idc = 100, .chroma_format_idc = 1,
		.bit_depth_luma = 8, .bit_depth_chroma = 8, .frame_num_bits = 4, .columns = 2,
		.rows = 2, .frame_mbs_only = true } };
	struct wanted bad[8];
	uint8_t nal[SPS_MAX_BYTES], out[64], longer[SPS_MAX_BYTES + 1] = { 0x67, 1, 2, 3 };
	uint64_t seed = 1;
	struct sps sps;
	size_t size;
	unsigned i;

	for (i = 0; i < 8; i++)
		bad[i] = good;
	bad[0].sps.chroma_format_idc = 4;
	bad[1].sps.bit_depth_luma = 15;
	bad[2].sps.id = 32;
	bad[3].sps.frame_num_bits = 17;
	bad[4].sps.poc_type = 3;
	bad[5].sps.columns = SPS_MAX_EDGE + 1;
	bad[6].cropped = true;
	bad[6].crop[1] = 16; /* all of it */
	bad[7].sps.bit_depth_chroma = 6; /* by way of 2^32 */
	for (i = 0; i < 8; i++) {
		size = write_nal(nal, &bad[i], &seed);
		CHECK(!sps_read(&sps, nal, size));
		CHECK_EQUAL(sps_rewrite(out, sizeof out, nal, size, SPS_NO_REORDER), 0);
	}
	size = write_nal(nal, &good, &seed);
	CHECK(sps_read(&sps, nal, size));
	CHECK_EQUAL(sps_rewrite(out, 0, nal, size, 0), 0);
	nal[0] = 0x68;
	CHECK(!sps_read(&sps, nal, size));
	CHECK(!sps_read(&sps, nal, 0));
	CHECK(!sps_read(&sps, longer, sizeof longer));
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "what is written is read, and changed in nothing else", test_round },
		{ "one of a real encoder", test_real },
		{ "what cannot be is refused", test_refused },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}

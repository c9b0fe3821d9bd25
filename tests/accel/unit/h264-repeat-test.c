/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include <glib.h>

#include "encode/h264/h264-bits.h"
#include "encode/h264/h264-repeat.h"

#define FRAME_NUM_BITS 4u

struct sps {
	uint32_t profile, log2_max, poc_type, columns, rows;
	bool frames_only;
};

static const struct sps good_sps = { 66, FRAME_NUM_BITS - 4, 2, 120, 68, true };

struct pps {
	uint32_t id, slice_groups;
	bool cabac, weighted, deblocking, redundant;
};

static const struct pps good_pps = { .deblocking = true };

static void feed(struct h264_repeat *r, enum h264_nal_type type, struct h264_writer *w)
{
	struct packet nal = { 0 }, out = { 0 };
	size_t size = h264_write_trailing(w);

	g_assert_false(w->overrun);
	g_assert_cmpint(h264_append_nal(&nal, 3, type, w->data, size), ==, 0);
	g_assert_cmpint(h264_repeat_copy(r, &out, nal.data + 4, nal.size - 4), ==, 0);
	g_assert_cmpmem(out.data, out.size, nal.data, nal.size); /* unchanged */
	packet_finish(&nal);
	packet_finish(&out);
}

static void feed_sps(struct h264_repeat *r, const struct sps *s)
{
	uint8_t data[64];
	struct h264_writer w = { .data = data, .capacity = sizeof data };

	h264_write(&w, s->profile, 8);
	h264_write(&w, 0, 8);
	h264_write(&w, 40, 8);
	h264_write_ue(&w, 0);
	if (s->profile == 100) {
		h264_write_ue(&w, 1);
		h264_write_ue(&w, 0);
		h264_write_ue(&w, 0);
		h264_write(&w, 0, 2);
	}
	h264_write_ue(&w, s->log2_max);
	h264_write_ue(&w, s->poc_type);
	h264_write_ue(&w, 1);
	h264_write(&w, 0, 1);
	h264_write_ue(&w, s->columns - 1);
	h264_write_ue(&w, s->rows - 1);
	h264_write(&w, s->frames_only, 1);
	h264_write(&w, 4, 3); /* direct_8x8_inference_flag; no cropping, no VUI */
	feed(r, H264_NAL_SPS, &w);
}

static void feed_pps(struct h264_repeat *r, const struct pps *p)
{
	uint8_t data[64];
	struct h264_writer w = { .data = data, .capacity = sizeof data };

	h264_write_ue(&w, p->id);
	h264_write_ue(&w, 0);
	h264_write(&w, p->cabac, 1);
	h264_write(&w, 0, 1);
	h264_write_ue(&w, p->slice_groups);
	h264_write_ue(&w, 0);
	h264_write_ue(&w, 0);
	h264_write(&w, p->weighted, 1);
	h264_write(&w, 0, 2);
	h264_write_se(&w, -3);
	h264_write_se(&w, 0);
	h264_write_se(&w, 0);
	h264_write(&w, p->deblocking, 1);
	h264_write(&w, 0, 1);
	h264_write(&w, p->redundant, 1);
	feed(r, H264_NAL_PPS, &w);
}

static bool usable(const struct sps *s, const struct pps *p)
{
	struct h264_repeat r = { 0 };
	struct packet out = { 0 };

	feed_sps(&r, s);
	feed_pps(&r, p);
	if (!r.usable)
		g_assert_cmpint(h264_repeat_append(&r, &out), ==, -ENOTSUP);
	return r.usable;
}

static void test_parameter_sets(void)
{
	struct sps s = good_sps;
	struct pps p = good_pps;

	g_assert_true(usable(&s, &p));
	s.profile = 100;
	g_assert_true(usable(&s, &p));
	s = good_sps, s.poc_type = 0;
	g_assert_false(usable(&s, &p));
	s = good_sps, s.frames_only = false;
	g_assert_false(usable(&s, &p));
	s = good_sps, s.log2_max = 13; /* 0..12 */
	g_assert_false(usable(&s, &p));
	s = good_sps, s.log2_max = 0xfffffffc; /* plus 4 wraps around */
	g_assert_false(usable(&s, &p));
	s = good_sps, s.log2_max = 60; /* more bits than a word has */
	g_assert_false(usable(&s, &p));
	s = good_sps, s.columns = 0x10000, s.rows = 0x10000;
	g_assert_false(usable(&s, &p));
	s = good_sps;
	p = good_pps, p.id = 1;
	g_assert_false(usable(&s, &p));
	p = good_pps, p.cabac = true;
	g_assert_false(usable(&s, &p));
	p = good_pps, p.slice_groups = 1;
	g_assert_false(usable(&s, &p));
	p = good_pps, p.weighted = true;
	g_assert_false(usable(&s, &p));
	p = good_pps, p.redundant = true;
	g_assert_false(usable(&s, &p));
}

static void test_cut_parameter_sets(void)
{
	static const uint8_t sps[] = { 0x67, 66, 0 };

	for (size_t size = 1; size <= sizeof sps; size++) {
		struct h264_repeat r = { .usable = true };
		struct packet out = { 0 };

		g_assert_cmpint(h264_repeat_copy(&r, &out, sps, size), ==, 0);
		g_assert_false(r.usable);
		g_assert_cmpint(h264_repeat_append(&r, &out), ==, -ENOTSUP);
		g_assert_cmpint(h264_repeat_copy(&r, &out, sps, 0), ==, -EBADMSG);
		packet_finish(&out);
	}
}

/* A slice header and `tail` bytes of what follows it. */
static size_t write_slice(uint8_t *rbsp, size_t capacity, uint32_t frame_num, unsigned first_mb,
		const uint8_t *tail, size_t tail_size)
{
	struct h264_writer w = { .data = rbsp, .capacity = capacity };

	h264_write_ue(&w, first_mb);
	h264_write_ue(&w, 5);
	h264_write_ue(&w, 0);
	h264_write(&w, frame_num, FRAME_NUM_BITS);
	for (size_t i = 0; i < tail_size; i++)
		h264_write(&w, tail[i], 8);
	return h264_write_trailing(&w);
}

static uint32_t frame_num_of(const uint8_t *rbsp, size_t size)
{
	struct h264_reader r = { .data = rbsp, .bits = size * 8 };

	h264_read_ue(&r);
	h264_read_ue(&r);
	h264_read_ue(&r);
	return h264_read(&r, FRAME_NUM_BITS);
}

/* Copies a slice; checks that all but frame_num came through; returns frame_num. */
static uint32_t copy(struct h264_repeat *r, enum h264_nal_type type, uint32_t frame_num,
		unsigned first_mb, const uint8_t *tail, size_t tail_size)
{
	static uint8_t before[4096], after[4096], want[4096];
	size_t size = write_slice(before, sizeof before, frame_num, first_mb, tail, tail_size),
			n, at = 0;
	struct packet nal = { 0 }, out = { 0 };
	const uint8_t *copied;
	uint32_t result;

	g_assert_cmpint(h264_append_nal(&nal, 2, type, before, size), ==, 0);
	g_assert_cmpint(h264_repeat_copy(r, &out, nal.data + 4, nal.size - 4), ==, 0);
	for (size_t i = 4; i + 2 < out.size; i++)
		g_assert_false(out.data[i] == 0 && out.data[i + 1] == 0 && out.data[i + 2] < 3);
	g_assert_true(h264_next_nal(out.data, out.size, &at, &copied, &n));
	g_assert_cmphex(copied[0], ==, nal.data[4]);
	n = h264_unescape(after, sizeof after, copied + 1, n - 1);
	result = frame_num_of(after, n);
	write_slice(want, sizeof want, result, first_mb, tail, tail_size);
	g_assert_cmpmem(after, n, want, size);
	packet_finish(&nal);
	packet_finish(&out);
	return result;
}

static void set_up(struct h264_repeat *r)
{
	memset(r, 0, sizeof *r);
	feed_sps(r, &good_sps);
	feed_pps(r, &good_pps);
	g_assert_true(r->usable);
}

static uint32_t repeat(struct h264_repeat *r)
{
	struct packet out = { 0 };
	uint8_t rbsp[64];
	struct h264_reader reader = { .data = rbsp };
	const uint8_t *nal;
	size_t n, at = 0;

	g_assert_cmpint(h264_repeat_append(r, &out), ==, 0);
	g_assert_true(h264_next_nal(out.data, out.size, &at, &nal, &n));
	g_assert_cmpuint(nal[0] & 31, ==, H264_NAL_SLICE);
	g_assert_cmpuint(nal[0] >> 5, >, 0); /* a reference */
	n = h264_unescape(rbsp, sizeof rbsp, nal + 1, n - 1);
	packet_finish(&out);
	reader.bits = n * 8;
	h264_read_ue(&reader);
	h264_read_ue(&reader);
	h264_read_ue(&reader);
	h264_read(&reader, FRAME_NUM_BITS);
	h264_read(&reader, 1);
	h264_read_ue(&reader);
	h264_read(&reader, 2);
	h264_read_se(&reader);
	g_assert_cmpuint(h264_read_ue(&reader), ==, 1);
	g_assert_cmpuint(h264_read_ue(&reader), ==, 120 * 68);
	g_assert_cmpuint(h264_read(&reader, 1), ==, 1);
	g_assert_false(reader.overrun);
	return frame_num_of(rbsp, n);
}

/* 7.4.3: each reference picture counts one up, modulo 16 here, from 0 at an IDR. */
static void test_frame_numbers(void)
{
	static const uint8_t tail[] = { 0x12, 0x34, 0x56, 0x78 };
	struct h264_repeat r;
	uint32_t theirs = 0, want = 0;

	set_up(&r);
	for (int i = 0; i < 500; i++) {
		int what = g_test_rand_int_range(0, 20);

		if (what == 0 || i == 0) {
			theirs = want = 0;
			g_assert_cmpuint(copy(&r, H264_NAL_IDR, 0, 0, tail, sizeof tail), ==, 0);
		} else if (what < 8) {
			theirs = (theirs + 1) % 16;
			want = (want + 1) % 16;
			/* two slices of one picture */
			g_assert_cmpuint(copy(&r, H264_NAL_SLICE, theirs, 0, tail, sizeof tail),
					==, want);
			g_assert_cmpuint(copy(&r, H264_NAL_SLICE, theirs, 99, tail, sizeof tail),
					==, want);
		} else {
			want = (want + 1) % 16;
			g_assert_cmpuint(repeat(&r), ==, want);
		}
	}
}

/* Data full of zeros: escapes appear and disappear with the number. */
static void test_escapes(void)
{
	struct h264_repeat r;

	set_up(&r);
	for (int round = 0; round < 20000; round++) {
		uint8_t tail[150];
		size_t size = (size_t)g_test_rand_int_range(0, sizeof tail);

		for (size_t i = 0; i < size; i++)
			tail[i] = (uint8_t)(g_test_rand_int_range(0, 4) ? 0 :
					g_test_rand_int_range(0, 8));
		/* somewhere near the header a byte is not zero, as in any real slice */
		if (size > 50)
			tail[g_test_rand_int_range(4, 40)] = 0xff;
		r.offset = (uint32_t)round % 16;
		copy(&r, H264_NAL_SLICE, (uint32_t)g_test_rand_int_range(0, 16),
				(unsigned)g_test_rand_int_range(0, 8160), tail, size);
	}
}

/* The byte at which both streams agree again is the last that is looked at. */
static void test_late_agreement(void)
{
	struct h264_repeat r;

	for (size_t at = 0; at < 100; at++) {
		uint8_t tail[200], rbsp[256];
		struct packet nal = { 0 }, out = { 0 };
		size_t size;
		int ret;

		set_up(&r);
		r.offset = 3;
		memset(tail, 0xff, sizeof tail);
		memset(tail, 0, at);
		size = write_slice(rbsp, sizeof rbsp, 1, 0, tail, sizeof tail);
		g_assert_cmpint(h264_append_nal(&nal, 2, H264_NAL_SLICE, rbsp, size), ==, 0);
		ret = h264_repeat_copy(&r, &out, nal.data + 4, nal.size - 4);
		g_assert_true(ret == 0 || ret == -EBADMSG);
		if (at < 61) /* 64 bytes of head, two of them the header */
			g_assert_cmpint(ret, ==, 0);
		packet_finish(&nal);
		packet_finish(&out);
	}
}

static void test_cut_slices(void)
{
	static const uint8_t slice[] = { 0x41, 0x9a, 0x00 };
	struct h264_repeat r;
	struct packet out = { 0 };

	set_up(&r);
	g_assert_cmpint(h264_repeat_copy(&r, &out, slice, 1), ==, -EBADMSG);
	packet_finish(&out);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/h264-repeat/parameter-sets", test_parameter_sets);
	g_test_add_func("/h264-repeat/cut-parameter-sets", test_cut_parameter_sets);
	g_test_add_func("/h264-repeat/frame-numbers", test_frame_numbers);
	g_test_add_func("/h264-repeat/escapes", test_escapes);
	g_test_add_func("/h264-repeat/late-agreement", test_late_agreement);
	g_test_add_func("/h264-repeat/cut-slices", test_cut_slices);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "encode/h264-bits.h"

static void test_numbers(void)
{
	static const uint32_t values[] = { 0, 1, 2, 3, 7, 8, 254, 255, 256, 65535, 0x7fffffff, 0xfffffffe };
	uint8_t data[256];
	struct h264_writer w = { .data = data, .capacity = sizeof data };
	struct h264_reader r = { .data = data };

	for (unsigned i = 0; i < G_N_ELEMENTS(values); i++)
		h264_write_ue(&w, values[i]);
	for (int32_t v = -5; v <= 5; v++)
		h264_write_se(&w, v);
	h264_write(&w, 0x2a, 6);
	h264_write(&w, 0xdeadbeef, 32);
	r.bits = 8 * h264_write_trailing(&w);
	g_assert_false(w.overrun);
	for (unsigned i = 0; i < G_N_ELEMENTS(values); i++)
		g_assert_cmpuint(h264_read_ue(&r), ==, values[i]);
	for (int32_t v = -5; v <= 5; v++)
		g_assert_cmpint(h264_read_se(&r), ==, v);
	g_assert_cmpuint(h264_read(&r, 6), ==, 0x2a);
	g_assert_cmpuint(h264_read(&r, 32), ==, 0xdeadbeef);
	g_assert_cmpuint(h264_read(&r, 1), ==, 1); /* rbsp_stop_one_bit */
	g_assert_false(r.overrun);
}

/* Table 9-2: the codes themselves. */
static void test_golomb_bits(void)
{
	uint8_t data[4] = { 0 };
	struct h264_writer w = { .data = data, .capacity = sizeof data };

	h264_write_ue(&w, 0); /* 1 */
	h264_write_ue(&w, 1); /* 010 */
	h264_write_ue(&w, 5); /* 00110 */
	h264_write_se(&w, -1); /* 011 */
	h264_write_se(&w, 2);  /* 00100 */
	/* 1010 0011 0011 0010 0 */
	g_assert_cmpuint(w.at, ==, 17);
	g_assert_cmphex(data[0], ==, 0xa3);
	g_assert_cmphex(data[1], ==, 0x32);
	g_assert_cmphex(data[2], ==, 0x00);
}

static void test_limits(void)
{
	uint8_t zeros[8] = { 0 }, small[1];
	struct h264_reader r = { .data = zeros, .bits = 64 };
	struct h264_writer w = { .data = small, .capacity = sizeof small };

	g_assert_cmpuint(h264_read_ue(&r), ==, 0);
	g_assert_true(r.overrun);
	r = (struct h264_reader){ .data = zeros, .bits = 3 };
	h264_read(&r, 4);
	g_assert_true(r.overrun);
	g_assert_cmpuint(r.at, ==, 3);
	h264_write(&w, 0x1ff, 9);
	g_assert_true(w.overrun);
	h264_write_trailing(&w);
}

static void round_trip(const uint8_t *rbsp, size_t size)
{
	struct packet p = { 0 };
	uint8_t back[512];
	const uint8_t *nal;
	size_t at = 0, n;

	g_assert_cmpint(h264_append_nal(&p, 3, H264_NAL_SEI, rbsp, size), ==, 0);
	/* 7.4.1: three bytes 0x000000..0x000003 never appear but with their escape */
	for (size_t i = 4; i + 2 < p.size; i++)
		g_assert_false(p.data[i] == 0 && p.data[i + 1] == 0 && p.data[i + 2] < 3);
	g_assert_true(h264_next_nal(p.data, p.size, &at, &nal, &n));
	g_assert_cmphex(nal[0], ==, 0x66);
	n = h264_unescape(back, sizeof back, nal + 1, n - 1);
	g_assert_cmpmem(back, n, rbsp, size);
	g_assert_false(h264_next_nal(p.data, p.size, &at, &nal, &n));
	packet_finish(&p);
}

static void test_escapes(void)
{
	uint8_t rbsp[300];

	for (int round = 0; round < 3000; round++) {
		size_t size = (size_t)g_test_rand_int_range(1, sizeof rbsp);

		for (size_t i = 0; i < size; i++)
			rbsp[i] = (uint8_t)g_test_rand_int_range(0, round % 2 ? 5 : 2);
		rbsp[size - 1] = 0x80; /* rbsp_trailing_bits: the last byte is never 0 */
		round_trip(rbsp, size);
	}
	memset(rbsp, 0, sizeof rbsp);
	rbsp[sizeof rbsp - 1] = 0x80;
	round_trip(rbsp, sizeof rbsp);
}

static void test_finds_nals(void)
{
	/* a three-byte start code, a four-byte one, trailing zeros, garbage before */
	static const uint8_t stream[] = { 7, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 0, 0, 1, 0x65, 0, 0 };
	const uint8_t *nal;
	size_t at = 0, n;

	g_assert_true(h264_next_nal(stream, sizeof stream, &at, &nal, &n));
	g_assert_cmpmem(nal, n, "\x67\x01\x02", 3);
	g_assert_true(h264_next_nal(stream, sizeof stream, &at, &nal, &n));
	g_assert_cmpmem(nal, n, "\x68\x03", 2);
	g_assert_true(h264_next_nal(stream, sizeof stream, &at, &nal, &n));
	g_assert_cmpmem(nal, n, "\x65", 1);
	g_assert_false(h264_next_nal(stream, sizeof stream, &at, &nal, &n));
	at = 0;
	g_assert_false(h264_next_nal(stream, 3, &at, &nal, &n));
	at = 0;
	g_assert_false(h264_next_nal(stream, 0, &at, &nal, &n));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/h264-bits/numbers", test_numbers);
	g_test_add_func("/h264-bits/golomb-bits", test_golomb_bits);
	g_test_add_func("/h264-bits/limits", test_limits);
	g_test_add_func("/h264-bits/escapes", test_escapes);
	g_test_add_func("/h264-bits/finds-nals", test_finds_nals);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/h264.h>

#include <string.h>

#include "check.h"

static void test_numbers(void)
{
	static const uint32_t values[] = { 0, 1, 2, 3, 7, 8, 254, 255, 256, 65535, 0x7fffffff,
		0xfffffffe };
	const unsigned n = sizeof values / sizeof values[0];
	uint8_t data[256];
	struct h264_writer w = { .data = data, .capacity = sizeof data };
	struct h264_reader r = { .data = data };

	for (unsigned i = 0; i < n; i++)
		h264_write_ue(&w, values[i]);
	for (int32_t v = -5; v <= 5; v++)
		h264_write_se(&w, v);
	h264_write(&w, 0x2a, 6);
	h264_write(&w, 0xdeadbeef, 32);
	r.bits = 8 * h264_write_trailing(&w);
	CHECK(!w.overrun);
	for (unsigned i = 0; i < n; i++)
		CHECK_EQUAL(h264_read_ue(&r), values[i]);
	for (int32_t v = -5; v <= 5; v++)
		CHECK_EQUAL(h264_read_se(&r), v);
	CHECK_EQUAL(h264_read(&r, 6), 0x2a);
	CHECK_EQUAL(h264_read(&r, 32), 0xdeadbeef);
	CHECK_EQUAL(h264_read(&r, 1), 1); /* rbsp_stop_one_bit */
	CHECK(!r.overrun);
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
	CHECK_EQUAL(w.at, 17);
	CHECK_EQUAL(data[0], 0xa3);
	CHECK_EQUAL(data[1], 0x32);
	CHECK_EQUAL(data[2], 0x00);
}

static void test_limits(void)
{
	uint8_t zeros[8] = { 0 }, small[1];
	struct h264_reader r = { .data = zeros, .bits = 64 };
	struct h264_writer w = { .data = small, .capacity = sizeof small };

	CHECK_EQUAL(h264_read_ue(&r), 0);
	CHECK(r.overrun);
	r = (struct h264_reader){ .data = zeros, .bits = 3 };
	h264_read(&r, 4);
	CHECK(r.overrun);
	CHECK_EQUAL(r.at, 3);
	h264_write(&w, 0x1ff, 9);
	CHECK(w.overrun);
	h264_write_trailing(&w);
}

/* There and back; no capacity that is too small is passed. */
static void round_trip(const uint8_t *rbsp, size_t size)
{
	uint8_t out[512], back[512];
	size_t n = h264_escape(out, sizeof out, rbsp, size);

	CHECK(n >= size && n <= size + size / 2);
	/* 7.4.1: three bytes 0x000000..0x000003 never appear but with their escape */
	for (size_t i = 0; i + 2 < n; i++)
		CHECK(!(out[i] == 0 && out[i + 1] == 0 && out[i + 2] < 3));
	CHECK_EQUAL(h264_unescape(back, sizeof back, out, n), size);
	CHECK(memcmp(back, rbsp, size) == 0);
	out[n - 1] = 77;
	CHECK_EQUAL(h264_escape(out, n - 1, rbsp, size), 0);
	CHECK_EQUAL(out[n - 1], 77);
}

static void test_escapes(void)
{
	uint64_t seed = 3;
	uint8_t rbsp[300];

	for (int round = 0; round < 3000; round++) {
		size_t size = 1 + check_random(&seed, sizeof rbsp - 1);

		for (size_t i = 0; i < size; i++)
			rbsp[i] = (uint8_t)check_random(&seed, round % 2 ? 5 : 2);
		rbsp[size - 1] = 0x80; /* rbsp_trailing_bits: the last byte is never 0 */
		round_trip(rbsp, size);
	}
	memset(rbsp, 0, sizeof rbsp);
	rbsp[sizeof rbsp - 1] = 0x80;
	round_trip(rbsp, sizeof rbsp);
}

static void check_next(const uint8_t *stream, size_t size, size_t *at, const char *want, size_t n)
{
	const uint8_t *nal;
	size_t found;

	CHECK(h264_next_nal(stream, size, at, &nal, &found));
	CHECK(found == n && memcmp(nal, want, n) == 0);
}

static void test_finds_nals(void)
{
	/* a three-byte start code, a four-byte one, trailing zeros, garbage before */
	static const uint8_t stream[] = { 7, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 0, 0,
		1, 0x65, 0, 0 };
	const uint8_t *nal;
	size_t at = 0, n;

	check_next(stream, sizeof stream, &at, "\x67\x01\x02", 3);
	check_next(stream, sizeof stream, &at, "\x68\x03", 2);
	check_next(stream, sizeof stream, &at, "\x65", 1);
	CHECK(!h264_next_nal(stream, sizeof stream, &at, &nal, &n));
	at = 0;
	CHECK(!h264_next_nal(stream, 3, &at, &nal, &n));
	at = 0;
	CHECK(!h264_next_nal(stream, 0, &at, &nal, &n));
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "numbers there and back", test_numbers },
		{ "bits of Exp-Golomb codes", test_golomb_bits },
		{ "ends", test_limits },
		{ "escapes", test_escapes },
		{ "NAL units in a stream", test_finds_nals },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}

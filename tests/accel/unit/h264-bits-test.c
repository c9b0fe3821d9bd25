/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Bytes that are appended to packets; bits and escapes: common-h264. */
#include <string.h>

#include <glib.h>

#include "encode/h264/h264-bits.h"

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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/h264-bits/escapes", test_escapes);
	return g_test_run();
}

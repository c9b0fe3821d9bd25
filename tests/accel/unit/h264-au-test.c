/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>
#include <osvdi-accel-protocol.h>

#include "encode/h264/h264-au.h"
#include "encode/h264/h264-bits.h"

static void append_slice(struct packet *p)
{
	g_assert_cmpint(h264_append_nal(p, 3, H264_NAL_IDR, (const uint8_t *)"\x88\x80", 2), ==, 0);
}

static void test_found_again(void)
{
	for (unsigned n = 0; n <= DAMAGE_MAX_RECTS; n++) {
		struct damage damage = { .n = n };
		struct encode_request request = { .damage = &damage, .number = 0x100 + n,
			.capture_us = UINT64_C(123456789012) };
		struct osvdi_frame_info info;
		struct packet p = { 0 };

		for (unsigned i = 0; i < n; i++)
			damage.rects[i] = (struct spice_accel_rect){ (int)i, (int)(2 * i),
				(int)i + 1, 16000 };
		g_assert_cmpint(h264_append_nal(&p, 3, H264_NAL_SPS,
				(const uint8_t *)"\x42\x00\x80", 3), ==, 0);
		g_assert_cmpint(h264_append_frame_info(&p, &request, false), ==, 0);
		append_slice(&p);
		g_assert_true(osvdi_find_frame_info(p.data, p.size, &info));
		g_assert_cmpuint(info.frame, ==, 0x100 + n);
		g_assert_cmpuint(info.capture_us, ==, UINT64_C(123456789012));
		g_assert_cmpuint(info.flags, ==, 0);
		g_assert_cmpuint(info.n_rects, ==, n);
		for (unsigned i = 0; i < n; i++) {
			g_assert_cmpuint(info.rects[i].x, ==, i);
			g_assert_cmpuint(info.rects[i].y, ==, 2 * i);
			g_assert_cmpuint(info.rects[i].width, ==, i + 1);
			g_assert_cmpuint(info.rects[i].height, ==, 16000);
		}
		packet_finish(&p);
	}
}

/* Numbers full of zeros need escapes all over. */
static void test_emulation_prevention(void)
{
	static const uint64_t numbers[] = { 0, 1, 2, 3, 0x0000000100000001, 0x0300000200000100,
		0x0000030000000300 };

	for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++)
		for (unsigned j = 0; j < G_N_ELEMENTS(numbers); j++) {
			struct damage damage = { .n = 2,
				.rects = { { 0, 0, 1, 0x300 }, { 0x100, 0, 0x100, 3 } } };
			struct encode_request request = { .damage = &damage, .number = numbers[i],
				.capture_us = numbers[j] };
			struct osvdi_frame_info info;
			struct packet p = { 0 };

			g_assert_cmpint(h264_append_frame_info(&p, &request, false), ==, 0);
			for (size_t at = 4; at + 2 < p.size; at++)
				g_assert_false(p.data[at] == 0 && p.data[at + 1] == 0 &&
						p.data[at + 2] < 3);
			append_slice(&p);
			g_assert_true(osvdi_find_frame_info(p.data, p.size, &info));
			g_assert_cmpuint(info.frame, ==, numbers[i]);
			g_assert_cmpuint(info.capture_us, ==, numbers[j]);
			g_assert_cmpuint(info.rects[0].height, ==, 0x300);
			g_assert_cmpuint(info.rects[1].x, ==, 0x100);
			packet_finish(&p);
		}
}

static uint8_t flags_of(enum encode_kind kind, bool key, unsigned *n_rects)
{
	struct damage damage = { .n = 1, .rects = { { 0, 0, 16, 16 } } };
	struct encode_request request = { .kind = kind, .damage = &damage, .number = 7 };
	struct osvdi_frame_info info;
	struct packet p = { 0 };

	g_assert_cmpint(h264_append_frame_info(&p, &request, key), ==, 0);
	append_slice(&p);
	g_assert_true(osvdi_find_frame_info(p.data, p.size, &info));
	packet_finish(&p);
	*n_rects = info.n_rects;
	return info.flags;
}

static void test_flags(void)
{
	unsigned n;

	g_assert_cmphex(flags_of(ENCODE_NEW, false, &n), ==, 0);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmphex(flags_of(ENCODE_NEW, true, &n), ==, OSVDI_FRAME_KEY | OSVDI_FRAME_FULL);
	g_assert_cmpuint(n, ==, 0);
	g_assert_cmphex(flags_of(ENCODE_REPEAT, false, &n), ==, OSVDI_FRAME_REPEAT);
	g_assert_cmpuint(n, ==, 0);
	g_assert_cmphex(flags_of(ENCODE_REFINE, false, &n), ==, OSVDI_FRAME_REFINED);
	g_assert_cmpuint(n, ==, 0);
}

static void test_not_found(void)
{
	struct damage damage = { 0 };
	struct encode_request request = { .damage = &damage, .number = 7 };
	struct osvdi_frame_info info;
	struct packet p = { 0 };
	size_t whole;

	append_slice(&p);
	g_assert_cmpint(h264_append_frame_info(&p, &request, false), ==, 0);
	g_assert_false(osvdi_find_frame_info(p.data, p.size, &info)); /* after the slice */
	packet_reset(&p);
	g_assert_cmpint(h264_append_frame_info(&p, &request, false), ==, 0);
	whole = p.size;
	for (size_t cut = 0; cut + 1 < whole; cut++)
		g_assert_false(osvdi_find_frame_info(p.data, cut, &info));
	p.data[4 + 1 + 2] ^= 1; /* the UUID */
	g_assert_false(osvdi_find_frame_info(p.data, p.size, &info));
	packet_finish(&p);
}

/* Other SEI before ours: an encoder's own, a damaged one, an empty one. */
static void test_other_sei_first(void)
{
	static const uint8_t broken[] = { 0, 0, 1, 6, 5 }, empty[] = { 0, 0, 1, 6 };
	static const uint8_t pic_timing[] = { 1, 1, 0x50, 0x80 };
	struct damage damage = { 0 };
	struct encode_request request = { .damage = &damage, .number = 42 };
	struct osvdi_frame_info info;
	struct packet p = { 0 };
	uint8_t big[800] = { 5, 255, 255, 255, 20 };

	memset(big + 5, 0x41, sizeof big - 5);
	g_assert_cmpint(h264_append_nal(&p, 0, H264_NAL_SEI, big, sizeof big), ==, 0);
	g_assert_cmpint(h264_append_nal(&p, 0, H264_NAL_SEI, pic_timing, sizeof pic_timing), ==, 0);
	g_assert_cmpint(packet_append(&p, broken, sizeof broken), ==, 0);
	g_assert_cmpint(packet_append(&p, empty, sizeof empty), ==, 0);
	g_assert_cmpint(h264_append_frame_info(&p, &request, false), ==, 0);
	append_slice(&p);
	g_assert_true(osvdi_find_frame_info(p.data, p.size, &info));
	g_assert_cmpuint(info.frame, ==, 42);
	packet_finish(&p);
}

static void test_flush(void)
{
	struct packet p = { 0 };
	const uint8_t *nal;
	size_t at = 0, n;

	g_assert_cmpint(h264_append_flush(&p), ==, 0);
	g_assert_true(h264_next_nal(p.data, p.size, &at, &nal, &n));
	g_assert_cmpuint(nal[0] & 31, ==, H264_NAL_AUD);
	g_assert_true(h264_next_nal(p.data, p.size, &at, &nal, &n));
	g_assert_cmpuint(nal[0] & 31, ==, H264_NAL_FILLER);
	g_assert_false(h264_next_nal(p.data, p.size, &at, &nal, &n));
	packet_finish(&p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/h264-au/found-again", test_found_again);
	g_test_add_func("/h264-au/emulation-prevention", test_emulation_prevention);
	g_test_add_func("/h264-au/flags", test_flags);
	g_test_add_func("/h264-au/not-found", test_not_found);
	g_test_add_func("/h264-au/other-sei-first", test_other_sei_first);
	g_test_add_func("/h264-au/flush", test_flush);
	return g_test_run();
}

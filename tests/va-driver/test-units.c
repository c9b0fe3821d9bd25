/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Tiling, bits, H.264 headers and settings, without libva. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <drm_fourcc.h>

#include "check.h"
#include "faults.h"
#include "h264.h"
#include "soft-va.h"

/* Offsets that the PRM's drawings give, one marked byte each. */
static void test_tile_positions(void)
{
	static const struct {
		uint64_t modifier;
		size_t x, y, pitch, offset;
	} cases[] = {
		{ I915_FORMAT_MOD_X_TILED, 0, 1, 1024, 512 },
		{ I915_FORMAT_MOD_X_TILED, 512, 0, 1024, 4096 },
		{ I915_FORMAT_MOD_X_TILED, 5, 8, 1024, 8192 + 5 },
		{ I915_FORMAT_MOD_Y_TILED, 16, 0, 256, 512 },
		{ I915_FORMAT_MOD_Y_TILED, 3, 1, 256, 19 },
		{ I915_FORMAT_MOD_Y_TILED, 128, 32, 256, 3 * 4096 },
		{ I915_FORMAT_MOD_Yf_TILED, 16, 0, 256, 128 },
		{ I915_FORMAT_MOD_Yf_TILED, 0, 8, 256, 256 },
		{ I915_FORMAT_MOD_Yf_TILED, 64, 31, 256, 2048 + 1024 + 256 + 7 * 16 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t linear[1024 * 33] = { 0 }, tiled[1024 * 64] = { 0 };

		linear[cases[i].y * 1024 + cases[i].x] = 0xaa;
		CHECK_INT(soft_va_tile(cases[i].modifier, tiled, cases[i].pitch, linear, 1024,
					cases[i].pitch, 33), 0);
		CHECK_INT(tiled[cases[i].offset], 0xaa);
	}
}

static void test_tile_round_trip(void)
{
	static const uint64_t modifiers[] = { DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED,
		I915_FORMAT_MOD_Y_TILED, I915_FORMAT_MOD_Yf_TILED };
	enum { ROWS = 67, BYTES = 700 };

	for (int m = 0; m < 4; m++) {
		size_t pitch = soft_va_plane_pitch(modifiers[m], BYTES);
		size_t size = soft_va_plane_size(modifiers[m], pitch, ROWS);
		uint8_t in[ROWS * BYTES], out[ROWS * BYTES], *tiled = calloc(1, size);

		CHECK(tiled && pitch >= BYTES);
		for (size_t i = 0; i < sizeof(in); i++)
			in[i] = (uint8_t)(i * 7 + i / 251);
		CHECK_INT(soft_va_tile(modifiers[m], tiled, pitch, in, BYTES, BYTES, ROWS), 0);
		CHECK_INT(soft_va_detile(modifiers[m], out, BYTES, tiled, pitch, BYTES, ROWS), 0);
		CHECK_INT(memcmp(in, out, sizeof(in)), 0);
		if (m)
			CHECK(memcmp(in, tiled, sizeof(in)) != 0);
		free(tiled);
	}
	CHECK_INT(soft_va_plane_pitch(DRM_FORMAT_MOD_INVALID, 100), 0);
}

static void test_bits(void)
{
	uint8_t data[64];
	struct bit_writer w = { .data = data, .capacity = sizeof(data) };
	struct bit_reader r = { .data = data };

	write_bits(&w, 5, 3);
	for (uint32_t v = 0; v < 20; v++)
		write_ue(&w, v);
	write_ue(&w, UINT32_MAX - 1);
	for (int32_t v = -5; v <= 5; v++)
		write_se(&w, v);
	r.n_bits = w.pos;
	CHECK_INT(read_bits(&r, 3), 5);
	for (uint32_t v = 0; v < 20; v++)
		CHECK_INT(read_ue(&r), v);
	CHECK_INT(read_ue(&r), UINT32_MAX - 1);
	for (int32_t v = -5; v <= 5; v++)
		CHECK_INT(read_se(&r), v);
	CHECK(!r.overrun && !w.failed);
	read_bits(&r, 1);
	CHECK(r.overrun);
}

static void test_escape(void)
{
	static const uint8_t raw[] = { 1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 9 };
	uint8_t escaped[32], back[32];
	size_t n = nal_escape(raw, sizeof(raw), escaped);

	CHECK_INT(nal_next(escaped, n, 0), n);
	CHECK_INT(nal_unescape(escaped, n, back), sizeof(raw));
	CHECK_INT(memcmp(raw, back, sizeof(raw)), 0);
}

static void test_parameter_sets(void)
{
	struct h264_sps sps = { .profile_idc = 100, .level_idc = 40, .log2_max_frame_num = 8,
		.poc_type = 2, .max_num_ref_frames = 1, .width_mbs = 120, .height_map_units = 68,
		.frame_mbs_only = true, .direct_8x8_inference = true, .cropping = true,
		.crop = { 0, 0, 0, 4 }, .vui_present = true, .num_units_in_tick = 1,
		.time_scale = 120 };
	struct h264_pps pps = { .cabac = true, .num_ref_idx = { 1, 1 }, .init_qp = 30,
		.chroma_qp_offset = { -2, 3 }, .deblocking_control = true, .transform_8x8 = true };
	struct h264_sps sps2;
	struct h264_pps pps2;
	uint8_t data[256];
	struct bit_writer w = { .data = data, .capacity = sizeof(data) };

	h264_write_sps(&w, &sps);
	CHECK_INT(h264_parse_sps(data, w.pos / 8, &sps2), 0);
	CHECK_INT(sps2.width_mbs, 120);
	CHECK_INT(sps2.crop[3], 4);
	CHECK_INT(sps2.log2_max_frame_num, 8);
	w.pos = 0;
	h264_write_pps(&w, &pps, true);
	CHECK_INT(h264_parse_pps(data, w.pos / 8, &pps2), 0);
	CHECK_INT(pps2.init_qp, 30);
	CHECK_INT(pps2.chroma_qp_offset[1], 3);
	CHECK(pps2.transform_8x8 && pps2.cabac);
	for (size_t n = 0; n < w.pos / 8; n++)
		h264_parse_pps(data, n, &pps2); /* cut off: no crash */
	CHECK_INT(h264_parse_pps(data, 2, &pps2), -EINVAL);
}

static void test_settings(void)
{
	CHECK_INT(soft_va_configure("nonsense"), -EINVAL);
	CHECK_INT(soft_va_configure("no-vpp,fail-end-picture=x"), -EINVAL);
	CHECK_INT(faults.no_vpp, 0); /* a refused line changes nothing */
	CHECK_INT(soft_va_configure("rc=cqp+bogus"), -EINVAL);
	CHECK_INT(soft_va_configure("no-vpp,fail-end-picture=2,fail-end-picture-for=2"), 0);
	CHECK(!fault_end_picture(false));
	CHECK(fault_end_picture(false));
	CHECK(fault_end_picture(true));
	CHECK(!fault_end_picture(true));
	CHECK_INT(faults.no_vpp, 1);
	CHECK_INT(soft_va_configure(NULL), 0);
	CHECK_INT(faults.no_vpp, 0);
}

int main(void)
{
	test_tile_positions();
	test_tile_round_trip();
	test_bits();
	test_escape();
	test_parameter_sets();
	test_settings();
	return 0;
}

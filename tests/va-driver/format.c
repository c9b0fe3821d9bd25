/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <drm_fourcc.h>

#include "surface.h"

#define RGB32(va, drm, alpha_bits, red, green, blue, alpha) \
	{ .va_fourcc = va, .drm_fourcc = drm, .rt_format = VA_RT_FORMAT_RGB32, .n_planes = 1, \
		.cpp = { 4 }, .h_sub = { 1 }, .v_sub = { 1 }, \
		.image = { .fourcc = va, .byte_order = VA_LSB_FIRST, .bits_per_pixel = 32, \
			.depth = 24 + alpha_bits, .red_mask = red, .green_mask = green, \
			.blue_mask = blue, .alpha_mask = alpha } }

#define RGB10(va, drm, red, blue, alpha) \
	{ .va_fourcc = va, .drm_fourcc = drm, .rt_format = VA_RT_FORMAT_RGB32_10, .n_planes = 1, \
		.cpp = { 4 }, .h_sub = { 1 }, .v_sub = { 1 }, \
		.image = { .fourcc = va, .byte_order = VA_LSB_FIRST, .bits_per_pixel = 32, \
			.depth = 30, .red_mask = red, .green_mask = 0xffc00, .blue_mask = blue, \
			.alpha_mask = alpha } }

const struct pixel_format pixel_formats[] = {
	{ .va_fourcc = VA_FOURCC_NV12, .drm_fourcc = DRM_FORMAT_NV12,
		.rt_format = VA_RT_FORMAT_YUV420, .n_planes = 2, .cpp = { 1, 2 },
		.h_sub = { 1, 2 }, .v_sub = { 1, 2 },
		.image = { .fourcc = VA_FOURCC_NV12, .byte_order = VA_LSB_FIRST,
			.bits_per_pixel = 12 } },
	RGB32(VA_FOURCC_BGRX, DRM_FORMAT_XRGB8888, 0, 0xff0000, 0xff00, 0xff, 0),
	RGB32(VA_FOURCC_BGRA, DRM_FORMAT_ARGB8888, 8, 0xff0000, 0xff00, 0xff, 0xff000000),
	RGB32(VA_FOURCC_RGBX, DRM_FORMAT_XBGR8888, 0, 0xff, 0xff00, 0xff0000, 0),
	RGB32(VA_FOURCC_RGBA, DRM_FORMAT_ABGR8888, 8, 0xff, 0xff00, 0xff0000, 0xff000000),
	{ .va_fourcc = VA_FOURCC_RGB565, .drm_fourcc = DRM_FORMAT_RGB565,
		.rt_format = VA_RT_FORMAT_RGB16, .n_planes = 1, .cpp = { 2 },
		.h_sub = { 1 }, .v_sub = { 1 },
		.image = { .fourcc = VA_FOURCC_RGB565, .byte_order = VA_LSB_FIRST,
			.bits_per_pixel = 16, .depth = 16, .red_mask = 0xf800,
			.green_mask = 0x7e0, .blue_mask = 0x1f } },
	RGB10(VA_FOURCC_X2R10G10B10, DRM_FORMAT_XRGB2101010, 0x3ff00000, 0x3ff, 0),
	RGB10(VA_FOURCC_A2R10G10B10, DRM_FORMAT_ARGB2101010, 0x3ff00000, 0x3ff, 0xc0000000),
	RGB10(VA_FOURCC_X2B10G10R10, DRM_FORMAT_XBGR2101010, 0x3ff, 0x3ff00000, 0),
	RGB10(VA_FOURCC_A2B10G10R10, DRM_FORMAT_ABGR2101010, 0x3ff, 0x3ff00000, 0xc0000000),
	{ .va_fourcc = VA_FOURCC_YUY2, .drm_fourcc = DRM_FORMAT_YUYV,
		.rt_format = VA_RT_FORMAT_YUV422, .n_planes = 1, .cpp = { 4 },
		.h_sub = { 2 }, .v_sub = { 1 },
		.image = { .fourcc = VA_FOURCC_YUY2, .byte_order = VA_LSB_FIRST,
			.bits_per_pixel = 16 } },
};

const unsigned int n_pixel_formats = sizeof(pixel_formats) / sizeof(pixel_formats[0]);

const struct pixel_format *pixel_format_of_va(uint32_t fourcc)
{
	for (unsigned int i = 0; i < n_pixel_formats; i++) {
		if (pixel_formats[i].va_fourcc == fourcc)
			return &pixel_formats[i];
	}
	return NULL;
}

const struct pixel_format *pixel_format_of_rt(uint32_t rt_format)
{
	for (unsigned int i = 0; i < n_pixel_formats; i++) {
		if (pixel_formats[i].rt_format == rt_format)
			return &pixel_formats[i];
	}
	return NULL;
}

uint32_t plane_row_bytes(const struct pixel_format *format, unsigned int plane, uint32_t width)
{
	return (width + format->h_sub[plane] - 1) / format->h_sub[plane] * format->cpp[plane];
}

uint32_t plane_rows(const struct pixel_format *format, unsigned int plane, uint32_t height)
{
	return (height + format->v_sub[plane] - 1) / format->v_sub[plane];
}

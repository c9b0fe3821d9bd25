/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_YUV_H
#define OSVDI_YUV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Converts 8-bit 4:2:0 to BGRX with any matrix; a result is off by at most one of 255
 * levels. (libyuv is faster, but its 6-bit coefficients turn pure blue into 243.)
 */
struct yuv_matrix {
	uint16_t y;             /* luma, 13 bits of fraction */
	int16_t offset;         /* of luma, with the rounding term, 5 bits of fraction */
	int32_t rv, gu, gv, bu; /* chroma, 13 bits of fraction */
};

/**
 * kr, kb: luma coefficients of red and blue (ITU-T H.273, MatrixCoefficients).
 * full:   the samples use all 256 codes; otherwise luma 16..235 and chroma 16..240.
 */
void yuv_matrix_init(struct yuv_matrix *matrix, double kr, double kb, bool full);

struct yuv_planes {
	const uint8_t *y, *u, *v;
	ptrdiff_t y_stride, uv_stride; /* bytes */
	int uv_step;                   /* bytes from one chroma sample to the next: 1, NV12: 2 */
};

/**
 * Converts width x height pixels. The planes start at the first pixel, which must have
 * even coordinates in the picture. dst: height x stride bytes of B, G, R, 0xff. Any
 * thread.
 */
void yuv_to_bgrx(const struct yuv_matrix *matrix, const struct yuv_planes *planes,
		uint8_t *dst, size_t stride, int width, int height);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_CSC_H
#define SOFT_VA_CSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Y'CbCr's definition: H.273 MatrixCoefficients 1 or 6, and the range. */
struct csc {
	bool bt709, full_range;
};

/**
 * Converts between ARGB (bytes B G R A) and NV12.
 *
 * Shapes:  argb: h rows; y: h rows; uv: (h + 1) / 2 rows of (w + 1) / 2 pairs.
 *          Chroma is the mean of 2x2 pixels; an odd last one repeats.
 * Source:  Rec. ITU-T H.273 (07/2021) 8.3.
 */
void csc_argb_to_nv12(const struct csc *csc, const uint8_t *argb, size_t argb_pitch,
		uint8_t *y, size_t y_pitch, uint8_t *uv, size_t uv_pitch, uint32_t w, uint32_t h);
void csc_nv12_to_argb(const struct csc *csc, const uint8_t *y, size_t y_pitch,
		const uint8_t *uv, size_t uv_pitch, uint8_t *argb, size_t argb_pitch,
		uint32_t w, uint32_t h);

#endif

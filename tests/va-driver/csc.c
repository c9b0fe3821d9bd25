/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "csc.h"

/* Coefficients times 2^16. */
struct forward {
	int32_t yr, yg, yb, y0, ur, ug, ub, vr, vg, vb;
};

static int32_t fixed(double v)
{
	return (int32_t)(v * 65536 + (v < 0 ? -0.5 : 0.5));
}

static struct forward forward_matrix(const struct csc *csc)
{
	double kr = csc->bt709 ? 0.2126 : 0.299, kb = csc->bt709 ? 0.0722 : 0.114;
	double luma = csc->full_range ? 1 : 219.0 / 255, chroma = csc->full_range ? 1 : 224.0 / 255;
	double kg = 1 - kr - kb, cu = chroma / (2 * (1 - kb)), cv = chroma / (2 * (1 - kr));

	return (struct forward){
		.yr = fixed(luma * kr), .yg = fixed(luma * kg), .yb = fixed(luma * kb),
		.y0 = csc->full_range ? 0 : 16,
		.ur = fixed(-kr * cu), .ug = fixed(-kg * cu), .ub = fixed((1 - kb) * cu),
		.vr = fixed((1 - kr) * cv), .vg = fixed(-kg * cv), .vb = fixed(-kb * cv),
	};
}

static uint8_t clamp(int32_t v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void luma_row(const struct forward *f, const uint8_t *argb, uint8_t *y, uint32_t w)
{
	for (uint32_t x = 0; x < w; x++, argb += 4)
		y[x] = clamp(f->y0 + ((f->yb * argb[0] + f->yg * argb[1] + f->yr * argb[2] +
				32768) >> 16));
}

static void chroma_row(const struct forward *f, const uint8_t *a, const uint8_t *b, uint8_t *uv,
		uint32_t w)
{
	for (uint32_t x = 0; x < w; x += 2) {
		uint32_t l = x * 4, r = x + 1 < w ? l + 4 : l;
		int32_t c[3];

		for (uint32_t i = 0; i < 3; i++)
			c[i] = a[l + i] + a[r + i] + b[l + i] + b[r + i];
		/* Sums of four: two more bits. */
		uv[x] = clamp(128 +
				((f->ub * c[0] + f->ug * c[1] + f->ur * c[2] + (1 << 17)) >> 18));
		uv[x + 1] = clamp(128 +
				((f->vb * c[0] + f->vg * c[1] + f->vr * c[2] + (1 << 17)) >> 18));
	}
}

void csc_argb_to_nv12(const struct csc *csc, const uint8_t *argb, size_t argb_pitch,
		uint8_t *y, size_t y_pitch, uint8_t *uv, size_t uv_pitch, uint32_t w, uint32_t h)
{
	struct forward f = forward_matrix(csc);

	for (uint32_t row = 0; row < h; row++)
		luma_row(&f, argb + row * argb_pitch, y + row * y_pitch, w);
	for (uint32_t row = 0; row < h; row += 2)
		chroma_row(&f, argb + row * argb_pitch,
				argb + (row + 1 < h ? row + 1 : row) * argb_pitch,
				uv + row / 2 * uv_pitch, w);
}

void csc_nv12_to_argb(const struct csc *csc, const uint8_t *y, size_t y_pitch,
		const uint8_t *uv, size_t uv_pitch, uint8_t *argb, size_t argb_pitch,
		uint32_t w, uint32_t h)
{
	double kr = csc->bt709 ? 0.2126 : 0.299, kb = csc->bt709 ? 0.0722 : 0.114;
	double luma = csc->full_range ? 1 : 255.0 / 219, chroma = csc->full_range ? 1 : 255.0 / 224;
	int32_t ky = fixed(luma), y0 = csc->full_range ? 0 : 16;
	int32_t rv = fixed(chroma * 2 * (1 - kr)), bu = fixed(chroma * 2 * (1 - kb));
	int32_t gu = fixed(chroma * 2 * (1 - kb) * kb / (1 - kr - kb));
	int32_t gv = fixed(chroma * 2 * (1 - kr) * kr / (1 - kr - kb));

	for (uint32_t row = 0; row < h; row++) {
		const uint8_t *l = y + row * y_pitch, *c = uv + row / 2 * uv_pitch;
		uint8_t *out = argb + row * argb_pitch;

		for (uint32_t x = 0; x < w; x++, out += 4) {
			int32_t u = c[x & ~1u] - 128, v = c[(x & ~1u) + 1] - 128;
			int32_t v16 = (l[x] - y0) * ky + 32768;

			out[0] = clamp((v16 + bu * u) >> 16);
			out[1] = clamp((v16 - gu * u - gv * v) >> 16);
			out[2] = clamp((v16 + rv * v) >> 16);
			out[3] = 255;
		}
	}
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/yuv.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* How many pixels are converted at a time: their chroma fits the first-level cache. */
#define CHUNK 1024

/* The share of chroma in each colour: one value a pixel, with 5 bits of fraction. */
struct chroma {
	int16_t r[CHUNK], g[CHUNK], b[CHUNK];
};

void yuv_matrix_init(struct yuv_matrix *matrix, double kr, double kb, bool full)
{
	double kg = 1 - kr - kb, ys = full ? 1 : 255.0 / 219, cs = full ? 1 : 255.0 / 224;

	matrix->y = (uint16_t)lrint(ys * 8192);
	matrix->offset = (int16_t)(16 - lrint(full ? 0 : 16 * ys * 32));
	matrix->rv = (int32_t)lrint(2 * (1 - kr) * cs * 8192);
	matrix->bu = (int32_t)lrint(2 * (1 - kb) * cs * 8192);
	matrix->gu = (int32_t)lrint(-2 * (1 - kb) * kb / kg * cs * 8192);
	matrix->gv = (int32_t)lrint(-2 * (1 - kr) * kr / kg * cs * 8192);
}

static int16_t scale(int factor, int value)
{
	return (int16_t)((factor * value + 128) >> 8);
}

static void spread_plain(const struct yuv_matrix *m, const uint8_t *u, const uint8_t *v, int step,
		int from, int pairs, struct chroma *out)
{
	int i;

	for (i = from; i < pairs; i++) {
		int d = u[i * step] - 128, e = v[i * step] - 128;

		out->r[2 * i] = out->r[2 * i + 1] = scale(m->rv, e);
		out->g[2 * i] = out->g[2 * i + 1] = (int16_t)(scale(m->gu, d) + scale(m->gv, e));
		out->b[2 * i] = out->b[2 * i + 1] = scale(m->bu, d);
	}
}

static uint32_t clamp(int value)
{
	value >>= 5;
	return (uint32_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void row_plain(const struct yuv_matrix *m, const uint8_t *y, const struct chroma *c,
		uint8_t *dst, int from, int n)
{
	int i;

	for (i = from; i < n; i++) {
		int luma = (int)((uint32_t)(y[i] << 8) * m->y >> 16) + m->offset;

		dst[4 * i] = (uint8_t)clamp(luma + c->b[i]);
		dst[4 * i + 1] = (uint8_t)clamp(luma + c->g[i]);
		dst[4 * i + 2] = (uint8_t)clamp(luma + c->r[i]);
		dst[4 * i + 3] = 0xff;
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline __m256i add_shift(__m256i luma, const int16_t *chroma)
{
	return _mm256_srai_epi16(
			_mm256_add_epi16(luma,
					_mm256_loadu_si256((const __m256i *)(const void *)chroma)),
			5);
}

/* Converts 16 pixels at a time; returns how many pixels are done. */
__attribute__((target("avx2"))) static int row_avx2(const struct yuv_matrix *m, const uint8_t *y,
		const struct chroma *c, uint8_t *dst, int n)
{
	const __m256i factor = _mm256_set1_epi16((int16_t)m->y),
		      offset = _mm256_set1_epi16(m->offset);
	const __m256i opaque = _mm256_set1_epi16(0xff);
	int i;

	for (i = 0; i + 16 <= n; i += 16) {
		__m256i luma = _mm256_cvtepu8_epi16(
				_mm_loadu_si128((const __m128i *)(const void *)(y + i)));
		__m256i b, g, r, bg, ra, low, high;

		luma = _mm256_add_epi16(
				_mm256_mulhi_epu16(_mm256_slli_epi16(luma, 8), factor), offset);
		b = add_shift(luma, c->b + i);
		g = add_shift(luma, c->g + i);
		r = add_shift(luma, c->r + i);
		/* In each half of 8 pixels: bytes b... and r..., then pairs b,g and r,a. */
		b = _mm256_packus_epi16(b, r);
		g = _mm256_packus_epi16(g, opaque);
		bg = _mm256_unpacklo_epi8(b, g);
		ra = _mm256_unpackhi_epi8(b, g);
		low = _mm256_unpacklo_epi16(bg, ra);
		high = _mm256_unpackhi_epi16(bg, ra);
		_mm256_storeu_si256((__m256i *)(void *)(dst + 4 * i),
				_mm256_permute2x128_si256(low, high, 0x20));
		_mm256_storeu_si256((__m256i *)(void *)(dst + 4 * i + 32),
				_mm256_permute2x128_si256(low, high, 0x31));
	}
	return i;
}

/* 16 samples, minus 128, times 128, so that mulhrs() multiplies as scale() does. */
__attribute__((target("avx2"))) static inline __m256i load_chroma(const uint8_t *p, int step)
{
	__m256i x;

	if (step == 1) {
		x = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)p));
	} else {
		x = _mm256_loadu_si256((const __m256i *)(const void *)p);
		x = _mm256_and_si256(x, _mm256_set1_epi16(0xff));
	}
	return _mm256_slli_epi16(_mm256_sub_epi16(x, _mm256_set1_epi16(128)), 7);
}

/* Writes each value twice. */
__attribute__((target("avx2"))) static inline void store_twice(int16_t *out, __m256i x)
{
	__m256i low = _mm256_unpacklo_epi16(x, x), high = _mm256_unpackhi_epi16(x, x);

	_mm256_storeu_si256((__m256i *)(void *)out, _mm256_permute2x128_si256(low, high, 0x20));
	_mm256_storeu_si256(
			(__m256i *)(void *)(out + 16), _mm256_permute2x128_si256(low, high, 0x31));
}

/* Leaves the last 16 samples out if u and v lie in one plane (NV12): there v is u + 1, and
 * loading v would read a byte beyond the last sample of the plane. */
__attribute__((target("avx2"))) static int spread_avx2(const struct yuv_matrix *m, const uint8_t *u,
		const uint8_t *v, int step, int pairs, struct chroma *out)
{
	const __m256i rv = _mm256_set1_epi16((int16_t)m->rv),
		      bu = _mm256_set1_epi16((int16_t)m->bu);
	const __m256i gu = _mm256_set1_epi16((int16_t)m->gu),
		      gv = _mm256_set1_epi16((int16_t)m->gv);
	int i, end = step == 1 ? pairs : pairs - 1;

	for (i = 0; i + 16 <= end; i += 16) {
		__m256i d = load_chroma(u + i * step, step), e = load_chroma(v + i * step, step);

		store_twice(out->r + 2 * i, _mm256_mulhrs_epi16(e, rv));
		store_twice(out->g + 2 * i,
				_mm256_add_epi16(_mm256_mulhrs_epi16(d, gu),
						_mm256_mulhrs_epi16(e, gv)));
		store_twice(out->b + 2 * i, _mm256_mulhrs_epi16(d, bu));
	}
	return i;
}

static int spread_fast(const struct yuv_matrix *m, const uint8_t *u, const uint8_t *v, int step,
		int pairs, struct chroma *out)
{
	return __builtin_cpu_supports("avx2") ? spread_avx2(m, u, v, step, pairs, out) : 0;
}

static int row_fast(const struct yuv_matrix *m, const uint8_t *y, const struct chroma *c,
		uint8_t *dst, int n)
{
	return __builtin_cpu_supports("avx2") ? row_avx2(m, y, c, dst, n) : 0;
}
#else
static int spread_fast(const struct yuv_matrix *m, const uint8_t *u, const uint8_t *v, int step,
		int pairs, struct chroma *out)
{
	return 0;
}

static int row_fast(const struct yuv_matrix *m, const uint8_t *y, const struct chroma *c,
		uint8_t *dst, int n)
{
	return 0;
}
#endif

/* Two rows share their chroma. */
static void convert_chunk(const struct yuv_matrix *m, const struct yuv_planes *p, uint8_t *dst,
		size_t stride, int n, int height)
{
	struct chroma chroma;
	int row, done;

	for (row = 0; row < height; row++) {
		const uint8_t *y = p->y + row * p->y_stride;
		const uint8_t *u = p->u + row / 2 * p->uv_stride,
			      *v = p->v + row / 2 * p->uv_stride;

		if (row % 2 == 0) {
			done = spread_fast(m, u, v, p->uv_step, (n + 1) / 2, &chroma);
			spread_plain(m, u, v, p->uv_step, done, (n + 1) / 2, &chroma);
		}
		done = row_fast(m, y, &chroma, dst + (size_t)row * stride, n);
		row_plain(m, y, &chroma, dst + (size_t)row * stride, done, n);
	}
}

void yuv_to_bgrx(const struct yuv_matrix *matrix, const struct yuv_planes *planes,
		uint8_t *dst, size_t stride, int width, int height)
{
	int x;

	for (x = 0; x < width; x += CHUNK) {
		struct yuv_planes part = *planes;
		int n = width - x < CHUNK ? width - x : CHUNK;

		part.y += x;
		part.u += x / 2 * planes->uv_step;
		part.v += x / 2 * planes->uv_step;
		convert_chunk(matrix, &part, dst + 4 * (size_t)x, stride, n, height);
	}
}

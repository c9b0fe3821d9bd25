/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Marks in a picture that say which one it is, and a file that says when it
 * was made: what latency meters need. A mark is a row of black and white
 * squares: two of synchronisation (white, black), 20 bits of the number, 6
 * of a check sum.
 */
#ifndef MARKS_H
#define MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKS_EDGE 24 /* of a square, pixels */
#define MARKS_BITS 20
#define MARKS_CHECK 6
#define MARKS_SQUARES (2 + MARKS_BITS + MARKS_CHECK)
#define MARKS_X 64
#define MARKS_TOP 24 /* of the upper row; the lower one is as far from the bottom */
#define MARKS_WIDTH (MARKS_SQUARES * MARKS_EDGE)
#define MARKS_MASK ((1u << MARKS_BITS) - 1)

/* A small mark for scenes that change little: four squares of 8 pixels in a
 * 16x16 block hold a number modulo 16. */
#define MARKS_SMALL_EDGE 8

#define MARKS_TABLE 65536u

/* The stamp file, mapped by both sides. Times: CLOCK_MONOTONIC, microseconds. */
struct marks_table {
	volatile uint64_t made_us[MARKS_TABLE]; /* picture n complete, at n % MARKS_TABLE */
	volatile uint32_t last;                 /* its number */
	volatile uint32_t width, height;
};

static inline uint32_t marks_check(uint32_t n)
{
	return (n ^ n >> 6 ^ n >> 12 ^ n >> 18 ^ 0x2a) & 0x3f;
}

static inline void marks_draw(uint32_t *pixels, size_t stride_px, uint32_t y0, uint32_t n)
{
	uint32_t v = (n & MARKS_MASK) << MARKS_CHECK | marks_check(n & MARKS_MASK);

	for (uint32_t s = 0; s < MARKS_SQUARES; s++) {
		bool white = s == 0 || (s > 1 && (v >> (MARKS_SQUARES - 1 - s) & 1));

		for (uint32_t y = y0; y < y0 + MARKS_EDGE; y++)
			for (uint32_t x = 0; x < MARKS_EDGE; x++)
				pixels[y * stride_px + MARKS_X + s * MARKS_EDGE + x] = white ? 0xffffff : 0;
	}
}

/* pixels: BGRx bytes. The number, or -1 when there is no whole mark. */
static inline int32_t marks_read(const uint8_t *pixels, size_t stride, uint32_t x0, uint32_t y0)
{
	uint32_t v = 0, n;

	for (uint32_t s = 0; s < MARKS_SQUARES; s++) {
		const uint8_t *p = pixels + (y0 + MARKS_EDGE / 2) * stride +
				(x0 + MARKS_X + s * MARKS_EDGE + MARKS_EDGE / 2) * 4;
		bool white = p[1] >= 128;

		if (s < 2) {
			if (white != (s == 0))
				return -1;
			continue;
		}
		v = v << 1 | white;
	}
	n = v >> MARKS_CHECK;
	return marks_check(n) == (v & 0x3f) ? (int32_t)n : -1;
}

static inline void marks_draw_small(uint32_t *pixels, size_t stride_px, uint32_t x0, uint32_t y0,
		uint32_t n)
{
	for (uint32_t y = 0; y < 2 * MARKS_SMALL_EDGE; y++)
		for (uint32_t x = 0; x < 2 * MARKS_SMALL_EDGE; x++) {
			uint32_t bit = y / MARKS_SMALL_EDGE * 2 + x / MARKS_SMALL_EDGE;

			pixels[(y0 + y) * stride_px + x0 + x] = n >> bit & 1 ? 0xffffff : 0;
		}
}

static inline uint32_t marks_read_small(const uint8_t *pixels, size_t stride, uint32_t x0, uint32_t y0)
{
	uint32_t n = 0;

	for (uint32_t bit = 0; bit < 4; bit++) {
		uint32_t x = x0 + bit % 2 * MARKS_SMALL_EDGE + MARKS_SMALL_EDGE / 2;
		uint32_t y = y0 + bit / 2 * MARKS_SMALL_EDGE + MARKS_SMALL_EDGE / 2;

		n |= (uint32_t)(pixels[y * stride + x * 4 + 1] >= 128) << bit;
	}
	return n;
}

#endif

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

/* The scene of a moving window has its mark in the window. */
#define MARKS_WINDOW_EDGE 16
#define MARKS_WINDOW_WIDTH 640
#define MARKS_WINDOW_HEIGHT 480
#define MARKS_WINDOW_ROOM (2 * MARKS_TOP + MARKS_EDGE) /* above and below, where it does not get */
#define MARKS_WINDOW_X 32 /* of the mark in it */
#define MARKS_WINDOW_Y 440

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

/* A number that goes 0, step, 2 step, ... up to `limit` and back. */
static inline uint32_t marks_bounce(uint32_t n, uint32_t step, uint32_t limit)
{
	uint32_t at = limit ? n * step % (2 * limit) : 0;

	return at < limit ? at : 2 * limit - at;
}

/* The place of the moving window in picture n. The picture must be large enough for the window. */
static inline void marks_window(uint32_t n, uint32_t width, uint32_t height, uint32_t *x,
		uint32_t *y)
{
	*x = marks_bounce(n, 3, width - MARKS_WINDOW_WIDTH);
	*y = MARKS_WINDOW_ROOM +
			marks_bounce(n, 2, height - MARKS_WINDOW_HEIGHT - MARKS_WINDOW_ROOM);
}

static inline bool marks_window_fits(uint32_t width, uint32_t height)
{
	return width > MARKS_WINDOW_WIDTH && height > MARKS_WINDOW_HEIGHT + MARKS_WINDOW_ROOM;
}

static inline void marks_draw_at(uint32_t *pixels, size_t stride_px, uint32_t x0, uint32_t y0,
		uint32_t edge, uint32_t n)
{
	uint32_t v = (n & MARKS_MASK) << MARKS_CHECK | marks_check(n & MARKS_MASK);

	for (uint32_t s = 0; s < MARKS_SQUARES; s++) {
		bool white = s == 0 || (s > 1 && (v >> (MARKS_SQUARES - 1 - s) & 1));

		for (uint32_t y = y0; y < y0 + edge; y++)
			for (uint32_t x = 0; x < edge; x++)
				pixels[y * stride_px + x0 + s * edge + x] = white ? 0xffffff : 0;
	}
}

static inline void marks_draw(uint32_t *pixels, size_t stride_px, uint32_t y0, uint32_t n)
{
	marks_draw_at(pixels, stride_px, MARKS_X, y0, MARKS_EDGE, n);
}

/* pixels: BGRx bytes. The number, or -1 when there is no whole mark. */
static inline int32_t marks_read_at(const uint8_t *pixels, size_t stride, uint32_t x0, uint32_t y0,
		uint32_t edge)
{
	uint32_t v = 0, n;

	for (uint32_t s = 0; s < MARKS_SQUARES; s++) {
		const uint8_t *p = pixels + (y0 + edge / 2) * stride +
				(x0 + s * edge + edge / 2) * 4;
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

/* x0, y0: of the row of marks_draw(). */
static inline int32_t marks_read(const uint8_t *pixels, size_t stride, uint32_t x0, uint32_t y0)
{
	return marks_read_at(pixels, stride, x0 + MARKS_X, y0, MARKS_EDGE);
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

static inline uint32_t marks_read_small(const uint8_t *pixels, size_t stride, uint32_t x0,
		uint32_t y0)
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

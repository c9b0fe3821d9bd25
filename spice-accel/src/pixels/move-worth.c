/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/move-worth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The value of a block in a copy: the block need not be sent, has to be sent again, or has to
 * be sent anyway. A copy of less than MIN_GAIN is not worth it. */
#define GAIN 16
#define HARM (-16)
#define USELESS (-1)
#define MIN_GAIN (64 * GAIN)
#define SIDE_LINES ((int32_t)MOVE_LINES / 2)

struct worth {
	const struct move_ops *ops;
	struct pixels *pixels;
	const struct blocks *blocks;
	const uint8_t *known;
	struct spice_accel_rect rect;
	struct move *move;
	struct tile_span span;   /* the whole blocks of rect */
	/* each of them a value a block */
	uint8_t *ask, *moved, *rests;
	int16_t *gains;          /* of the span's blocks alone, row by row */
	int32_t *sums;           /* of a column of them */
};

/* Pixels that the viewer has are so far to the left and above. */
static bool has_source(const struct worth *w, const struct spice_accel_rect *r)
{
	const struct spice_accel_rect from = { r->x - w->move->dx, r->y - w->move->dy, r->width,
		r->height };

	return from.x >= 0 && from.y >= 0 && from.x + from.width <= (int32_t)w->blocks->width &&
			from.y + from.height <= (int32_t)w->blocks->height &&
			!blocks_have(w->blocks, w->known, &from, 0);
}

/* ---- blocks --------------------------------------------------------------- */

/* Whole blocks of a rectangle: from its first to before its last edge. */
static struct tile_span whole_blocks(const struct spice_accel_rect *r)
{
	return (struct tile_span){
		((uint32_t)r->x + TILE_BLOCK - 1) / TILE_BLOCK,
		((uint32_t)r->y + TILE_BLOCK - 1) / TILE_BLOCK,
		(uint32_t)(r->x + r->width) / TILE_BLOCK,
		(uint32_t)(r->y + r->height) / TILE_BLOCK,
	};
}

/* So many columns and rows of blocks, in pixels. */
static struct spice_accel_rect block_rect(uint32_t x, uint32_t y, uint32_t columns, uint32_t rows)
{
	return (struct spice_accel_rect){ (int32_t)(x * TILE_BLOCK), (int32_t)(y * TILE_BLOCK),
		(int32_t)(columns * TILE_BLOCK), (int32_t)(rows * TILE_BLOCK) };
}

/* Compares the whole blocks with both places: where the move has them from, and where they
 * are. */
static int compare_blocks(struct worth *w)
{
	const struct tile_span *s = &w->span;
	int ret;

	for (uint32_t y = s->y0; y < s->y1; y++)
		for (uint32_t x = s->x0; x < s->x1; x++) {
			const struct spice_accel_rect block = block_rect(x, y, 1, 1);

			w->ask[(size_t)y * w->blocks->columns + x] = has_source(w, &block);
		}
	ret = w->ops->moved(w->pixels, s, w->ask, w->move->dx, w->move->dy, w->moved);
	return ret < 0 ? ret : w->ops->moved(w->pixels, s, w->known, 0, 0, w->rests);
}

static void value_blocks(struct worth *w)
{
	const struct tile_span *s = &w->span;
	int16_t *gain = w->gains;

	for (uint32_t y = s->y0; y < s->y1; y++)
		for (uint32_t x = s->x0; x < s->x1; x++) {
			size_t i = (size_t)y * w->blocks->columns + x;
			bool rests = w->rests[i];

			*gain++ = w->moved[i] ? rests ? 0 : GAIN : rests ? HARM : USELESS;
		}
}

/* The best part of a row of sums: its first and last column. */
static int32_t best_run(const int32_t *sums, uint32_t n, uint32_t *first, uint32_t *last)
{
	int32_t best = 0, sum = 0;
	uint32_t begin = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (sum <= 0) {
			sum = 0;
			begin = i;
		}
		sum += sums[i];
		if (sum > best) {
			best = sum;
			*first = begin;
			*last = i;
		}
	}
	return best;
}

/* The rectangle of blocks that gains the most, by trying all pairs of rows. */
static bool choose_blocks(struct worth *w)
{
	const struct tile_span *s = &w->span;
	uint32_t columns = s->x1 - s->x0, rows = s->y1 - s->y0, first = 0, last = 0;
	int32_t most = 0;

	for (uint32_t top = 0; top < rows; top++) {
		memset(w->sums, 0, columns * sizeof *w->sums);
		for (uint32_t y = top; y < rows; y++) {
			int32_t gain;

			for (uint32_t x = 0; x < columns; x++)
				w->sums[x] += w->gains[y * columns + x];
			gain = best_run(w->sums, columns, &first, &last);
			if (gain <= most)
				continue;
			most = gain;
			w->move->to = block_rect(s->x0 + first, s->y0 + top, last - first + 1,
					y - top + 1);
		}
	}
	return most >= MIN_GAIN;
}

static void note_same(const struct worth *w, uint8_t *same)
{
	const struct tile_span in = whole_blocks(&w->move->to);

	for (uint32_t y = in.y0; y < in.y1; y++)
		for (uint32_t x = in.x0; x < in.x1; x++) {
			size_t i = (size_t)y * w->blocks->columns + x;

			if (w->moved[i])
				same[i] = 1;
		}
}

/* ---- edges ---------------------------------------------------------------- */

enum side { UP, DOWN, LEFT, RIGHT };

/* The i-th line outside of the move at a side, counted from 1. */
static struct spice_accel_rect line_at(const struct spice_accel_rect *to, enum side side, int32_t i)
{
	switch (side) {
	case UP:
		return (struct spice_accel_rect){ to->x, to->y - i, to->width, 1 };
	case DOWN:
		return (struct spice_accel_rect){ to->x, to->y + to->height + i - 1, to->width, 1 };
	case LEFT:
		return (struct spice_accel_rect){ to->x - i, to->y, 1, to->height };
	default:
		return (struct spice_accel_rect){ to->x + to->width + i - 1, to->y, 1, to->height };
	}
}

static bool is_inside(const struct spice_accel_rect *in, const struct spice_accel_rect *r)
{
	return r->x >= in->x && r->y >= in->y && r->x + r->width <= in->x + in->width &&
			r->y + r->height <= in->y + in->height;
}

/* Lines at a side that may be part of the move: how many. */
static unsigned candidates(const struct worth *w, enum side side, struct spice_accel_rect *lines)
{
	unsigned n = 0;

	for (int32_t i = 1; i <= SIDE_LINES; i++) {
		lines[n] = line_at(&w->move->to, side, i);
		if (!is_inside(&w->rect, &lines[n]) || !has_source(w, &lines[n]))
			break;
		n++;
	}
	return n;
}

static int32_t leading(const uint8_t *fits, unsigned n)
{
	int32_t count = 0;

	while ((unsigned)count < n && fits[count])
		count++;
	return count;
}

static void extend(struct spice_accel_rect *to, enum side first, int32_t before, int32_t after)
{
	if (first == UP) {
		to->y -= before;
		to->height += before + after;
	} else {
		to->x -= before;
		to->width += before + after;
	}
}

/* Grows two sides that are opposite to each other, as long as all of a call's lines fit. */
static int grow(struct worth *w, enum side first)
{
	struct spice_accel_rect lines[MOVE_LINES];
	uint8_t fits[MOVE_LINES];
	int32_t before, after;

	do {
		unsigned n = candidates(w, first, lines);
		unsigned m = candidates(w, first + 1, lines + n);
		int ret = n + m ? w->ops->lines(w->pixels, lines, n + m, w->move->dx, w->move->dy,
				fits) : 0;

		if (ret < 0)
			return ret;
		before = leading(fits, n);
		after = leading(fits + n, m);
		extend(&w->move->to, first, before, after);
	} while (before == SIDE_LINES || after == SIDE_LINES);
	return 0;
}

/* ---- all of it ------------------------------------------------------------ */

static void finish(struct worth *w)
{
	free(w->ask);
	free(w->moved);
	free(w->rests);
	free(w->gains);
	free(w->sums);
}

static int begin(struct worth *w)
{
	size_t n = blocks_count(w->blocks);

	w->ask = calloc(n, 1);
	w->moved = calloc(n, 1);
	w->rests = calloc(n, 1);
	w->gains = malloc(n * sizeof *w->gains);
	w->sums = malloc(w->blocks->columns * sizeof *w->sums);
	return w->ask && w->moved && w->rests && w->gains && w->sums ? 0 : -ENOMEM;
}

static int weigh(struct worth *w, uint8_t *same)
{
	int ret = compare_blocks(w);

	if (ret < 0)
		return ret;
	value_blocks(w);
	if (!choose_blocks(w))
		return 0;
	note_same(w, same);
	/* Content does not end where blocks do. */
	ret = grow(w, UP);
	if (ret == 0)
		ret = grow(w, LEFT);
	return ret < 0 ? ret : 1;
}

int move_weigh(const struct move_ops *ops, struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, struct move *move, uint8_t *same)
{
	struct worth w = { .ops = ops, .pixels = pixels, .blocks = &pixels->blocks,
		.known = known, .rect = *rect, .move = move, .span = whole_blocks(rect) };
	int ret = begin(&w);

	if (ret == 0)
		ret = weigh(&w, same);
	finish(&w);
	return ret;
}

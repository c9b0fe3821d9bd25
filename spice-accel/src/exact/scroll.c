/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "exact/scroll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_WIDTH 128
#define MIN_HEIGHT 64
#define MIN_PIXELS 16384
/* Rows are told apart by so many strips of so many pixels. */
#define STRIPS 3
#define STRIP_PIXELS 32
/* So many rows, and this part of those that can be told apart, must agree. */
#define MIN_VOTES 8u
#define VOTES_PART 4u
#define EMPTY UINT32_MAX
#define AMBIGUOUS (UINT32_MAX - 1)

/* One strip's rows before and now. */
struct strip {
	uint64_t *before, *now; /* a hash of each row of the rectangle */
};

/* Rows by their hash. */
struct table {
	uint32_t size; /* a power of two */
	uint64_t *hash;
	uint32_t *row; /* EMPTY, AMBIGUOUS or the row */
};

struct search {
	const struct shadow *shadow;
	const struct tile_map *map;
	const struct spice_accel_frame *frame;
	struct spice_accel_rect rect;
	struct strip strip;
	struct table table;
	uint32_t *votes; /* for each dy from -(height - 1) to height - 1 */
	uint32_t voters;
};

static const uint8_t *before_at(const struct search *s, int32_t x, int32_t y)
{
	return s->shadow->pixels + (size_t)y * s->shadow->row_bytes + (size_t)x * s->shadow->pixel_bytes;
}

static const uint8_t *now_at(const struct search *s, int32_t x, int32_t y)
{
	return s->frame->memory.data + (ptrdiff_t)y * s->frame->memory.stride +
			(size_t)x * s->shadow->pixel_bytes;
}

static uint64_t hash_bytes(const uint8_t *p, size_t n)
{
	uint64_t h = UINT64_C(0x9e3779b97f4a7c15), word;

	for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
		memcpy(&word, p, sizeof word);
		h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h;
}

static void hash_rows(struct search *s, int32_t x)
{
	size_t bytes = (size_t)STRIP_PIXELS * s->shadow->pixel_bytes;

	for (int32_t y = 0; y < s->rect.height; y++) {
		s->strip.before[y] = hash_bytes(before_at(s, x, s->rect.y + y), bytes);
		s->strip.now[y] = hash_bytes(now_at(s, x, s->rect.y + y), bytes);
	}
}

/* Where the hash is, or would be. */
static uint32_t slot_of(const struct table *t, uint64_t hash)
{
	uint32_t i = (uint32_t)(hash >> 20) & (t->size - 1);

	while (t->row[i] != EMPTY && t->hash[i] != hash)
		i = (i + 1) & (t->size - 1);
	return i;
}

/* A row that is like the one above says nothing, nor do two that are alike. */
static bool is_telling(const uint64_t *rows, int32_t y)
{
	return y > 0 && rows[y] != rows[y - 1];
}

static void fill_table(struct search *s)
{
	memset(s->table.row, 0xff, s->table.size * sizeof *s->table.row);
	for (int32_t y = 0; y < s->rect.height; y++) {
		uint32_t i;

		if (!is_telling(s->strip.before, y))
			continue;
		i = slot_of(&s->table, s->strip.before[y]);
		s->table.row[i] = s->table.row[i] == EMPTY ? (uint32_t)y : AMBIGUOUS;
		s->table.hash[i] = s->strip.before[y];
	}
}

static void vote(struct search *s)
{
	for (int32_t y = 0; y < s->rect.height; y++) {
		uint32_t row;

		if (!is_telling(s->strip.now, y))
			continue;
		row = s->table.row[slot_of(&s->table, s->strip.now[y])];
		if (row == AMBIGUOUS)
			continue;
		s->voters++;
		if (row != EMPTY)
			s->votes[y - (int32_t)row + s->rect.height - 1]++;
	}
}

/* 0: nothing moved, or nothing that can be told. */
static int32_t elect(const struct search *s)
{
	uint32_t most = 0;
	int32_t best = 0;

	for (int32_t i = 0; i < 2 * s->rect.height - 1; i++)
		if (s->votes[i] > most) {
			most = s->votes[i];
			best = i - (s->rect.height - 1);
		}
	return most >= MIN_VOTES && most >= s->voters / VOTES_PART ? best : 0;
}

static bool same_row(const struct search *s, int32_t x, int32_t width, int32_t y, int32_t dy)
{
	return !memcmp(now_at(s, x, y), before_at(s, x, y - dy), (size_t)width * s->shadow->pixel_bytes);
}

/* The viewer has these pixels. */
static bool is_exact(const struct search *s, int32_t x, int32_t y, int32_t width, int32_t height)
{
	const struct spice_accel_rect r = { x, y, width, height };
	struct tile_span span = tile_map_touched(s->map, &r);

	for (uint32_t row = span.y0; row < span.y1; row++)
		for (uint32_t column = span.x0; column < span.x1; column++)
			if (s->map->lossy[(size_t)row * s->map->columns + column])
				return false;
	return true;
}

/* The longest run of rows in which a strip in the middle moved by dy. */
static void find_rows(const struct search *s, int32_t dy, struct scroll *out)
{
	int32_t x = s->rect.x + (s->rect.width - STRIP_PIXELS) / 2;
	int32_t first = s->rect.y + (dy > 0 ? dy : 0);
	int32_t end = s->rect.y + s->rect.height + (dy < 0 ? dy : 0), begin = first;

	out->to = (struct spice_accel_rect){ 0, 0, 0, 0 };
	for (int32_t y = first; y <= end; y++) {
		if (y < end && is_exact(s, x, y - dy, STRIP_PIXELS, 1) && same_row(s, x, STRIP_PIXELS, y, dy))
			continue;
		if (y - begin > out->to.height) {
			out->to.y = begin;
			out->to.height = y - begin;
		}
		begin = y + 1;
	}
}

static bool column_moved(const struct search *s, const struct scroll *c, int32_t x, int32_t width)
{
	if (!is_exact(s, x, c->to.y - c->dy, width, c->to.height))
		return false;
	for (int32_t y = c->to.y; y < c->to.y + c->to.height; y++)
		if (!same_row(s, x, width, y, c->dy))
			return false;
	return true;
}

/* The most columns of blocks beside each other in which these rows moved. */
static void find_columns(const struct search *s, struct scroll *out)
{
	int32_t end = s->rect.x + s->rect.width, begin = s->rect.x, x = begin;

	while (x <= end) {
		int32_t width = (int32_t)TILE_BLOCK - x % (int32_t)TILE_BLOCK;

		width = width < end - x ? width : end - x;
		if (x < end && column_moved(s, out, x, width)) {
			x += width;
			continue;
		}
		if (x - begin > out->to.width) {
			out->to.x = begin;
			out->to.width = x - begin;
		}
		x += width > 0 ? width : 1;
		begin = x;
	}
}

static int prepare(struct search *s)
{
	size_t rows = (size_t)s->rect.height;

	s->table.size = 256;
	while (s->table.size < 2 * rows)
		s->table.size *= 2;
	s->strip.before = malloc(rows * sizeof(uint64_t));
	s->strip.now = malloc(rows * sizeof(uint64_t));
	s->table.hash = malloc(s->table.size * sizeof(uint64_t));
	s->table.row = malloc(s->table.size * sizeof(uint32_t));
	s->votes = calloc(2 * rows, sizeof(uint32_t));
	return s->strip.before && s->strip.now && s->table.hash && s->table.row && s->votes ? 0 : -ENOMEM;
}

static void finish(struct search *s)
{
	free(s->strip.before);
	free(s->strip.now);
	free(s->table.hash);
	free(s->table.row);
	free(s->votes);
}

int scroll_find(const struct shadow *shadow, const struct tile_map *map,
		const struct spice_accel_frame *frame, const struct spice_accel_rect *rect,
		struct scroll *out)
{
	struct search s = { .shadow = shadow, .map = map, .frame = frame, .rect = *rect };
	int ret;

	if (rect->width < MIN_WIDTH || rect->height < MIN_HEIGHT || map->n_lossy * 2 > map->columns * map->rows)
		return 0;
	ret = prepare(&s);
	for (int32_t i = 0; ret == 0 && i < STRIPS; i++) {
		hash_rows(&s, rect->x + rect->width * (i + 1) / (STRIPS + 1) - STRIP_PIXELS / 2);
		fill_table(&s);
		vote(&s);
	}
	out->dy = ret == 0 ? elect(&s) : 0;
	if (out->dy) {
		find_rows(&s, out->dy, out);
		find_columns(&s, out);
		ret = (int64_t)out->to.width * out->to.height >= MIN_PIXELS;
	}
	finish(&s);
	return ret;
}

void scroll_apply(const struct scroll *scroll, struct shadow *shadow, struct tile_map *map)
{
	const struct spice_accel_rect *to = &scroll->to;
	size_t x = (size_t)to->x * shadow->pixel_bytes, bytes = (size_t)to->width * shadow->pixel_bytes;

	for (int32_t i = 0; i < to->height; i++) {
		/* not over what is still to be read */
		int32_t y = to->y + (scroll->dy > 0 ? to->height - 1 - i : i);

		memcpy(shadow->pixels + (size_t)y * shadow->row_bytes + x,
				shadow->pixels + (size_t)(y - scroll->dy) * shadow->row_bytes + x, bytes);
	}
	tile_map_set_exact(map, to);
}

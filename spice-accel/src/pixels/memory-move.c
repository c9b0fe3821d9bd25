/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/memory-pixels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_WIDTH 96
#define MIN_HEIGHT 64
/* A place is known by a strip of so many pixels of a row. */
#define STRIP 32
/* Strips are taken from the scanout in so many columns of one row in STRIP_STEP, and looked
 * for in one row in SEARCH_STEP of the remembered pixels. The steps have no common divisor, so
 * that some pairs of rows meet whatever the distance. */
#define STRIP_COLUMNS 12
#define STRIP_STEP 8
#define SEARCH_STEP 7
#define SEARCH_STEP_LOW 3
#define LOW_HEIGHT 256
/* So many strips must agree; a wrong guess costs a comparison. */
#define MIN_VOTES 6u
/* The value of a block in a copy: the block need not be sent, has to be sent again, or has to
 * be sent anyway. A copy of less than MIN_GAIN is not worth it. */
#define GAIN 16
#define HARM (-16)
#define USELESS (-1)
#define MIN_GAIN (64 * GAIN)

#define SLOTS 4096u   /* a power of two */
#define MAX_STRIPS (SLOTS / 2)
#define MAX_HITS 3    /* a strip that was at more places says nothing */
#define OFFSETS 4096u /* a power of two */
#define BASE UINT64_C(0x9e3779b97f4a7c15)

/* A strip of the scanout, by its hash. */
struct strip {
	uint64_t hash;
	int16_t x, y;
	bool used;
	uint8_t hits; /* above MAX_HITS: the strip is at many places, then or now */
};

/* How many strips moved by this distance. */
struct offset {
	int32_t dx, dy;
	uint32_t votes;
};

struct search {
	const struct memory_pixels *pixels;
	const struct blocks *blocks;
	const uint8_t *known;
	uint8_t *same;
	struct spice_accel_rect rect, before;
	struct strip strips[SLOTS];
	unsigned n_strips;
	struct offset offsets[OFFSETS];
	unsigned n_offsets;
	uint64_t leaving; /* the factor of a pixel when it leaves a strip */
	uint32_t *row;    /* of the picture's width */
	int16_t *gains;   /* of the whole blocks of rect */
	int32_t *sums;    /* of a column of them */
};

static void load_row(const struct search *s, const uint8_t *pixels, int32_t n)
{
	uint32_t bytes = s->pixels->pixel_bytes;

	if (bytes == sizeof *s->row) {
		memcpy(s->row, pixels, (size_t)n * sizeof *s->row);
		return;
	}
	for (int32_t i = 0; i < n; i++) {
		s->row[i] = 0;
		memcpy(&s->row[i], pixels + (size_t)i * bytes, bytes);
	}
}

/* ---- strips -------------------------------------------------------------- */

static uint64_t hash_strip(const uint32_t *pixels)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < STRIP; i++)
		hash = hash * BASE + pixels[i];
	return hash;
}

static bool is_flat(const uint32_t *pixels)
{
	for (unsigned i = 1; i < STRIP; i++)
		if (pixels[i] != pixels[0])
			return false;
	return true;
}

/* The strip with this hash, or the free place for one. */
static struct strip *slot_of(struct search *s, uint64_t hash)
{
	unsigned i = (unsigned)((hash * BASE) >> 40) & (SLOTS - 1);

	while (s->strips[i].used && s->strips[i].hash != hash)
		i = (i + 1) & (SLOTS - 1);
	return &s->strips[i];
}

static void add_strip(struct search *s, int32_t x, int32_t y)
{
	struct strip *strip;
	uint64_t hash;

	load_row(s, memory_now(s->pixels, x, y), STRIP);
	if (is_flat(s->row))
		return;
	hash = hash_strip(s->row);
	strip = slot_of(s, hash);
	if (strip->used) {
		strip->hits = MAX_HITS + 1;
		return;
	}
	*strip = (struct strip){ hash, (int16_t)x, (int16_t)y, true, 0 };
	s->n_strips++;
}

/* A strip that is where it was says nothing. */
static void take_strip(struct search *s, int32_t x, int32_t y)
{
	if (memcmp(memory_now(s->pixels, x, y), memory_remembered(s->pixels, x, y),
			(size_t)STRIP * s->pixels->pixel_bytes))
		add_strip(s, x, y);
}

static void take_strips(struct search *s)
{
	int32_t columns = s->rect.width / (2 * STRIP);

	columns = columns < STRIP_COLUMNS ? columns : STRIP_COLUMNS;
	for (int32_t y = STRIP_STEP / 2; y < s->rect.height; y += STRIP_STEP)
		for (int32_t i = 0; i < columns && s->n_strips < MAX_STRIPS; i++) {
			int32_t centre = s->rect.width * (2 * i + 1) / (2 * columns);

			take_strip(s, s->rect.x + centre - STRIP / 2, s->rect.y + y);
		}
}

/* ---- how far ------------------------------------------------------------- */

static void vote(struct search *s, int32_t dx, int32_t dy)
{
	unsigned i = ((uint32_t)dx * 2654435761u + (uint32_t)dy * 40503u) >> 8 & (OFFSETS - 1);

	if (!dx && !dy)
		return;
	while (s->offsets[i].votes && (s->offsets[i].dx != dx || s->offsets[i].dy != dy))
		i = (i + 1) & (OFFSETS - 1);
	if (!s->offsets[i].votes) {
		if (s->n_offsets == OFFSETS / 2)
			return;
		s->n_offsets++;
		s->offsets[i].dx = dx;
		s->offsets[i].dy = dy;
	}
	s->offsets[i].votes++;
}

/* Looks for the strips at each pixel of a run of known pixels. */
static void search_run(struct search *s, int32_t x, int32_t width, int32_t y)
{
	uint64_t hash;

	if (width < STRIP)
		return;
	load_row(s, memory_remembered(s->pixels, x, y), width);
	hash = hash_strip(s->row);
	for (int32_t i = 0;; i++) {
		struct strip *strip = slot_of(s, hash);

		if (strip->used && strip->hits <= MAX_HITS && ++strip->hits <= MAX_HITS)
			vote(s, strip->x - (x + i), strip->y - y);
		if (i + STRIP == width)
			return;
		hash = hash * BASE + s->row[i + STRIP] - s->row[i] * s->leaving;
	}
}

static bool is_known(const struct search *s, int32_t x, int32_t y)
{
	return s->known[(size_t)y / TILE_BLOCK * s->blocks->columns + (size_t)x / TILE_BLOCK];
}

static int32_t next_block(int32_t x)
{
	return x + (int32_t)TILE_BLOCK - x % (int32_t)TILE_BLOCK;
}

static void search_row(struct search *s, int32_t y)
{
	int32_t end = s->before.x + s->before.width, begin = s->before.x;

	for (int32_t x = begin; x < end; x = next_block(x))
		if (!is_known(s, x, y)) {
			search_run(s, begin, x - begin, y);
			begin = next_block(x);
		}
	search_run(s, begin, end - begin, y);
}

/* False: nothing moved, or the distance is not clear. */
static bool elect(struct search *s, struct move *out)
{
	int32_t step = s->rect.height < LOW_HEIGHT ? SEARCH_STEP_LOW : SEARCH_STEP;
	const struct offset *best = &s->offsets[0];

	s->leaving = 1;
	for (unsigned i = 0; i < STRIP; i++)
		s->leaving *= BASE;
	for (int32_t y = 0; y < s->before.height; y += step)
		search_row(s, s->before.y + y);
	for (unsigned i = 1; i < OFFSETS; i++)
		if (s->offsets[i].votes > best->votes)
			best = &s->offsets[i];
	out->dx = best->dx;
	out->dy = best->dy;
	return best->votes >= MIN_VOTES;
}

/* ---- how much ------------------------------------------------------------ */

/* These pixels are now the pixels that were dx to the left and dy above. */
static bool moved(const struct search *s, const struct spice_accel_rect *r, int32_t dx, int32_t dy)
{
	const struct spice_accel_rect from = { r->x - dx, r->y - dy, r->width, r->height };
	size_t bytes = (size_t)r->width * s->pixels->pixel_bytes;

	if (from.x < 0 || from.y < 0 || from.x + from.width > (int32_t)s->blocks->width ||
			from.y + from.height > (int32_t)s->blocks->height ||
			blocks_have(s->blocks, s->known, &from, 0))
		return false;
	for (int32_t y = r->y; y < r->y + r->height; y++)
		if (memcmp(memory_now(s->pixels, r->x, y),
				memory_remembered(s->pixels, from.x, y - dy), bytes))
			return false;
	return true;
}

static int16_t gain_of(const struct search *s, const struct spice_accel_rect *block,
		const struct move *move)
{
	bool rests = moved(s, block, 0, 0);

	if (moved(s, block, move->dx, move->dy))
		return rests ? 0 : GAIN;
	return rests ? HARM : USELESS;
}

/* Whole blocks of rect: from its first to before its last edge. */
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

static void note_same(struct search *s, const struct tile_span *span, const struct move *move)
{
	const struct tile_span in = whole_blocks(&move->to);
	uint32_t columns = span->x1 - span->x0;

	for (uint32_t y = in.y0; y < in.y1; y++)
		for (uint32_t x = in.x0; x < in.x1; x++)
			if (s->gains[(y - span->y0) * columns + x - span->x0] >= 0)
				s->same[(size_t)y * s->blocks->columns + x] = 1;
}

/* The rectangle of blocks that gains the most, by trying all pairs of rows. */
static bool find_blocks(struct search *s, struct move *move)
{
	const struct tile_span span = whole_blocks(&s->rect);
	uint32_t columns = span.x1 - span.x0, rows = span.y1 - span.y0, first = 0, last = 0;
	int32_t most = 0;

	for (uint32_t y = 0; y < rows; y++)
		for (uint32_t x = 0; x < columns; x++) {
			const struct spice_accel_rect block = block_rect(span.x0 + x, span.y0 + y,
					1, 1);

			s->gains[y * columns + x] = gain_of(s, &block, move);
		}
	for (uint32_t top = 0; top < rows; top++) {
		memset(s->sums, 0, columns * sizeof *s->sums);
		for (uint32_t y = top; y < rows; y++) {
			int32_t gain;

			for (uint32_t x = 0; x < columns; x++)
				s->sums[x] += s->gains[y * columns + x];
			gain = best_run(s->sums, columns, &first, &last);
			if (gain <= most)
				continue;
			most = gain;
			move->to = block_rect(span.x0 + first, span.y0 + top, last - first + 1,
					y - top + 1);
		}
	}
	if (most < MIN_GAIN)
		return false;
	note_same(s, &span, move);
	return true;
}

static bool line_moved(const struct search *s, const struct move *m, int32_t x, int32_t y,
		int32_t width, int32_t height)
{
	const struct spice_accel_rect *r = &s->rect, line = { x, y, width, height };

	return x >= r->x && y >= r->y && x + width <= r->x + r->width &&
			y + height <= r->y + r->height && moved(s, &line, m->dx, m->dy);
}

/* Content does not end where blocks do. */
static void grow(const struct search *s, struct move *m)
{
	struct spice_accel_rect *to = &m->to;

	while (line_moved(s, m, to->x, to->y - 1, to->width, 1)) {
		to->y--;
		to->height++;
	}
	while (line_moved(s, m, to->x, to->y + to->height, to->width, 1))
		to->height++;
	while (line_moved(s, m, to->x - 1, to->y, 1, to->height)) {
		to->x--;
		to->width++;
	}
	while (line_moved(s, m, to->x + to->width, to->y, 1, to->height))
		to->width++;
}

/* ---- life ---------------------------------------------------------------- */

static void finish(struct search *s)
{
	if (!s)
		return;
	free(s->row);
	free(s->gains);
	free(s->sums);
	free(s);
}

static struct search *begin(const struct memory_pixels *pixels,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before)
{
	const struct blocks *blocks = &pixels->base.blocks;
	struct search *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->pixels = pixels;
	s->blocks = blocks;
	s->rect = *rect;
	s->before = *before;
	s->row = malloc(blocks->width * sizeof *s->row);
	s->gains = malloc(blocks_count(blocks) * sizeof *s->gains);
	s->sums = malloc(blocks->columns * sizeof *s->sums);
	if (s->row && s->gains && s->sums)
		return s;
	finish(s);
	return NULL;
}

int memory_find_move(const struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *out, uint8_t *same)
{
	struct search *s;
	int ret;

	if (rect->width < MIN_WIDTH || rect->height < MIN_HEIGHT)
		return 0;
	s = begin((const struct memory_pixels *)pixels, rect, before);
	if (!s)
		return -ENOMEM;
	s->known = known;
	s->same = same;
	take_strips(s);
	ret = s->n_strips >= MIN_VOTES && elect(s, out) && find_blocks(s, out);
	if (ret)
		grow(s, out);
	finish(s);
	return ret;
}

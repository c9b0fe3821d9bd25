/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/memory-pixels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pixels/move-search.h"

#define BASE 0x9e3779b1u

static void load_row(const struct memory_pixels *m, const uint8_t *pixels, int32_t n,
		uint32_t *row)
{
	if (m->pixel_bytes == sizeof *row) {
		memcpy(row, pixels, (size_t)n * sizeof *row);
		return;
	}
	for (int32_t i = 0; i < n; i++) {
		row[i] = 0;
		memcpy(&row[i], pixels + (size_t)i * m->pixel_bytes, m->pixel_bytes);
	}
}

/* ---- strips of the scanout ------------------------------------------------ */

static uint32_t hash_strip(const uint32_t *row)
{
	uint32_t hash = 0;

	for (unsigned i = 0; i < MOVE_STRIP; i++)
		hash = hash * BASE + row[i];
	return hash;
}

/* No strip has 0. */
static uint32_t label(uint32_t hash)
{
	return hash ? hash : 1;
}

static bool is_flat(const uint32_t *row)
{
	for (unsigned i = 1; i < MOVE_STRIP; i++)
		if (row[i] != row[0])
			return false;
	return true;
}

static uint32_t hash_at(struct memory_pixels *m, int32_t x, int32_t y)
{
	size_t bytes = (size_t)MOVE_STRIP * m->pixel_bytes;
	uint32_t row[MOVE_STRIP];

	m->base.read_bytes += bytes;
	if (!memcmp(memory_now(m, x, y), memory_remembered(m, x, y), bytes))
		return 0;
	load_row(m, memory_now(m, x, y), MOVE_STRIP, row);
	return is_flat(row) ? 0 : label(hash_strip(row));
}

static int memory_hash(struct pixels *pixels, const struct move_grid *grid, uint32_t *hashes)
{
	for (uint32_t i = 0; i < grid->rows; i++)
		for (uint32_t k = 0; k < grid->columns; k++)
			*hashes++ = hash_at((struct memory_pixels *)pixels, grid->x[k],
					grid->y + (int32_t)i * grid->step);
	return 0;
}

/* ---- strips of the remembered pixels -------------------------------------- */

struct scanner {
	const struct memory_pixels *pixels;
	const struct move_scan *scan;
	uint32_t leaving; /* the factor of a pixel when it leaves a strip */
	uint32_t *row;    /* of the picture's width */
};

/* Looks for strips at each pixel of a run of known pixels. */
static void scan_run(const struct scanner *s, int32_t x, int32_t width, int32_t y)
{
	const uint32_t *slots = s->scan->slots, *row = s->row;
	uint32_t hash;

	if (width < MOVE_STRIP)
		return;
	load_row(s->pixels, memory_remembered(s->pixels, x, y), width, s->row);
	hash = hash_strip(row);
	for (int32_t i = 0;; i++) {
		unsigned slot = move_slot(label(hash));

		if (slots[slot] == label(hash))
			s->scan->hit(s->scan->opaque, slot, x + i, y);
		if (i + MOVE_STRIP == width)
			return;
		hash = hash * BASE + row[i + MOVE_STRIP] - row[i] * s->leaving;
	}
}

static bool is_known(const struct scanner *s, int32_t x, int32_t y)
{
	return s->scan->known[(size_t)y / TILE_BLOCK * s->pixels->base.blocks.columns +
			(size_t)x / TILE_BLOCK];
}

static int32_t next_block(int32_t x)
{
	return x + (int32_t)TILE_BLOCK - x % (int32_t)TILE_BLOCK;
}

static void scan_row(const struct scanner *s, int32_t y)
{
	const struct spice_accel_rect *in = &s->scan->before;
	int32_t end = in->x + in->width, begin = in->x;

	for (int32_t x = begin; x < end; x = next_block(x))
		if (!is_known(s, x, y)) {
			scan_run(s, begin, x - begin, y);
			begin = next_block(x);
		}
	scan_run(s, begin, end - begin, y);
}

static int memory_scan(struct pixels *pixels, const struct move_scan *scan)
{
	struct scanner s = { .pixels = (struct memory_pixels *)pixels, .scan = scan,
		.leaving = 1 };

	s.row = malloc(pixels->blocks.width * sizeof *s.row);
	if (!s.row)
		return -ENOMEM;
	for (unsigned i = 0; i < MOVE_STRIP; i++)
		s.leaving *= BASE;
	for (int32_t y = 0; y < scan->before.height; y += scan->step)
		scan_row(&s, scan->before.y + y);
	free(s.row);
	return 0;
}

/* ---- comparisons ---------------------------------------------------------- */

static bool is_moved(struct memory_pixels *m, const struct spice_accel_rect *r, int32_t dx,
		int32_t dy)
{
	size_t bytes = (size_t)r->width * m->pixel_bytes;

	if (r->x < dx || r->y < dy || r->x + r->width - dx > (int32_t)m->base.blocks.width ||
			r->y + r->height - dy > (int32_t)m->base.blocks.height)
		return false;
	for (int32_t y = r->y; y < r->y + r->height; y++) {
		m->base.read_bytes += bytes;
		if (memcmp(memory_now(m, r->x, y), memory_remembered(m, r->x - dx, y - dy), bytes))
			return false;
	}
	return true;
}

static int memory_moved(struct pixels *pixels, const struct tile_span *span, const uint8_t *ask,
		int32_t dx, int32_t dy, uint8_t *answer)
{
	const struct spice_accel_rect all = { 0, 0, (int32_t)pixels->blocks.width,
		(int32_t)pixels->blocks.height };

	for (uint32_t y = span->y0; y < span->y1; y++)
		for (uint32_t x = span->x0; x < span->x1; x++) {
			size_t i = (size_t)y * pixels->blocks.columns + x;
			const struct spice_accel_rect block = blocks_cut(&all, x, x + 1, y);

			if (ask[i])
				answer[i] = is_moved((struct memory_pixels *)pixels, &block, dx,
						dy);
		}
	return 0;
}

static int memory_lines(struct pixels *pixels, const struct spice_accel_rect *lines, unsigned n,
		int32_t dx, int32_t dy, uint8_t *answer)
{
	for (unsigned i = 0; i < n; i++)
		answer[i] = is_moved((struct memory_pixels *)pixels, &lines[i], dx, dy);
	return 0;
}

static const struct move_ops memory_ops = {
	.hash = memory_hash,
	.scan = memory_scan,
	.moved = memory_moved,
	.lines = memory_lines,
};

int memory_find_move(struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same)
{
	return move_search(&memory_ops, pixels, known, rect, before, move, same);
}

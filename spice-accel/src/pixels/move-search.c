/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/move-search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pixels/move-worth.h"

#define MIN_WIDTH 96
#define MIN_HEIGHT 64
/* Strips are taken from the scanout in one row in STRIP_STEP, and looked for in one row in
 * SEARCH_STEP of the remembered pixels. The steps have no common divisor, so that some pairs of
 * rows meet whatever the distance. */
#define STRIP_STEP 8
#define SEARCH_STEP 7
#define SEARCH_STEP_LOW 3
#define LOW_HEIGHT 256
/* So many strips must agree; a wrong guess costs a comparison. */
#define MIN_VOTES 6u
#define MAX_HITS 3    /* a strip that was at more places says nothing */
#define OFFSETS 4096u /* a power of two */

/* A strip of the scanout, in its slot. */
struct strip {
	int16_t x, y;
	uint8_t hits; /* above MAX_HITS: the strip is at many places, then or now */
};

/* How many strips moved by this distance. */
struct offset {
	int32_t dx, dy;
	uint32_t votes;
};

struct search {
	struct spice_accel_rect rect;
	struct move_grid grid;
	uint32_t hashes[MOVE_STRIPS]; /* of the grid */
	uint32_t slots[MOVE_SLOTS];
	struct strip strips[MOVE_SLOTS];
	unsigned n_strips;
	struct offset offsets[OFFSETS];
	unsigned n_offsets;
};

/* ---- strips -------------------------------------------------------------- */

static void lay_grid(struct search *s)
{
	const struct spice_accel_rect *r = &s->rect;
	uint32_t columns = (uint32_t)r->width / (2 * MOVE_STRIP);
	uint32_t rows = (uint32_t)(r->height - STRIP_STEP / 2 + STRIP_STEP - 1) / STRIP_STEP;

	columns = columns < MOVE_COLUMNS ? columns : MOVE_COLUMNS;
	s->grid.columns = columns;
	s->grid.rows = rows * columns <= MOVE_STRIPS ? rows : MOVE_STRIPS / columns;
	s->grid.y = r->y + STRIP_STEP / 2;
	s->grid.step = STRIP_STEP;
	for (uint32_t i = 0; i < columns; i++) {
		int32_t centre = r->width * (int32_t)(2 * i + 1) / (int32_t)(2 * columns);

		s->grid.x[i] = r->x + centre - MOVE_STRIP / 2;
	}
}

/* The first one of two strips in a slot stays. */
static void add_strip(struct search *s, uint32_t hash, int32_t x, int32_t y)
{
	unsigned slot = move_slot(hash);

	if (s->slots[slot] == hash)
		s->strips[slot].hits = MAX_HITS + 1;
	if (s->slots[slot])
		return;
	s->slots[slot] = hash;
	s->strips[slot] = (struct strip){ (int16_t)x, (int16_t)y, 0 };
	s->n_strips++;
}

static int take_strips(struct search *s, const struct move_ops *ops, struct pixels *pixels)
{
	const struct move_grid *g = &s->grid;
	const uint32_t *hash = s->hashes;
	int ret;

	lay_grid(s);
	ret = ops->hash(pixels, g, s->hashes);
	for (uint32_t i = 0; i < g->rows && ret == 0; i++)
		for (uint32_t k = 0; k < g->columns; k++, hash++)
			if (*hash)
				add_strip(s, *hash, g->x[k], g->y + (int32_t)i * g->step);
	return ret;
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

static void on_hit(void *opaque, unsigned slot, int32_t x, int32_t y)
{
	struct search *s = opaque;
	struct strip *strip = &s->strips[slot];

	if (strip->hits <= MAX_HITS && ++strip->hits <= MAX_HITS)
		vote(s, strip->x - x, strip->y - y);
}

/* 1; 0 nothing moved, or the distance is not clear; negative errno. */
static int elect(struct search *s, const struct move_ops *ops, struct pixels *pixels,
		const uint8_t *known, const struct spice_accel_rect *before, struct move *out)
{
	const struct move_scan scan = { s->slots, known, *before,
		s->rect.height < LOW_HEIGHT ? SEARCH_STEP_LOW : SEARCH_STEP, on_hit, s };
	const struct offset *best = &s->offsets[0];
	int ret = ops->scan(pixels, &scan);

	if (ret < 0)
		return ret;
	for (unsigned i = 1; i < OFFSETS; i++)
		if (s->offsets[i].votes > best->votes)
			best = &s->offsets[i];
	out->dx = best->dx;
	out->dy = best->dy;
	return best->votes >= MIN_VOTES;
}

/* -------------------------------------------------------------------------- */

static int find_distance(const struct move_ops *ops, struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *out)
{
	struct search *s = calloc(1, sizeof *s);
	int ret;

	if (!s)
		return -ENOMEM;
	s->rect = *rect;
	ret = take_strips(s, ops, pixels);
	if (ret == 0 && s->n_strips >= MIN_VOTES)
		ret = elect(s, ops, pixels, known, before, out);
	free(s);
	return ret;
}

int move_search(const struct move_ops *ops, struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *out, uint8_t *same)
{
	int ret;

	if (rect->width < MIN_WIDTH || rect->height < MIN_HEIGHT)
		return 0;
	ret = find_distance(ops, pixels, known, rect, before, out);
	return ret == 1 ? move_weigh(ops, pixels, known, rect, out, same) : ret;
}

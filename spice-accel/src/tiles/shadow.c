/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/shadow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pace/pacer.h"

/* A block that is not known is sampled at most this often: only the time when the block comes
 * to rest matters, as all of it is sent then. */
#define LOOK_US 50000u

int shadow_init(struct shadow *s, uint32_t width, uint32_t height)
{
	size_t n;

	memset(s, 0, sizeof *s);
	s->blocks = blocks_of(width, height);
	n = blocks_count(&s->blocks);
	s->known = calloc(n, 1);
	s->same = calloc(n, 1);
	s->looked_us = calloc(n, sizeof *s->looked_us);
	s->ask = calloc(n, 1);
	s->answer = calloc(n, 1);
	if (s->known && s->same && s->looked_us && s->ask && s->answer)
		return 0;
	shadow_finish(s);
	return -ENOMEM;
}

void shadow_finish(struct shadow *s)
{
	free(s->known);
	free(s->same);
	free(s->looked_us);
	free(s->ask);
	free(s->answer);
	memset(s, 0, sizeof *s);
}

static void set_known(struct shadow *s, const struct tile_span *span, uint8_t known)
{
	for (uint32_t y = span->y0; y < span->y1 && span->x0 < span->x1; y++)
		memset(s->known + (size_t)y * s->blocks.columns + span->x0, known,
				span->x1 - span->x0);
}

void shadow_note(struct shadow *s, const struct spice_accel_rect *rect)
{
	struct tile_span span = blocks_inside(&s->blocks, rect);

	set_known(s, &span, 1);
}

void shadow_move(struct shadow *s, struct pixels *pixels, const struct move *move)
{
	struct tile_span span = blocks_inside(&s->blocks, &move->to);

	pixels_copy(pixels, &move->to, move->dx, move->dy);
	set_known(s, &span, 1);
}

int shadow_find_move(struct shadow *s, struct pixels *pixels,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move)
{
	return pixels_find_move(pixels, s->known, rect, before, move, s->same);
}

void shadow_forget(struct shadow *s, const struct damage *damage)
{
	for (unsigned i = 0; i < damage->n; i++) {
		struct tile_span span = blocks_touched(&s->blocks, &damage->rects[i]);

		set_known(s, &span, 0);
	}
}

void shadow_forget_all(struct shadow *s)
{
	memset(s->known, 0, blocks_count(&s->blocks));
}

void shadow_clear_same(struct shadow *s)
{
	memset(s->same, 0, blocks_count(&s->blocks));
}

static enum pixels_ask question(const struct shadow *s, size_t i, uint64_t now)
{
	if (s->same[i])
		return PIXELS_SKIP;
	if (s->known[i])
		return PIXELS_COMPARE;
	return now < s->looked_us[i] + LOOK_US ? PIXELS_SKIP : PIXELS_SAMPLE;
}

/* The blocks around the damage. */
static struct tile_span span_of(const struct shadow *s, const struct damage *damage)
{
	const struct spice_accel_rect bounds = damage_bounds(damage);

	return blocks_touched(&s->blocks, &bounds);
}

static void clear_questions(struct shadow *s, const struct tile_span *span)
{
	for (uint32_t y = span->y0; y < span->y1; y++) {
		size_t at = (size_t)y * s->blocks.columns + span->x0;

		memset(s->ask + at, PIXELS_SKIP, span->x1 - span->x0);
		memset(s->answer + at, 0, span->x1 - span->x0);
	}
}

static void ask(struct shadow *s, const struct spice_accel_rect *rect, uint64_t now)
{
	struct tile_span span = blocks_touched(&s->blocks, rect);

	for (uint32_t y = span.y0; y < span.y1; y++)
		for (uint32_t x = span.x0; x < span.x1; x++) {
			size_t i = (size_t)y * s->blocks.columns + x;

			s->ask[i] = (uint8_t)question(s, i, now);
		}
}

void shadow_compare(struct shadow *s, struct pixels *pixels, const struct damage *damage,
		uint64_t now)
{
	struct tile_span span = span_of(s, damage);

	clear_questions(s, &span);
	for (unsigned i = 0; i < damage->n; i++)
		ask(s, &damage->rects[i], now);
	pixels_changed(pixels, &span, s->ask, s->answer);
}

static void note_answers(struct shadow *s, struct tile_map *map, const struct tile_span *span,
		uint64_t now)
{
	for (uint32_t y = span->y0; y < span->y1; y++)
		for (uint32_t x = span->x0; x < span->x1; x++) {
			size_t i = (size_t)y * s->blocks.columns + x;

			if (s->answer[i])
				tile_map_changed_at(map, i, now);
			if (s->ask[i] == PIXELS_SAMPLE)
				s->looked_us[i] = now;
		}
}

/* The block has to be sent as a change. One that is not known and has come to rest is sent as it
 * is then, without loss: a polled source reports it again before each frame is encoded. */
static bool is_due(const struct shadow *s, const struct tile_map *map, size_t i, uint64_t now)
{
	return s->answer[i] || (!s->known[i] && !s->same[i] &&
			!tile_map_rests_at(map, i, now, PACER_REST_US));
}

/* A rectangle that grows by the rows that continue it, so that a changed area stays one. */
struct pending {
	struct spice_accel_rect rect;
	bool any;
};

static void flush(struct pending *p, const struct tile_map *map, struct damage *changed)
{
	if (p->any)
		damage_add(changed, &p->rect, map->blocks.width, map->blocks.height);
	p->any = false;
}

static void add(struct pending *p, const struct tile_map *map, const struct spice_accel_rect *run,
		struct damage *changed)
{
	struct spice_accel_rect *r = &p->rect;

	if (p->any && r->x == run->x && r->width == run->width && r->y + r->height == run->y) {
		r->height += run->height;
		return;
	}
	flush(p, map, changed);
	p->rect = *run;
	p->any = true;
}

static void trim_rect(const struct shadow *s, const struct tile_map *map,
		const struct spice_accel_rect *rect, struct damage *changed, uint64_t now)
{
	struct tile_span span = blocks_touched(&map->blocks, rect);
	struct pending pending = { 0 };

	for (uint32_t y = span.y0; y < span.y1; y++)
		for (uint32_t x = span.x0; x < span.x1; x++) {
			size_t row = (size_t)y * map->blocks.columns;
			struct spice_accel_rect run;
			uint32_t x1 = x;

			while (x1 < span.x1 && is_due(s, map, row + x1, now))
				x1++;
			if (x1 == x)
				continue;
			run = blocks_cut(rect, x, x1, y);
			add(&pending, map, &run, changed);
			x = x1; /* which is not due */
		}
	flush(&pending, map, changed);
}

void shadow_trim(struct shadow *s, struct tile_map *map, const struct damage *damage,
		struct damage *changed, uint64_t now)
{
	struct tile_span span = span_of(s, damage);

	note_answers(s, map, &span, now);
	for (unsigned i = 0; i < damage->n; i++)
		trim_rect(s, map, &damage->rects[i], changed, now);
}

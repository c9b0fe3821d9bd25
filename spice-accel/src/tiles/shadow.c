/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/shadow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A block that is not known is compared at most this often, and only in every fourth
 * row: only the time when the block comes to rest matters, as all of it is sent then. */
#define LOOK_US 50000u
#define LOOK_ROWS 4u

int shadow_init(struct shadow *s, const struct spice_accel_frame *frame, const struct tile_map *map)
{
	memset(s, 0, sizeof *s);
	s->fourcc = frame->fourcc;
	s->pixel_bytes = frame_bytes_per_pixel(frame->fourcc);
	s->row_bytes = (size_t)map->width * s->pixel_bytes;
	s->pixels = calloc(map->height, s->row_bytes);
	s->known = calloc((size_t)map->columns * map->rows, 1);
	s->same = calloc((size_t)map->columns * map->rows, 1);
	s->looked_us = calloc((size_t)map->columns * map->rows, sizeof *s->looked_us);
	if (s->pixels && s->known && s->same && s->looked_us)
		return 0;
	shadow_finish(s);
	return -ENOMEM;
}

void shadow_finish(struct shadow *s)
{
	free(s->pixels);
	free(s->known);
	free(s->same);
	free(s->looked_us);
	memset(s, 0, sizeof *s);
}

static const uint8_t *source_at(const struct spice_accel_frame *frame, uint32_t x_bytes, uint32_t y)
{
	return frame->memory.data + (ptrdiff_t)y * frame->memory.stride + x_bytes;
}

static void set_known(struct shadow *s, const struct tile_map *map, const struct tile_span *span,
		uint8_t known)
{
	for (uint32_t y = span->y0; y < span->y1 && span->x0 < span->x1; y++)
		memset(s->known + (size_t)y * map->columns + span->x0, known, span->x1 - span->x0);
}

void shadow_copy(struct shadow *s, const struct tile_map *map,
		const struct spice_accel_frame *frame, const struct spice_accel_rect *r)
{
	struct tile_span span = tile_map_inside(map, r);
	uint32_t x = (uint32_t)r->x * s->pixel_bytes;

	set_known(s, map, &span, 1);

	for (uint32_t y = (uint32_t)r->y; y < (uint32_t)(r->y + r->height); y++)
		memcpy(s->pixels + y * s->row_bytes + x, source_at(frame, x, y),
				(size_t)r->width * s->pixel_bytes);
}

void shadow_move(struct shadow *s, const struct tile_map *map, const struct spice_accel_rect *to,
		int32_t dx, int32_t dy)
{
	struct tile_span span = tile_map_inside(map, to);

	for (int32_t i = 0; i < to->height; i++) {
		/* not over what is still to be read */
		int32_t y = to->y + (dy > 0 ? to->height - 1 - i : i);

		memmove(shadow_at(s, to->x, y), shadow_at(s, to->x - dx, y - dy),
				(size_t)to->width * s->pixel_bytes);
	}
	set_known(s, map, &span, 1);
}

void shadow_forget(struct shadow *s, const struct tile_map *map, const struct damage *damage)
{
	for (unsigned i = 0; i < damage->n; i++) {
		struct tile_span span = tile_map_touched(map, &damage->rects[i]);

		set_known(s, map, &span, 0);
	}
}

void shadow_forget_all(struct shadow *s, const struct tile_map *map)
{
	memset(s->known, 0, (size_t)map->columns * map->rows);
}

void shadow_clear_same(struct shadow *s, const struct tile_map *map)
{
	memset(s->same, 0, (size_t)map->columns * map->rows);
}

bool shadow_is_known(const struct shadow *s, const struct tile_map *map,
		const struct spice_accel_rect *rect)
{
	return !tile_map_has(map, s->known, rect, 0);
}

/* A block's place: bytes of a row, rows. */
struct place {
	uint32_t x, bytes, y0, y1;
};

static struct place place_of(const struct shadow *s, const struct tile_map *map, uint32_t column,
		uint32_t row)
{
	uint32_t x0 = column * TILE_BLOCK, x1 = x0 + TILE_BLOCK, y1 = (row + 1) * TILE_BLOCK;

	x1 = x1 < map->width ? x1 : map->width;
	return (struct place){ x0 * s->pixel_bytes, (x1 - x0) * s->pixel_bytes, row * TILE_BLOCK,
		y1 < map->height ? y1 : map->height };
}

static bool same(const struct shadow *s, const struct spice_accel_frame *frame,
		const struct place *p, uint32_t step)
{
	for (uint32_t y = p->y0; y < p->y1; y += step)
		if (memcmp(s->pixels + y * s->row_bytes + p->x, source_at(frame, p->x, y), p->bytes))
			return false;
	return true;
}

/* Whether the block has to be sent. */
static bool look(struct shadow *s, struct tile_map *map, const struct spice_accel_frame *frame,
		uint32_t column, uint32_t row, uint64_t now)
{
	size_t i = (size_t)row * map->columns + column;
	struct place p;

	if (s->same[i])
		return false;
	if (!s->known[i] && now < s->looked_us[i] + LOOK_US)
		return true;
	p = place_of(s, map, column, row);
	if (s->known[i]) {
		if (same(s, frame, &p, 1))
			return false;
		tile_map_changed_at(map, i, now);
		return true;
	}
	s->looked_us[i] = now;
	if (same(s, frame, &p, LOOK_ROWS))
		return true;
	for (uint32_t y = p.y0; y < p.y1; y += LOOK_ROWS)
		memcpy(s->pixels + y * s->row_bytes + p.x, source_at(frame, p.x, y), p.bytes);
	tile_map_changed_at(map, i, now);
	return true;
}

/* Grows with rows that continue it, so that a changed area stays one rectangle. */
struct pending {
	struct spice_accel_rect rect;
	bool any;
};

static void flush(struct pending *p, const struct tile_map *map, struct damage *changed)
{
	if (p->any)
		damage_add(changed, &p->rect, map->width, map->height);
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

static void trim_rect(struct shadow *s, struct tile_map *map, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect, struct damage *changed, uint64_t now)
{
	struct tile_span span = tile_map_touched(map, rect);
	struct pending pending = { 0 };

	for (uint32_t y = span.y0; y < span.y1; y++)
		for (uint32_t x = span.x0; x < span.x1; x++) {
			struct spice_accel_rect run;
			uint32_t x1 = x;

			while (x1 < span.x1 && look(s, map, frame, x1, y, now))
				x1++;
			if (x1 == x)
				continue;
			run = tile_map_cut(rect, x, x1, y);
			add(&pending, map, &run, changed);
			x = x1; /* which was looked at */
		}
	flush(&pending, map, changed);
}

void shadow_trim(struct shadow *s, struct tile_map *map, const struct spice_accel_frame *frame,
		const struct damage *damage, struct damage *changed, uint64_t now)
{
	for (unsigned i = 0; i < damage->n; i++)
		trim_rect(s, map, frame, &damage->rects[i], changed, now);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/tile-map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int tile_map_init(struct tile_map *map, uint32_t width, uint32_t height, uint64_t now)
{
	size_t n;

	memset(map, 0, sizeof *map);
	map->blocks = blocks_of(width, height);
	n = blocks_count(&map->blocks);
	map->lossy = malloc(n);
	map->was = malloc(n);
	map->heat = calloc(n, 1);
	map->changed_us = malloc(n * sizeof *map->changed_us);
	if (!map->lossy || !map->was || !map->heat || !map->changed_us) {
		tile_map_finish(map);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		map->changed_us[i] = now;
	tile_map_set_all_lossy(map);
	return 0;
}

void tile_map_finish(struct tile_map *map)
{
	free(map->lossy);
	free(map->was);
	free(map->heat);
	free(map->changed_us);
	memset(map, 0, sizeof *map);
}

static uint32_t clamp(int64_t value, uint32_t max)
{
	return value < 0 ? 0 : value > max ? max : (uint32_t)value;
}

void tile_map_changed_at(struct tile_map *map, size_t i, uint64_t now)
{
	if (now > map->changed_us[i] + TILE_MOTION_US)
		map->heat[i] = 0;
	else if (map->heat[i] < UINT8_MAX)
		map->heat[i]++;
	map->changed_us[i] = now;
}

static void set_lossy_at(struct tile_map *map, size_t i)
{
	map->n_lossy += !map->lossy[i];
	map->lossy[i] = 1;
}

void tile_map_set_lossy(struct tile_map *map, const struct damage *damage)
{
	for (unsigned i = 0; i < damage->n; i++) {
		struct tile_span s = blocks_touched(&map->blocks, &damage->rects[i]);

		for (uint32_t y = s.y0; y < s.y1; y++)
			for (uint32_t x = s.x0; x < s.x1; x++)
				set_lossy_at(map, (size_t)y * map->blocks.columns + x);
	}
}

void tile_map_set_all_lossy(struct tile_map *map)
{
	map->n_lossy = (uint32_t)blocks_count(&map->blocks);
	memset(map->lossy, 1, map->n_lossy);
}

void tile_map_set_exact(struct tile_map *map, const struct spice_accel_rect *rect)
{
	struct tile_span s = blocks_inside(&map->blocks, rect);

	for (uint32_t y = s.y0; y < s.y1; y++)
		for (uint32_t x = s.x0; x < s.x1; x++) {
			uint8_t *lossy = &map->lossy[(size_t)y * map->blocks.columns + x];

			map->n_lossy -= *lossy;
			*lossy = 0;
		}
}

void tile_map_move(struct tile_map *map, const struct spice_accel_rect *to, int32_t dx, int32_t dy,
		uint64_t now)
{
	struct tile_span touched = blocks_touched(&map->blocks, to);

	memcpy(map->was, map->lossy, blocks_count(&map->blocks));
	tile_map_set_exact(map, to);
	for (uint32_t y = touched.y0; y < touched.y1; y++)
		for (uint32_t x = touched.x0; x < touched.x1; x++) {
			struct spice_accel_rect from = blocks_cut(to, x, x + 1, y);
			size_t i = (size_t)y * map->blocks.columns + x;

			from.x -= dx;
			from.y -= dy;
			if (!blocks_have(&map->blocks, map->was, &from, 1))
				continue;
			set_lossy_at(map, i);
			map->changed_us[i] = now;
		}
}

bool tile_map_is_exact(const struct tile_map *map)
{
	return map->n_lossy == 0;
}

bool tile_map_is_hot(const struct tile_map *map, const struct spice_accel_rect *rect)
{
	struct tile_span s = blocks_touched(&map->blocks, rect);
	uint32_t hot = 0, all = 0;

	for (uint32_t y = s.y0; y < s.y1; y++)
		for (uint32_t x = s.x0; x < s.x1; x++, all++)
			hot += map->heat[(size_t)y * map->blocks.columns + x] >= TILE_HOT;
	return hot * 2 >= all && all;
}

bool tile_map_rests_at(const struct tile_map *map, size_t i, uint64_t now, uint64_t rest)
{
	return map->lossy[i] && map->changed_us[i] + rest <= now;
}

static bool rested(const struct tile_map *map, size_t i, uint64_t now, uint64_t rest,
		uint64_t *wake)
{
	uint64_t due = map->changed_us[i] + rest;

	if (tile_map_rests_at(map, i, now, rest))
		return true;
	if (map->lossy[i] && (!*wake || due < *wake))
		*wake = due;
	return false;
}

static struct spice_accel_rect to_pixels(const struct tile_map *map, uint32_t x0, uint32_t x1,
		uint32_t y)
{
	uint32_t left = x0 * TILE_BLOCK, top = y * TILE_BLOCK;
	uint32_t right = clamp((int64_t)x1 * TILE_BLOCK, map->blocks.width);
	uint32_t bottom = clamp((int64_t)top + TILE_BLOCK, map->blocks.height);

	return (struct spice_accel_rect){ (int32_t)left, (int32_t)top, (int32_t)(right - left),
		(int32_t)(bottom - top) };
}

/* Lengthens a rectangle of the row above, or adds one. False: no room. */
static bool add_run(struct spice_accel_rect *rects, unsigned *n, unsigned max,
		const struct spice_accel_rect *run)
{
	for (unsigned i = *n; i-- > 0;) {
		struct spice_accel_rect *r = &rects[i];

		if (r->x == run->x && r->width == run->width && r->y + r->height == run->y) {
			r->height += run->height;
			return true;
		}
	}
	if (*n == max)
		return false;
	rects[(*n)++] = *run;
	return true;
}

unsigned tile_map_rested(const struct tile_map *map, uint64_t now, uint64_t rest,
		uint32_t max_pixels, struct spice_accel_rect *rects, unsigned max_rects,
		uint64_t *wake)
{
	uint32_t left = max_pixels;
	unsigned n = 0;

	*wake = 0;
	if (!map->n_lossy)
		return 0;
	for (uint32_t y = 0; y < map->blocks.rows; y++)
		for (uint32_t x = 0; x < map->blocks.columns; x++) {
			size_t row = (size_t)y * map->blocks.columns;
			uint32_t x1 = x, blocks = left / (TILE_BLOCK * TILE_BLOCK);
			struct spice_accel_rect run;

			if (!blocks && n)
				return n;
			while (x1 < map->blocks.columns && x1 - x < (blocks ? blocks : 1) &&
					rested(map, row + x1, now, rest, wake))
				x1++;
			if (x1 == x)
				continue;
			run = to_pixels(map, x, x1, y);
			if (!add_run(rects, &n, max_rects, &run))
				return n;
			left -= left < (uint32_t)(run.width * run.height) ? left :
					(uint32_t)(run.width * run.height);
			x = x1 - 1;
		}
	return n;
}

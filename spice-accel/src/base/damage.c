/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base/damage.h"

#include <string.h>

void damage_clear(struct damage *damage)
{
	damage->n = 0;
}

static bool contains(const struct spice_accel_rect *a, const struct spice_accel_rect *b)
{
	return a->x <= b->x && a->y <= b->y && a->x + a->width >= b->x + b->width &&
			a->y + a->height >= b->y + b->height;
}

static struct spice_accel_rect join(const struct spice_accel_rect *a,
		const struct spice_accel_rect *b)
{
	int32_t x0 = a->x < b->x ? a->x : b->x;
	int32_t y0 = a->y < b->y ? a->y : b->y;
	int32_t x1 = a->x + a->width > b->x + b->width ? a->x + a->width : b->x + b->width;
	int32_t y1 = a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height;

	return (struct spice_accel_rect){ x0, y0, x1 - x0, y1 - y0 };
}

static int64_t area(const struct spice_accel_rect *r)
{
	return (int64_t)r->width * r->height;
}

static void remove_at(struct damage *damage, unsigned i)
{
	damage->rects[i] = damage->rects[--damage->n];
}

/* Joins `rect` with the rectangle whose union wastes the fewest pixels. */
static void join_cheapest(struct damage *damage, const struct spice_accel_rect *rect)
{
	unsigned best = 0;
	int64_t best_waste = INT64_MAX;
	struct spice_accel_rect u;

	for (unsigned i = 0; i < damage->n; i++) {
		u = join(&damage->rects[i], rect);
		int64_t waste = area(&u) - area(&damage->rects[i]) - area(rect);
		if (waste < best_waste) {
			best_waste = waste;
			best = i;
		}
	}
	u = join(&damage->rects[best], rect);
	for (unsigned i = 0; i < damage->n;) {
		if (contains(&u, &damage->rects[i]))
			remove_at(damage, i);
		else
			i++;
	}
	damage->rects[damage->n++] = u;
}

static bool clip(struct spice_accel_rect *r, uint32_t width, uint32_t height)
{
	int64_t x0 = r->x, y0 = r->y;
	int64_t x1 = x0 + r->width, y1 = y0 + r->height;

	x0 = x0 < 0 ? 0 : x0;
	y0 = y0 < 0 ? 0 : y0;
	x1 = x1 > width ? width : x1;
	y1 = y1 > height ? height : y1;
	if (r->width <= 0 || r->height <= 0 || x1 <= x0 || y1 <= y0)
		return false;
	*r = (struct spice_accel_rect){ (int32_t)x0, (int32_t)y0, (int32_t)(x1 - x0),
		(int32_t)(y1 - y0) };
	return true;
}

void damage_add(struct damage *damage, const struct spice_accel_rect *rect,
		uint32_t width, uint32_t height)
{
	struct spice_accel_rect r = *rect;

	if (!clip(&r, width, height))
		return;
	for (unsigned i = 0; i < damage->n; i++)
		if (contains(&damage->rects[i], &r))
			return;
	for (unsigned i = 0; i < damage->n;) {
		if (contains(&r, &damage->rects[i]))
			remove_at(damage, i);
		else
			i++;
	}
	if (damage->n < DAMAGE_MAX_RECTS)
		damage->rects[damage->n++] = r;
	else
		join_cheapest(damage, &r);
}

void damage_add_all(struct damage *damage, uint32_t width, uint32_t height)
{
	struct spice_accel_rect all = { 0, 0, (int32_t)width, (int32_t)height };

	damage->n = 0;
	damage_add(damage, &all, width, height);
}

void damage_merge(struct damage *damage, const struct damage *other,
		uint32_t width, uint32_t height)
{
	for (unsigned i = 0; i < other->n; i++)
		damage_add(damage, &other->rects[i], width, height);
}

bool damage_is_empty(const struct damage *damage)
{
	return damage->n == 0;
}

bool damage_is_all(const struct damage *damage, uint32_t width, uint32_t height)
{
	return damage->n == 1 && damage->rects[0].x == 0 && damage->rects[0].y == 0 &&
			(uint32_t)damage->rects[0].width == width &&
			(uint32_t)damage->rects[0].height == height;
}

void damage_align(struct damage *damage, uint32_t edge, uint32_t width, uint32_t height)
{
	const struct damage old = *damage;
	int32_t e = (int32_t)edge;

	damage_clear(damage);
	for (unsigned i = 0; i < old.n; i++) {
		const struct spice_accel_rect *r = &old.rects[i];
		int32_t x0 = r->x / e * e, y0 = r->y / e * e;
		int32_t x1 = (r->x + r->width + e - 1) / e * e;
		int32_t y1 = (r->y + r->height + e - 1) / e * e;
		struct spice_accel_rect grown = { x0, y0, x1 - x0, y1 - y0 };

		damage_add(damage, &grown, width, height);
	}
}

struct spice_accel_rect damage_bounds(const struct damage *damage)
{
	struct spice_accel_rect bounds = { 0, 0, 0, 0 };

	if (damage->n)
		bounds = damage->rects[0];
	for (unsigned i = 1; i < damage->n; i++)
		bounds = join(&bounds, &damage->rects[i]);
	return bounds;
}

uint64_t damage_area(const struct damage *damage)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < damage->n; i++)
		sum += (uint64_t)area(&damage->rects[i]);
	return sum;
}

void damage_mark_blocks(const struct damage *damage, uint8_t *map, uint32_t columns,
		uint32_t rows, uint32_t edge, uint8_t touched)
{
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];
		uint32_t x0 = (uint32_t)r->x / edge, y0 = (uint32_t)r->y / edge;
		uint32_t x1 = ((uint32_t)(r->x + r->width) + edge - 1) / edge;
		uint32_t y1 = ((uint32_t)(r->y + r->height) + edge - 1) / edge;

		x1 = x1 > columns ? columns : x1;
		y1 = y1 > rows ? rows : y1;
		for (uint32_t y = y0; y < y1; y++)
			memset(map + (size_t)y * columns + x0, touched, x1 - x0);
	}
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/region.h>

#include <osvdi-common/memory.h>

enum operation { OP_ADD, OP_SUBTRACT, OP_INTERSECT };

/* Where a sweep from top to bottom is in one of its two lists. */
struct cursor {
	const struct rect *band; /* the first rectangle of the band; NULL: below the last */
	const struct rect *next; /* of the band below */
	const struct rect *end;
};

static int32_t right_of(const struct rect *r)
{
	return r->x + r->width;
}

static int32_t bottom_of(const struct rect *r)
{
	return r->y + r->height;
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

bool rect_is_empty(const struct rect *rect)
{
	return rect->width <= 0 || rect->height <= 0;
}

struct rect rect_intersect(const struct rect *a, const struct rect *b)
{
	struct rect r = { .x = larger(a->x, b->x), .y = larger(a->y, b->y) };

	r.width = larger(smaller(right_of(a), right_of(b)) - r.x, 0);
	r.height = larger(smaller(bottom_of(a), bottom_of(b)) - r.y, 0);
	return r;
}

/* ---- memory -------------------------------------------------------------- */

static bool reserve(struct region *region, uint32_t n)
{
	uint32_t capacity = region->capacity ? region->capacity : 4;
	struct rect *rects;

	if (n <= region->capacity)
		return true;
	if (n > REGION_MAX_RECTS)
		return false;
	while (capacity < n)
		capacity *= 2;
	rects = realloc(region->rects, capacity * sizeof *rects);
	if (!rects)
		return false;
	region->rects = rects;
	region->capacity = capacity;
	return true;
}

static bool append(struct region *region, int32_t x, int32_t y, int32_t right, int32_t bottom)
{
	if (!reserve(region, region->n + 1))
		return false;
	region->rects[region->n++] = (struct rect){ x, y, right - x, bottom - y };
	return true;
}

void region_finish(struct region *region)
{
	free(region->rects);
	*region = (struct region){ 0 };
}

void region_clear(struct region *region)
{
	region->n = 0;
}

bool region_set(struct region *region, const struct rect *rect)
{
	if (!reserve(region, 1))
		return false;
	region->n = rect_is_empty(rect) ? 0 : 1;
	region->rects[0] = *rect;
	return true;
}

bool region_copy(struct region *to, const struct region *from)
{
	if (!reserve(to, from->n))
		return false;
	if (from->n)
		memcpy(to->rects, from->rects, from->n * sizeof *to->rects);
	to->n = from->n;
	return true;
}

/* ---- the sweep ----------------------------------------------------------- */

static void find_next(struct cursor *c)
{
	c->next = c->band;
	while (c->next < c->end && c->next->y == c->band->y)
		c->next++;
}

static struct cursor begin(const struct region *region)
{
	struct cursor c = { 0 };

	if (region->n) {
		c.band = region->rects;
		c.end = region->rects + region->n;
		find_next(&c);
	}
	return c;
}

/* Leaves bands that end at or above y. */
static void go_down(struct cursor *c, int32_t y)
{
	while (c->band && bottom_of(c->band) <= y) {
		c->band = c->next < c->end ? c->next : NULL;
		if (c->band)
			find_next(c);
	}
}

static int32_t top_of(const struct cursor *c)
{
	return c->band ? c->band->y : INT32_MAX;
}

/* The first line at or below y where the cursor's rows change; INT32_MAX: none. */
static int32_t next_line(const struct cursor *c, int32_t y)
{
	if (!c->band)
		return INT32_MAX;
	return y < c->band->y ? c->band->y : bottom_of(c->band);
}

static bool wanted(enum operation op, bool in_a, bool in_b)
{
	if (op == OP_ADD)
		return in_a || in_b;
	return op == OP_SUBTRACT ? in_a && !in_b : in_a && in_b;
}

/* The first column after x where the row of spans changes; INT32_MAX: none. */
static int32_t next_column(const struct rect *r, const struct rect *end, int32_t x)
{
	if (r == end)
		return INT32_MAX;
	return x < r->x ? r->x : right_of(r);
}

/* One band of the result: rows y to bottom of both lists' rectangles there. */
static bool combine_rows(struct region *out, struct cursor *a, struct cursor *b, enum operation op,
		int32_t y, int32_t bottom)
{
	const struct rect *ra = a->band, *rb = b->band, *ea = a->next, *eb = b->next;
	int32_t x = INT32_MIN, start = 0;
	bool inside = false;

	if (!ra || ra->y > y)
		ea = ra;
	if (!rb || rb->y > y)
		eb = rb;
	while (ra != ea || rb != eb) {
		bool now;

		x = smaller(next_column(ra, ea, x), next_column(rb, eb, x));
		while (ra != ea && right_of(ra) <= x)
			ra++;
		while (rb != eb && right_of(rb) <= x)
			rb++;
		now = wanted(op, ra != ea && ra->x <= x, rb != eb && rb->x <= x);
		if (now && !inside)
			start = x;
		if (!now && inside && !append(out, start, y, x, bottom))
			return false;
		inside = now;
	}
	return true;
}

/* Joins the band from `band` on with the one from `above` on where they look alike. */
static bool join_bands(struct region *out, uint32_t above, uint32_t band)
{
	uint32_t i, n = band - above;

	if (!n || out->n - band != n || bottom_of(&out->rects[above]) != out->rects[band].y)
		return false;
	for (i = 0; i < n; i++)
		if (out->rects[above + i].x != out->rects[band + i].x ||
				out->rects[above + i].width != out->rects[band + i].width)
			return false;
	for (i = 0; i < n; i++)
		out->rects[above + i].height += out->rects[band].height;
	out->n = band;
	return true;
}

static bool sweep(struct region *out, const struct region *ra, const struct region *rb,
		enum operation op)
{
	struct cursor a = begin(ra), b = begin(rb);
	uint32_t above = 0;
	int32_t y = INT32_MIN;

	while (a.band || b.band) {
		uint32_t band = out->n;
		int32_t bottom;

		y = larger(y, smaller(top_of(&a), top_of(&b)));
		bottom = smaller(next_line(&a, y), next_line(&b, y));
		if (!combine_rows(out, &a, &b, op, y, bottom))
			return false;
		if (out->n > band && !join_bands(out, above, band))
			above = band;
		y = bottom;
		go_down(&a, y);
		go_down(&b, y);
	}
	return true;
}

static bool combine(struct region *region, const struct region *other, enum operation op)
{
	struct region out = { 0 };

	if (!sweep(&out, region, other, op)) {
		region_finish(&out);
		return false;
	}
	region_finish(region);
	*region = out;
	return true;
}

/* ---- public -------------------------------------------------------------- */

bool region_add(struct region *region, const struct region *other)
{
	return !other->n || combine(region, other, OP_ADD);
}

bool region_subtract(struct region *region, const struct region *other)
{
	return !region->n || !other->n || combine(region, other, OP_SUBTRACT);
}

bool region_intersect(struct region *region, const struct region *other)
{
	return !region->n || combine(region, other, OP_INTERSECT);
}

/* A list of one, not to be ended. */
static struct region region_of(struct rect *rect)
{
	return (struct region){ .rects = rect, .n = rect_is_empty(rect) ? 0 : 1 };
}

bool region_add_rect(struct region *region, const struct rect *rect)
{
	struct rect r = *rect;
	struct region other = region_of(&r);

	return region_covers(region, rect) || region_add(region, &other);
}

bool region_intersect_rect(struct region *region, const struct rect *rect)
{
	struct rect r = *rect;
	struct region other = region_of(&r);

	return region_intersect(region, &other);
}

bool region_is_empty(const struct region *region)
{
	return !region->n;
}

bool region_touches(const struct region *region, const struct rect *rect)
{
	uint32_t i;

	for (i = 0; i < region->n; i++) {
		struct rect both = rect_intersect(&region->rects[i], rect);

		if (!rect_is_empty(&both))
			return true;
	}
	return false;
}

bool region_covers(const struct region *region, const struct rect *rect)
{
	int64_t left = (int64_t)rect->width * rect->height;
	uint32_t i;

	if (rect_is_empty(rect))
		return true;
	for (i = 0; i < region->n && left; i++) {
		struct rect both = rect_intersect(&region->rects[i], rect);

		left -= (int64_t)both.width * both.height;
	}
	return !left;
}

struct rect region_bounds(const struct region *region)
{
	struct rect r = { 0 };
	int32_t right, bottom;
	uint32_t i;

	if (!region->n)
		return r;
	r = region->rects[0];
	right = right_of(&r);
	bottom = bottom_of(&region->rects[region->n - 1]);
	for (i = 1; i < region->n; i++) {
		r.x = smaller(r.x, region->rects[i].x);
		right = larger(right, right_of(&region->rects[i]));
	}
	r.width = right - r.x;
	r.height = bottom - r.y;
	return r;
}

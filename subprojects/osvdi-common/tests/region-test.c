/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Regions against a bitmap, with operations at random. */
#include <osvdi-common/region.h>

#include <string.h>

#include "check.h"

#define W 24
#define H 18

struct bitmap {
	bool at[H][W];
};

static bool inside(const struct rect *r, int x, int y)
{
	return x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height;
}

static struct bitmap draw(const struct region *region)
{
	struct bitmap m = { 0 };
	uint32_t i;

	for (i = 0; i < region->n; i++)
		for (int y = 0; y < H; y++)
			for (int x = 0; x < W; x++)
				if (inside(&region->rects[i], x, y)) {
					CHECK(!m.at[y][x]); /* no pixel twice */
					m.at[y][x] = true;
				}
	return m;
}

/* The list that region.h promises: bands in order, no two that could be one. */
static void check_form(const struct region *region)
{
	uint32_t i;

	for (i = 0; i < region->n; i++)
		CHECK(region->rects[i].width > 0 && region->rects[i].height > 0);
	for (i = 1; i < region->n; i++) {
		const struct rect *a = &region->rects[i - 1], *b = &region->rects[i];

		if (a->y == b->y)
			CHECK(a->height == b->height && a->x + a->width < b->x);
		else
			CHECK(a->y + a->height <= b->y);
	}
}

static bool equal(const struct bitmap *a, const struct bitmap *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static void check_is(const struct region *region, const struct bitmap *want)
{
	struct bitmap got = draw(region);

	check_form(region);
	CHECK(equal(&got, want));
}

static struct rect random_rect(uint64_t *seed)
{
	return (struct rect){ (int32_t)check_random(seed, W + 4) - 2,
			(int32_t)check_random(seed, H + 4) - 2,
		(int32_t)check_random(seed, W / 2), (int32_t)check_random(seed, H / 2) };
}

static void random_region(uint64_t *seed, struct region *region)
{
	const struct rect all = { 0, 0, W, H };
	uint32_t n = check_random(seed, 7);

	region_clear(region);
	while (n--) {
		struct rect r = random_rect(seed);

		CHECK(region_add_rect(region, &r));
	}
	CHECK(region_intersect_rect(region, &all));
}

static void check_questions(const struct region *region, const struct bitmap *m,
		const struct rect *r)
{
	bool any = false, all = true;

	for (int y = r->y; y < r->y + r->height; y++)
		for (int x = r->x; x < r->x + r->width; x++) {
			bool there = x >= 0 && y >= 0 && x < W && y < H && m->at[y][x];

			any |= there;
			all &= there;
		}
	CHECK_EQUAL(region_touches(region, r), any);
	CHECK_EQUAL(region_covers(region, r), all);
}

static void check_bounds(const struct region *region, const struct bitmap *m)
{
	struct rect r = region_bounds(region);
	int left = W, right = 0, top = H, bottom = 0;

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			if (m->at[y][x]) {
				left = x < left ? x : left;
				right = x >= right ? x + 1 : right;
				top = y < top ? y : top;
				bottom = y + 1;
			}
	if (region_is_empty(region)) {
		CHECK(rect_is_empty(&r));
		return;
	}
	CHECK(r.x == left && r.y == top && r.width == right - left && r.height == bottom - top);
}

static void apply(struct bitmap *m, const struct bitmap *other, int op)
{
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			bool a = m->at[y][x], b = other->at[y][x];

			m->at[y][x] = op == 0 ? a || b : op == 1 ? a && !b : a && b;
		}
}

static void test_random(void)
{
	static bool (*const ops[])(struct region *, const struct region *) = {
		region_add, region_subtract, region_intersect
	};
	struct region region = { 0 }, other = { 0 }, copy = { 0 };
	struct bitmap m = { 0 };
	uint64_t seed = 1;

	for (int round = 0; round < 30000; round++) {
		int op = (int)check_random(&seed, 8) % 3; /* more adding than the rest */
		struct bitmap b;
		struct rect r = random_rect(&seed);

		random_region(&seed, &other);
		b = draw(&other);
		CHECK(ops[op](&region, &other));
		apply(&m, &b, op);
		check_is(&region, &m);
		check_questions(&region, &m, &r);
		check_bounds(&region, &m);
		CHECK(region_copy(&copy, &region));
		check_is(&copy, &m);
	}
	region_finish(&region);
	region_finish(&other);
	region_finish(&copy);
}

/* The same pixels in another order are the same list. */
static void test_one_form(void)
{
	const struct rect a = { 0, 0, 10, 4 }, b = { 0, 4, 10, 4 }, c = { 10, 0, 3, 8 },
			all = { 0, 0, 13, 8 };
	struct region region = { 0 };

	CHECK(region_add_rect(&region, &b));
	CHECK(region_add_rect(&region, &c));
	CHECK(region_add_rect(&region, &a));
	CHECK_EQUAL(region.n, 1);
	CHECK(memcmp(region.rects, &all, sizeof all) == 0);
	region_finish(&region);
}

static void test_empty(void)
{
	const struct rect none = { 5, 5, 0, 3 }, some = { 1, 1, 2, 2 };
	struct region region = { 0 }, empty = { 0 };

	CHECK(region_is_empty(&region));
	CHECK(region_set(&region, &none));
	CHECK(region_is_empty(&region));
	CHECK(region_add_rect(&region, &none));
	CHECK(region_is_empty(&region));
	CHECK(region_set(&region, &some));
	CHECK(region_subtract(&region, &empty));
	CHECK(region_covers(&region, &some));
	CHECK(region_intersect_rect(&region, &none));
	CHECK(region_is_empty(&region));
	CHECK(region_covers(&region, &none));
	CHECK(!region_touches(&region, &none));
	region_finish(&region);
	region_finish(&region);
}

/* Points of a chessboard: the list has an end, and a refused one stays as it is. */
static void test_bounded(void)
{
	struct region region = { 0 };
	struct rect hole = { 0, 0, 1, 1 };
	uint32_t before, refused = 0;

	for (int y = 0; y < 400 && !refused; y++) {
		struct region row = { 0 };

		for (int x = 0; x < 100; x++) {
			struct rect r = { 2 * x + y % 2, y, 1, 1 };

			CHECK(region_add_rect(&row, &r));
		}
		before = region.n;
		if (!region_add(&region, &row)) {
			refused++;
			CHECK_EQUAL(region.n, before);
		}
		region_finish(&row);
	}
	CHECK_EQUAL(refused, 1);
	CHECK(region.n <= REGION_MAX_RECTS && region.n > REGION_MAX_RECTS - 100);
	check_form(&region);
	CHECK(region_set(&region, &hole));
	region_finish(&region);
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "random operations are those of a bitmap", test_random },
		{ "one list for the same pixels", test_one_form },
		{ "empty regions and rectangles", test_empty },
		{ "bounded memory", test_bounded },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}

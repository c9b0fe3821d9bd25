/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/order.h>

#include "check.h"

static struct update *make_tiles(uint64_t number, uint64_t after, int32_t x, int32_t y,
		int32_t width, int32_t height)
{
	struct update *u = calloc(1, sizeof *u);

	CHECK(u != NULL);
	u->kind = UPDATE_TILES;
	u->number = number;
	u->after_frame = after;
	u->n_rects = 1;
	u->rects[0] = (struct rect){ x, y, width, height };
	u->n_pixels = (size_t)width * (size_t)height;
	return u;
}

static void frame(struct order *order, uint64_t number, int32_t x, int32_t y, int32_t width,
		int32_t height)
{
	struct rect r = { x, y, width, height };
	struct region region = { 0 };

	CHECK(region_set(&region, &r));
	order_add_frame(order, number, &region);
	region_finish(&region);
}

/* Pops one; its region must be of so many pixels. */
static bool pop(struct order *order, uint64_t number, int pixels)
{
	struct region region = { 0 };
	bool lost = false;
	struct update *u = order_pop(order, &region, &lost);
	int n = 0;

	if (u) {
		CHECK_EQUAL(u->number, number);
		CHECK(!lost);
		for (uint32_t i = 0; i < region.n; i++)
			n += region.rects[i].width * region.rects[i].height;
		CHECK_EQUAL(n, pixels);
	}
	region_finish(&region);
	update_free(u);
	return u != NULL;
}

static void check_lost(struct order *order)
{
	struct region region = { 0 };
	bool lost = false;
	struct update *u = order_pop(order, &region, &lost);

	CHECK(u != NULL);
	CHECK(lost);
	CHECK(region_is_empty(&region));
	region_finish(&region);
	update_free(u);
}

static void test_order(void)
{
	struct order order = { 0 };

	CHECK(order_push(&order, make_tiles(3, 2, 0, 0, 10, 10)));
	CHECK(!pop(&order, 3, 0)); /* its frame is still to come */
	frame(&order, 1, 0, 0, 100, 100);
	CHECK(!pop(&order, 3, 0));
	frame(&order, 2, 0, 0, 100, 100);
	CHECK(pop(&order, 3, 100));
	CHECK(!pop(&order, 0, 0));
	order_finish(&order);
}

/* Pixels that a later frame painted stay. */
static void test_late(void)
{
	struct order order = { 0 };

	frame(&order, 1, 0, 0, 100, 100);
	frame(&order, 4, 0, 0, 5, 10);
	frame(&order, 6, 9, 0, 50, 10);
	CHECK(order_push(&order, make_tiles(3, 1, 0, 0, 10, 10)));
	CHECK(order_push(&order, make_tiles(5, 4, 0, 0, 10, 10)));
	CHECK(order_push(&order, make_tiles(7, 6, 0, 0, 10, 10)));
	CHECK(pop(&order, 3, 40));
	CHECK(pop(&order, 5, 90));
	CHECK(pop(&order, 7, 100));
	order_finish(&order);
}

/* So late that the frames since are forgotten: nothing may be drawn. */
static void test_lost(void)
{
	struct order order = { 0 };
	uint64_t i;

	for (i = 1; i < 3 * ORDER_FRAMES; i++)
		frame(&order, i, 0, 0, 1, 1);
	CHECK(order_push(&order, make_tiles(400, ORDER_FRAMES, 0, 0, 10, 10)));
	CHECK(order_push(&order, make_tiles(401, 2 * ORDER_FRAMES - 2, 0, 0, 10, 10)));
	CHECK(order_push(&order, make_tiles(402, 2 * ORDER_FRAMES - 1, 0, 0, 10, 10)));
	check_lost(&order);
	check_lost(&order);
	CHECK(pop(&order, 402, 99)); /* all frames since are known */
	order_finish(&order);
}

static struct update *make_copy(void)
{
	const struct osvdi_copy message = { .number = 3, .after_frame = 1,
			.to = { 0, 20, 10, 10 } };

	return update_new_copy(&message, 52, 0);
}

/* A copy needs its source as it was. */
static void test_copy(void)
{
	struct order order = { 0 };

	frame(&order, 1, 0, 0, 100, 100);
	frame(&order, 2, 0, 25, 10, 100); /* on the target: that part stays */
	CHECK(order_push(&order, make_copy()));
	CHECK(pop(&order, 3, 50));
	frame(&order, 4, 9, 9, 1, 1); /* on the source */
	CHECK(order_push(&order, make_copy()));
	check_lost(&order);
	frame(&order, 5, 0, 20, 10, 10); /* on all of the target: nothing is missing */
	CHECK(order_push(&order, make_copy()));
	CHECK(pop(&order, 3, 0));
	order_finish(&order);
}

/* A server that never sends the frame: memory stays bounded. */
static void test_flood(void)
{
	struct order order = { 0 };
	unsigned refused = 0, i;

	for (i = 0; i < 400; i++)
		refused += !order_push(&order, make_tiles(i, UINT64_MAX, 0, 0, 512, 512));
	CHECK_EQUAL(refused, 3);
	CHECK(order.n_pixels <= ORDER_MAX_PIXELS);
	/* copies bring no pixels */
	order_clear(&order);
	frame(&order, 1, 0, 0, 1, 1);
	for (refused = 0, i = 0; i < 3 * ORDER_MAX_UPDATES; i++) {
		struct update *copy = make_copy();

		copy->after_frame = UINT64_MAX;
		refused += !order_push(&order, copy);
	}
	CHECK_EQUAL(refused, 2);
	CHECK(order.n_updates <= ORDER_MAX_UPDATES);
	order_finish(&order);
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "updates wait for their frame", test_order },
		{ "what a later frame painted stays", test_late },
		{ "too late to know", test_lost },
		{ "copies and their source", test_copy },
		{ "floods", test_flood },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/order.h>

static void drop_waiting(struct order *order)
{
	while (order->first) {
		struct update *update = order->first;

		order->first = update->next;
		update_free(update);
	}
	order->last = NULL;
	order->n_pixels = order->n_updates = 0;
}

void order_clear(struct order *order)
{
	drop_waiting(order);
	order->n_frames = order->next = 0;
	order->frame = order->forgotten = 0;
}

void order_finish(struct order *order)
{
	unsigned i;

	order_clear(order);
	for (i = 0; i < ORDER_FRAMES; i++)
		region_finish(&order->frames[i].damage);
}

static void forget(struct order *order, uint64_t number)
{
	if (number > order->forgotten)
		order->forgotten = number;
}

void order_add_frame(struct order *order, uint64_t number, const struct region *damage)
{
	unsigned at = order->next;

	if (order->n_frames == ORDER_FRAMES)
		forget(order, order->frames[at].number);
	else
		order->n_frames++;
	order->frames[at].number = number;
	if (!region_copy(&order->frames[at].damage, damage))
		forget(order, number);
	order->next = (at + 1) % ORDER_FRAMES;
	if (number > order->frame)
		order->frame = number;
}

bool order_push(struct order *order, struct update *update)
{
	order->n_pixels += update->n_pixels;
	order->n_updates++;
	update->next = NULL;
	if (order->last)
		order->last->next = update;
	else
		order->first = update;
	order->last = update;
	if (order->n_pixels <= ORDER_MAX_PIXELS && order->n_updates <= ORDER_MAX_UPDATES)
		return true;
	drop_waiting(order);
	return false;
}

/* A later frame has painted on what is to be copied. */
static bool is_spoilt(const struct order *order, const struct update *copy)
{
	const struct rect from = { copy->from_x, copy->from_y, copy->rects[0].width,
			copy->rects[0].height };
	unsigned i;

	for (i = 0; i < order->n_frames; i++)
		if (order->frames[i].number > copy->after_frame &&
				region_touches(&order->frames[i].damage, &from))
			return true;
	return false;
}

static bool subtract_later(const struct order *order, uint64_t after, struct region *region)
{
	unsigned i;

	for (i = 0; i < order->n_frames && !region_is_empty(region); i++)
		if (order->frames[i].number > after &&
				!region_subtract(region, &order->frames[i].damage))
			return false;
	return true;
}

/* False: what is still of use cannot be known. */
static bool find_use(const struct order *order, const struct update *update, struct region *region)
{
	if (order->forgotten > update->after_frame)
		return false;
	if (!update_region(update, region) || !subtract_later(order, update->after_frame, region))
		return false;
	/* Where later frames have painted over all of a copy its source does not matter. */
	return update->kind != UPDATE_COPY || region_is_empty(region) || !is_spoilt(order, update);
}

struct update *order_pop(struct order *order, struct region *region, bool *lost)
{
	struct update *update = order->first;

	if (!update || update->after_frame > order->frame)
		return NULL;
	order->first = update->next;
	if (!order->first)
		order->last = NULL;
	update->next = NULL;
	order->n_pixels -= update->n_pixels;
	order->n_updates--;
	*lost = !find_use(order, update, region);
	if (*lost)
		region_clear(region);
	return update;
}

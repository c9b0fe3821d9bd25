/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/screen.h>

#include <osvdi-common/memory.h>

static struct rect all_of(const struct screen *screen)
{
	return (struct rect){ 0, 0, screen->width, screen->height };
}

static void advance(struct screen *screen, int64_t now_us)
{
	if (now_us > screen->now_us)
		screen->now_us = now_us;
}

static void set_exact(struct screen *screen, bool exact)
{
	if (screen->exact == exact)
		return;
	screen->exact = exact;
	screen->ops->exact_changed(screen->opaque, exact);
}

static void note_number(struct screen *screen, uint64_t number)
{
	if (number > screen->number)
		screen->number = number;
}

void screen_lose(struct screen *screen)
{
	screen->stale = true;
	screen->stale_number = screen->number;
	set_exact(screen, false);
	screen->ops->ask_key_frame(screen->opaque);
}

void screen_miss(struct screen *screen, uint64_t number)
{
	note_number(screen, number);
	screen_lose(screen);
}

/* ---- to the canvas ------------------------------------------------------- */

static void show(struct screen *screen, const struct region *region)
{
	advance(screen, screen->ops->show(screen->opaque, &screen->newest, region));
}

static void set_refine(struct screen *screen, int64_t at_us)
{
	if (!screen->refine_us == !at_us)
		return;
	screen->refine_us = at_us;
	screen->ops->refine_at(screen->opaque, at_us);
}

void screen_refine(struct screen *screen)
{
	struct rect all = all_of(screen);
	struct region region = { .rects = &all, .n = 1 };

	if (!screen->refine_us)
		return;
	screen->refine_us = 0;
	if (!screen->partial || screen->tiled || !screen->there || !screen->has_newest)
		return;
	show(screen, &region);
	screen->partial = false;
}

static void present(struct screen *screen)
{
	struct rect all = all_of(screen);

	screen->partial = !region_covers(&screen->pending, &all);
	if (!region_is_empty(&screen->pending))
		show(screen, &screen->pending);
	region_clear(&screen->pending);
	screen->shown_us = screen->now_us;
	if (screen->partial && !screen->tiled)
		set_refine(screen, screen->shown_us + SCREEN_REFINE_US);
}

/* ---- pictures ------------------------------------------------------------ */

static void account_picture(struct screen *screen, int64_t presented_us)
{
	const struct screen_picture *p = &screen->newest;
	struct osvdi_ack ack = {
		.display = screen->display,
		.flags = presented_us ? 0 : OSVDI_ACK_DROPPED,
		.received_us = (uint64_t)p->received_us,
		.decoded_us = (uint64_t)p->decoded_us,
		.presented_us = (uint64_t)presented_us,
	};

	if (p->has_info) {
		ack.frame = p->info.frame;
		screen->ops->acknowledge(screen->opaque, &ack);
	}
	screen->ops->picture_done(screen->opaque, p, presented_us);
}

bool screen_damage(const struct screen_picture *picture, struct region *region)
{
	const uint8_t whole = OSVDI_FRAME_KEY | OSVDI_FRAME_FULL | OSVDI_FRAME_REFINED;
	const struct rect all = { 0, 0, picture->width, picture->height };
	const struct osvdi_frame_info *info = &picture->info;
	unsigned i;

	if (!picture->has_info || (info->flags & whole && !(info->flags & OSVDI_FRAME_PARTIAL)))
		return region_set(region, &all);
	region_clear(region);
	for (i = 0; i < info->n_rects; i++) {
		const struct rect r = { info->rects[i].x, info->rects[i].y, info->rects[i].width,
			info->rects[i].height };

		if (!region_add_rect(region, &r))
			return false;
	}
	return region_intersect_rect(region, &all);
}

/* False: what is pending cannot be kept. */
static bool add_pending(struct screen *screen, const struct screen_picture *picture,
		const struct region *damage)
{
	if (picture->width != screen->width || picture->height != screen->height ||
			!screen->has_newest) {
		struct rect all;

		screen->width = picture->width;
		screen->height = picture->height;
		all = all_of(screen);
		if (!region_set(&screen->pending, &all))
			return false;
	}
	return region_add(&screen->pending, damage);
}

/* A picture from before what was lost: a whole one of these does not bring that back. */
static bool is_older(const struct screen *screen, const struct screen_picture *picture)
{
	return picture->has_info && picture->info.frame <= screen->stale_number;
}

static void add_damage(struct screen *screen, const struct screen_picture *picture)
{
	struct region damage = { 0 };
	bool good = screen_damage(picture, &damage) && add_pending(screen, picture, &damage);
	struct rect all = all_of(screen);

	if (!good) {
		region_clear(&screen->pending);
		screen_lose(screen);
	} else if (region_covers(&damage, &all) && !is_older(screen, picture)) {
		screen->stale = false;
	}
	if (!region_is_empty(&damage))
		set_exact(screen, false);
	if (picture->has_info) {
		order_add_frame(&screen->order, picture->info.frame, &damage);
		note_number(screen, picture->info.frame);
	}
	region_finish(&damage);
}

static void show_newest(struct screen *screen)
{
	present(screen);
	account_picture(screen, screen->shown_us);
	screen->waiting = false;
	if (!screen->first)
		return;
	screen->first = false;
	screen->ops->first_shown(screen->opaque);
}

/* With another one behind it this one need not be shown, but some must be. */
static bool may_skip(const struct screen *screen, bool another_waits)
{
	return another_waits && screen->now_us - screen->shown_us < SCREEN_MAX_SKIP_US;
}

static void drop_newest(struct screen *screen)
{
	if (screen->has_newest)
		screen->ops->release(screen->opaque, screen->newest.handle);
	screen->has_newest = false;
}

/* ---- updates ------------------------------------------------------------- */

static void account_update(struct screen *screen, const struct update *update)
{
	struct osvdi_ack ack = {
		.display = screen->display,
		.flags = OSVDI_ACK_TILES,
		.frame = update->number,
		.received_us = (uint64_t)update->received_us,
		.presented_us = (uint64_t)screen->now_us,
	};

	screen->ops->acknowledge(screen->opaque, &ack);
	screen->ops->update_done(screen->opaque, update, screen->now_us, screen->exact);
}

/* Whether the canvas equals its source once the update is on it. */
static bool makes_exact(const struct screen *screen, const struct update *update)
{
	if (screen->stale || screen->newest.info.frame > update->after_frame)
		return false;
	return update->kind == UPDATE_COPY ? screen->exact : update->exact;
}

static void apply(struct screen *screen, const struct update *update, struct region *region)
{
	struct rect all = all_of(screen);

	/* Frames that were skipped belong beneath. */
	if (!region_is_empty(&screen->pending))
		present(screen);
	if (!region_intersect_rect(region, &all)) {
		region_clear(region);
		screen_lose(screen);
	}
	if (!region_is_empty(region))
		advance(screen, screen->ops->put(screen->opaque, update, region));
	screen->tiled = true;
	set_exact(screen, makes_exact(screen, update));
	account_update(screen, update);
}

/* Applies the updates whose frame has been taken. */
static void apply_updates(struct screen *screen)
{
	struct region region = { 0 };
	struct update *update;
	bool lost;

	if (!screen->there || !screen->has_newest || screen->waiting)
		return;
	while ((update = order_pop(&screen->order, &region, &lost))) {
		if (lost)
			screen_lose(screen);
		apply(screen, update, &region);
		update_free(update);
	}
	region_finish(&region);
}

/* ---- public -------------------------------------------------------------- */

void screen_init(struct screen *screen, uint32_t display, const struct screen_ops *ops,
		void *opaque)
{
	memset(screen, 0, sizeof *screen);
	screen->display = display;
	screen->ops = ops;
	screen->opaque = opaque;
}

void screen_finish(struct screen *screen)
{
	drop_newest(screen);
	region_finish(&screen->pending);
	order_finish(&screen->order);
}

void screen_start(struct screen *screen)
{
	screen->first = true;
	screen->tiled = false;
}

void screen_stop(struct screen *screen)
{
	drop_newest(screen);
	set_refine(screen, 0);
	order_clear(&screen->order);
	screen->partial = screen->waiting = screen->tiled = screen->stale = false;
	screen->number = screen->stale_number = 0;
	set_exact(screen, false);
}

void screen_take_picture(struct screen *screen, const struct screen_picture *picture,
		bool another_waits, int64_t now_us)
{
	advance(screen, now_us);
	if (screen->waiting && screen->has_newest)
		account_picture(screen, 0);
	screen->waiting = false;
	add_damage(screen, picture);
	drop_newest(screen);
	screen->newest = *picture;
	screen->has_newest = true;
	if (!screen->there)
		screen->waiting = true; /* the window is being made */
	else if (may_skip(screen, another_waits))
		account_picture(screen, 0);
	else
		show_newest(screen);
	apply_updates(screen);
}

bool screen_take_update(struct screen *screen, struct update *update, int64_t now_us)
{
	bool kept;

	advance(screen, now_us);
	note_number(screen, update->number);
	kept = order_push(&screen->order, update);
	if (!kept)
		screen_lose(screen);
	apply_updates(screen);
	return kept;
}

void screen_set_canvas(struct screen *screen, bool there, int64_t now_us)
{
	struct rect all = all_of(screen);

	advance(screen, now_us);
	screen->there = there;
	if (!there || !screen->has_newest)
		return;
	if (!region_set(&screen->pending, &all)) {
		screen_lose(screen);
		return;
	}
	if (screen->waiting)
		show_newest(screen);
	else
		present(screen);
	/* The picture alone is not what was to be seen. */
	if (screen->tiled || screen->exact)
		screen_lose(screen);
	apply_updates(screen);
}

bool screen_get_size(const struct screen *screen, int32_t *width, int32_t *height)
{
	*width = screen->width;
	*height = screen->height;
	return screen->has_newest;
}

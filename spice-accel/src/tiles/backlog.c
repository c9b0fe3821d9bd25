/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/backlog.h"

static struct damage *at(struct backlog *b, enum backlog_stage stage)
{
	return &b->stages[stage];
}

static void take(struct backlog *b, enum backlog_stage stage, struct damage *out)
{
	*out = *at(b, stage);
	damage_clear(at(b, stage));
}

void backlog_resize(struct backlog *b, uint32_t width, uint32_t height)
{
	b->width = width;
	b->height = height;
	backlog_add_all(b);
}

void backlog_add(struct backlog *b, enum backlog_stage stage, const struct damage *damage)
{
	damage_merge(at(b, stage), damage, b->width, b->height);
}

void backlog_add_rect(struct backlog *b, enum backlog_stage stage,
		const struct spice_accel_rect *rect)
{
	damage_add(at(b, stage), rect, b->width, b->height);
}

void backlog_add_all(struct backlog *b)
{
	damage_clear(at(b, BACKLOG_REPORTED));
	damage_clear(at(b, BACKLOG_TILES));
	damage_add_all(at(b, BACKLOG_VIDEO), b->width, b->height);
}

void backlog_end_tiles(struct backlog *b)
{
	struct damage damage;

	take(b, BACKLOG_REPORTED, &damage);
	backlog_add(b, BACKLOG_VIDEO, &damage);
	take(b, BACKLOG_TILES, &damage);
	backlog_add(b, BACKLOG_VIDEO, &damage);
}

void backlog_take_reported(struct backlog *b, struct damage *out)
{
	take(b, BACKLOG_REPORTED, out);
}

void backlog_divide(struct backlog *b,
		bool (*as_tiles)(const struct spice_accel_rect *rect, void *opaque), void *opaque)
{
	struct damage changes;

	take(b, BACKLOG_VIDEO, &changes);
	for (unsigned i = 0; i < changes.n; i++) {
		const struct spice_accel_rect *rect = &changes.rects[i];

		backlog_add_rect(b, as_tiles(rect, opaque) ? BACKLOG_TILES : BACKLOG_VIDEO, rect);
	}
}

static bool is_near(const struct spice_accel_rect *a, const struct spice_accel_rect *b,
		int32_t pixels)
{
	return a->x < b->x + b->width + pixels && b->x < a->x + a->width + pixels &&
			a->y < b->y + b->height + pixels && b->y < a->y + a->height + pixels;
}

static bool is_near_any(const struct spice_accel_rect *rect, const struct damage *damage,
		int32_t pixels)
{
	for (unsigned i = 0; i < damage->n; i++)
		if (is_near(rect, &damage->rects[i], pixels))
			return true;
	return false;
}

/* True: some tiles wait for video now. */
static bool join(struct backlog *b, int32_t pixels)
{
	const struct damage video = *at(b, BACKLOG_VIDEO);
	struct damage tiles;
	bool joined = false;

	take(b, BACKLOG_TILES, &tiles);
	for (unsigned i = 0; i < tiles.n; i++) {
		bool near = is_near_any(&tiles.rects[i], &video, pixels);

		backlog_add_rect(b, near ? BACKLOG_VIDEO : BACKLOG_TILES, &tiles.rects[i]);
		joined |= near;
	}
	return joined;
}

void backlog_join_near(struct backlog *b, int32_t pixels)
{
	join(b, pixels);
}

/* Damage that grows may reach further tiles. */
static void join_overlapping(struct backlog *b, uint32_t block)
{
	do {
		if (block)
			damage_align(at(b, BACKLOG_VIDEO), block, b->width, b->height);
	} while (join(b, 0));
}

void backlog_take_video(struct backlog *b, uint32_t block, struct damage *out)
{
	join_overlapping(b, block);
	take(b, BACKLOG_VIDEO, out);
}

void backlog_take_tiles(struct backlog *b, struct damage *out)
{
	join_overlapping(b, 0);
	take(b, BACKLOG_TILES, out);
}

const struct damage *backlog_at(const struct backlog *b, enum backlog_stage stage)
{
	return &b->stages[stage];
}

bool backlog_has(const struct backlog *b, enum backlog_stage stage)
{
	return !damage_is_empty(&b->stages[stage]);
}

bool backlog_is_empty(const struct backlog *b)
{
	for (unsigned stage = 0; stage < BACKLOG_STAGES; stage++)
		if (backlog_has(b, (enum backlog_stage)stage))
			return false;
	return true;
}

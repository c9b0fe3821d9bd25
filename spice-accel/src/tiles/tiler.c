/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/tiler.h"

#include <string.h>

/* A change of so few pixels is text, whatever it is: it never blurs. */
#define SMALL_PIXELS 4096u
/* Changes of more than this part of the picture are video. */
#define LARGE_PART 8u
/* The shadow of a video is kept up to this part of the picture: what is in a window
 * may be dragged, a full screen costs more than it saves. */
#define SHADOW_PART 4u
/* The box around what was reported is no larger than so many times that. */
#define CLOSE_PART 2u
/* Changes so close to a video belong to it: it is encoded anyway. */
#define NEAR_PIXELS 32
/* Bits that changes may cost as tiles, in the long run: this part of the
 * link's, and never more than that. */
#define SPEND_PART 4u
#define SPEND_MAX_KBPS 16000u
#define SPEND_S 0.5           /* of that may be spent at once */
#define QUEUE_US 40000u      /* beyond the round trip: what may wait in the link */
#define WINDOW_MAX_BYTES (1u << 20)
#define BATCH_OVERHEAD 64.0   /* bytes */
#define REST_PIXELS (128u << 10) /* of a batch at rest: a millisecond's work */

int tiler_begin(struct tiler *t, const struct spice_accel_frame *frame, uint64_t now)
{
	int ret;

	tiler_end(t);
	ret = tile_map_init(&t->map, frame->width, frame->height, now);
	if (ret == 0)
		ret = shadow_init(&t->shadow, frame, &t->map);
	if (ret < 0) {
		tile_map_finish(&t->map);
		return ret;
	}
	t->active = true;
	t->bytes_per_pixel = t->bytes_per_pixel > 0 ? t->bytes_per_pixel : 1;
	return 0;
}

void tiler_end(struct tiler *t)
{
	tile_map_finish(&t->map);
	shadow_finish(&t->shadow);
	damage_clear(&t->reported);
	damage_clear(&t->tiles);
	t->active = t->stale = false;
	t->spent_bytes = 0;
	flight_clear(&t->flight);
	t->min_rtt_us = 0;
}

void tiler_finish(struct tiler *t)
{
	tiler_end(t);
	tile_batch_finish(&t->batch);
}

bool tiler_fits(const struct tiler *t, const struct spice_accel_frame *frame)
{
	return t->active && t->map.width == frame->width && t->map.height == frame->height &&
			t->shadow.fourcc == frame->fourcc;
}

static uint64_t area(const struct spice_accel_rect *r)
{
	return (uint64_t)r->width * (uint64_t)r->height;
}

/* What lies outside of what was reported did not change, but may be copied over. */
static void find_move(struct tiler *t, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *all, uint64_t now)
{
	struct move *move = &t->moves[t->n_moves];

	if (t->n_moves == TILER_MAX_MOVES ||
			move_find(&t->shadow, &t->map, frame, rect, all, move) <= 0)
		return;
	move_apply(move, &t->shadow, &t->map, now);
	damage_add(&t->reported, &move->to, t->map.width, t->map.height);
	if (t->n_moves++)
		shadow_clear_same(&t->shadow, &t->map); /* one may have moved what the other compared */
	t->stale = true;
}

/* A dragged window is reported as where it was and where it is, which may overlap. */
static void find_moves(struct tiler *t, const struct spice_accel_frame *frame, uint64_t now)
{
	const struct damage reported = t->reported;
	const struct spice_accel_rect all = damage_bounds(&reported);

	t->n_moves = 0;
	if (area(&all) <= damage_area(&reported) * CLOSE_PART) {
		find_move(t, frame, &all, &all, now);
		return;
	}
	for (unsigned i = 0; i < reported.n; i++)
		find_move(t, frame, &reported.rects[i], &all, now);
}

void tiler_look(struct tiler *t, const struct spice_accel_frame *frame, struct damage *damage,
		uint64_t now)
{
	find_moves(t, frame, now);
	shadow_trim(&t->shadow, &t->map, frame, &t->reported, damage, now);
	if (t->n_moves)
		shadow_clear_same(&t->shadow, &t->map);
	damage_clear(&t->reported);
}

static double spend_rate(const struct link *link)
{
	uint32_t kbps = link->target_kbps / SPEND_PART;

	return (kbps < SPEND_MAX_KBPS ? kbps : SPEND_MAX_KBPS) * 125.0;
}

static void leak(struct tiler *t, const struct link *link, uint64_t now)
{
	double seconds = now > t->spent_us ? (double)(now - t->spent_us) / 1e6 : 0;

	t->spent_bytes -= seconds * spend_rate(link);
	if (t->spent_bytes < 0)
		t->spent_bytes = 0;
	t->spent_us = now;
}

static bool near(const struct spice_accel_rect *a, const struct spice_accel_rect *b)
{
	return a->x < b->x + b->width + NEAR_PIXELS && b->x < a->x + a->width + NEAR_PIXELS &&
			a->y < b->y + b->height + NEAR_PIXELS && b->y < a->y + a->height + NEAR_PIXELS;
}

/* From one to the other what is near to what is there. */
static void move_near(struct damage *from, struct damage *to, const struct tile_map *map)
{
	const struct damage video = *to;
	unsigned n = 0;

	for (unsigned i = 0; i < from->n; i++) {
		bool close = false;

		for (unsigned k = 0; k < video.n && !close; k++)
			close = near(&from->rects[i], &video.rects[k]);
		if (close)
			damage_add(to, &from->rects[i], map->width, map->height);
		else
			from->rects[n++] = from->rects[i];
	}
	from->n = n;
}

/* What a move uncovers changes again and again at the same place, and is no video. */
static bool is_uncovered(const struct tiler *t, const struct spice_accel_rect *r)
{
	for (unsigned i = 0; i < t->n_moves; i++) {
		const struct move *move = &t->moves[i];
		struct spice_accel_rect from = move->to;

		from.x -= move->dx;
		from.y -= move->dy;
		if (near(r, &move->to) || near(r, &from))
			return true;
	}
	return false;
}

void tiler_split(struct tiler *t, struct damage *damage, const struct link *link,
		uint64_t now)
{
	uint64_t max = (uint64_t)t->map.width * t->map.height / LARGE_PART;
	double capacity = spend_rate(link) * SPEND_S, room;
	struct damage video = { 0 };
	uint64_t pixels = 0;

	leak(t, link, now);
	room = capacity - t->spent_bytes;
	if (max > OSVDI_TILES_MAX_PIXELS)
		max = OSVDI_TILES_MAX_PIXELS;
	for (unsigned i = 0; i < t->tiles.n; i++)
		pixels += area(&t->tiles.rects[i]);
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];
		bool small = area(r) <= SMALL_PIXELS;
		double bytes = (double)area(r) * t->bytes_per_pixel + BATCH_OVERHEAD;

		if (pixels + area(r) > max || bytes > (small ? room : room - capacity / 2) ||
				(!small && tile_map_is_hot(&t->map, r) && !is_uncovered(t, r))) {
			damage_add(&video, r, t->map.width, t->map.height);
			continue;
		}
		damage_add(&t->tiles, r, t->map.width, t->map.height);
		pixels += area(r);
		room -= bytes;
	}
	move_near(&t->tiles, &video, &t->map);
	*damage = video;
}

void tiler_video(struct tiler *t, const struct spice_accel_frame *frame, struct damage *damage)
{
	damage_align(damage, TILE_BLOCK, t->map.width, t->map.height);
	tile_map_set_lossy(&t->map, damage);
	if (damage_area(damage) > (uint64_t)t->map.width * t->map.height / SHADOW_PART) {
		shadow_forget(&t->shadow, &t->map, damage);
		return;
	}
	for (unsigned i = 0; i < damage->n; i++)
		shadow_copy(&t->shadow, &t->map, frame, &damage->rects[i]);
}

void tiler_video_all(struct tiler *t)
{
	tile_map_set_all_lossy(&t->map);
	shadow_forget_all(&t->shadow, &t->map);
	damage_clear(&t->reported);
	damage_clear(&t->tiles);
	t->stale = false;
}

size_t tiler_room(struct tiler *t, const struct link *link, uint64_t now)
{
	uint64_t rtt = t->min_rtt_us ? t->min_rtt_us : link->min_rtt_us;
	uint64_t window = link->target_kbps * (rtt + QUEUE_US) / 8000, bytes;

	flight_expire(&t->flight, now);
	if (flight_is_full(&t->flight))
		return 0;
	bytes = flight_bytes(&t->flight);
	if (window > WINDOW_MAX_BYTES)
		window = WINDOW_MAX_BYTES;
	return window > bytes ? (size_t)(window - bytes) : 0;
}

static void note_sent(struct tiler *t, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect)
{
	tile_map_set_exact(&t->map, rect);
	shadow_copy(&t->shadow, &t->map, frame, rect);
}

int tiler_take_changes(struct tiler *t, const struct spice_accel_frame *frame)
{
	tile_batch_reset(&t->batch);
	for (unsigned i = 0; i < t->tiles.n; i++) {
		int ret = tile_batch_add(&t->batch, frame, &t->tiles.rects[i]);

		if (ret < 0)
			return ret;
	}
	if (!t->tiles.n)
		return 0;
	for (unsigned i = 0; i < t->tiles.n; i++)
		note_sent(t, frame, &t->tiles.rects[i]);
	damage_clear(&t->tiles);
	t->stale = true;
	return 1;
}

int tiler_take_rested(struct tiler *t, const struct spice_accel_frame *frame, size_t room,
		uint64_t rest_us, uint64_t now, uint64_t *wake)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	double pixels = (double)room / t->bytes_per_pixel;
	unsigned n = tile_map_rested(&t->map, now, rest_us,
			pixels < REST_PIXELS ? (uint32_t)pixels : REST_PIXELS, rects,
			OSVDI_TILES_MAX_RECTS, wake);

	tile_batch_reset(&t->batch);
	for (unsigned i = 0; i < n; i++) {
		int ret = tile_batch_add(&t->batch, frame, &rects[i]);

		if (ret < 0)
			return ret;
	}
	for (unsigned i = 0; i < n; i++)
		note_sent(t, frame, &rects[i]);
	return n > 0;
}

double tiler_seconds_left(const struct tiler *t, const struct link *link)
{
	double bytes = (double)t->map.n_lossy * TILE_BLOCK * TILE_BLOCK * t->bytes_per_pixel;

	return bytes / (link->target_kbps * 125.0 + 1);
}

void tiler_rested(const struct tiler *t, uint64_t rest_us, uint64_t now, struct damage *damage)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	uint64_t wake;
	unsigned n = tile_map_rested(&t->map, now, rest_us, UINT32_MAX, rects,
			OSVDI_TILES_MAX_RECTS, &wake);

	for (unsigned i = 0; i < n; i++)
		damage_add(damage, &rects[i], t->map.width, t->map.height);
}

/* What was noted as sent there was not. */
static void mark_unsent(struct tiler *t, const struct spice_accel_rect *rect, struct damage *damage)
{
	const struct damage one = { 1, { *rect } };

	tile_map_set_lossy(&t->map, &one);
	shadow_forget(&t->shadow, &t->map, &one);
	damage_add(damage, rect, t->map.width, t->map.height);
}

void tiler_give_back(struct tiler *t, struct damage *damage)
{
	for (unsigned i = 0; i < t->batch.message.n_rects; i++) {
		const struct osvdi_rect *o = &t->batch.message.rects[i];
		struct spice_accel_rect r = { o->x, o->y, o->width, o->height };

		mark_unsent(t, &r, damage);
	}
}

void tiler_move_sent(struct tiler *t, uint64_t number, size_t bytes, uint64_t now)
{
	t->moved++;
	t->bytes += bytes;
	flight_sent(&t->flight, number, bytes, now);
}

void tiler_move_lost(struct tiler *t, const struct move *move, struct damage *damage)
{
	mark_unsent(t, &move->to, damage);
}

void tiler_sent(struct tiler *t, uint64_t number, size_t bytes, bool changes, uint64_t now)
{
	double each = (double)bytes / ((double)t->batch.size / 3 + 1);

	t->batches++;
	t->bytes += bytes;
	if (changes)
		t->spent_bytes += (double)bytes;
	/* a few pixels say little */
	if (t->batch.size > SMALL_PIXELS)
		t->bytes_per_pixel += (each - t->bytes_per_pixel) / 4;
	if (t->bytes_per_pixel < 0.02)
		t->bytes_per_pixel = 0.02;
	flight_sent(&t->flight, number, bytes, now);
}

bool tiler_acked(struct tiler *t, uint64_t number, uint64_t now, uint64_t *took)
{
	if (!flight_acked(&t->flight, number, now, took))
		return false;
	if (!t->min_rtt_us || *took < t->min_rtt_us)
		t->min_rtt_us = *took;
	return true;
}

bool tiler_is_exact(const struct tiler *t)
{
	return t->active && tile_map_is_exact(&t->map) && damage_is_empty(&t->reported) &&
			damage_is_empty(&t->tiles);
}

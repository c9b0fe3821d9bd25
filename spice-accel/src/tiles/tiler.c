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
#define FLIGHT_US 40000u      /* beyond the round trip: what may wait in the link */
#define FLIGHT_MAX_BYTES (1u << 20)
#define BATCH_OVERHEAD 64.0   /* bytes */
#define REST_PIXELS (128u << 10) /* of a batch at rest: a millisecond's work */

int exact_begin(struct exact *e, const struct spice_accel_frame *frame, uint64_t now)
{
	int ret;

	exact_end(e);
	ret = tile_map_init(&e->map, frame->width, frame->height, now);
	if (ret == 0)
		ret = shadow_init(&e->shadow, frame, &e->map);
	if (ret < 0) {
		tile_map_finish(&e->map);
		return ret;
	}
	e->active = true;
	e->bytes_per_pixel = e->bytes_per_pixel > 0 ? e->bytes_per_pixel : 1;
	return 0;
}

void exact_end(struct exact *e)
{
	tile_map_finish(&e->map);
	shadow_finish(&e->shadow);
	damage_clear(&e->reported);
	damage_clear(&e->tiles);
	e->active = e->stale = false;
	e->spent_bytes = 0;
	e->n_flight = 0;
	e->min_rtt_us = 0;
}

void exact_finish(struct exact *e)
{
	exact_end(e);
	tile_batch_finish(&e->batch);
}

bool exact_fits(const struct exact *e, const struct spice_accel_frame *frame)
{
	return e->active && e->map.width == frame->width && e->map.height == frame->height &&
			e->shadow.fourcc == frame->fourcc;
}

static uint64_t area(const struct spice_accel_rect *r)
{
	return (uint64_t)r->width * (uint64_t)r->height;
}

/* What lies outside of what was reported did not change, but may be copied over. */
static void find_move(struct exact *e, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *all, uint64_t now)
{
	struct move *move = &e->moves[e->n_moves];

	if (e->n_moves == EXACT_MAX_MOVES ||
			move_find(&e->shadow, &e->map, frame, rect, all, move) <= 0)
		return;
	move_apply(move, &e->shadow, &e->map, now);
	damage_add(&e->reported, &move->to, e->map.width, e->map.height);
	if (e->n_moves++)
		shadow_clear_same(&e->shadow, &e->map); /* one may have moved what the other compared */
	e->stale = true;
}

/* A dragged window is reported as where it was and where it is, which may overlap. */
static void find_moves(struct exact *e, const struct spice_accel_frame *frame, uint64_t now)
{
	const struct damage reported = e->reported;
	const struct spice_accel_rect all = damage_bounds(&reported);

	e->n_moves = 0;
	if (area(&all) <= damage_area(&reported) * CLOSE_PART) {
		find_move(e, frame, &all, &all, now);
		return;
	}
	for (unsigned i = 0; i < reported.n; i++)
		find_move(e, frame, &reported.rects[i], &all, now);
}

void exact_look(struct exact *e, const struct spice_accel_frame *frame, struct damage *damage,
		uint64_t now)
{
	find_moves(e, frame, now);
	shadow_trim(&e->shadow, &e->map, frame, &e->reported, damage, now);
	if (e->n_moves)
		shadow_clear_same(&e->shadow, &e->map);
	damage_clear(&e->reported);
}

static double spend_rate(const struct exact_link *link)
{
	uint32_t kbps = link->kbps / SPEND_PART;

	return (kbps < SPEND_MAX_KBPS ? kbps : SPEND_MAX_KBPS) * 125.0;
}

static void leak(struct exact *e, const struct exact_link *link, uint64_t now)
{
	double seconds = now > e->spent_us ? (double)(now - e->spent_us) / 1e6 : 0;

	e->spent_bytes -= seconds * spend_rate(link);
	if (e->spent_bytes < 0)
		e->spent_bytes = 0;
	e->spent_us = now;
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
static bool is_uncovered(const struct exact *e, const struct spice_accel_rect *r)
{
	for (unsigned i = 0; i < e->n_moves; i++) {
		const struct move *move = &e->moves[i];
		struct spice_accel_rect from = move->to;

		from.x -= move->dx;
		from.y -= move->dy;
		if (near(r, &move->to) || near(r, &from))
			return true;
	}
	return false;
}

void exact_split(struct exact *e, struct damage *damage, const struct exact_link *link,
		uint64_t now)
{
	uint64_t max = (uint64_t)e->map.width * e->map.height / LARGE_PART;
	double capacity = spend_rate(link) * SPEND_S, room;
	struct damage video = { 0 };
	uint64_t pixels = 0;

	leak(e, link, now);
	room = capacity - e->spent_bytes;
	if (max > OSVDI_TILES_MAX_PIXELS)
		max = OSVDI_TILES_MAX_PIXELS;
	for (unsigned i = 0; i < e->tiles.n; i++)
		pixels += area(&e->tiles.rects[i]);
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];
		bool small = area(r) <= SMALL_PIXELS;
		double bytes = (double)area(r) * e->bytes_per_pixel + BATCH_OVERHEAD;

		if (pixels + area(r) > max || bytes > (small ? room : room - capacity / 2) ||
				(!small && tile_map_is_hot(&e->map, r) && !is_uncovered(e, r))) {
			damage_add(&video, r, e->map.width, e->map.height);
			continue;
		}
		damage_add(&e->tiles, r, e->map.width, e->map.height);
		pixels += area(r);
		room -= bytes;
	}
	move_near(&e->tiles, &video, &e->map);
	*damage = video;
}

void exact_video(struct exact *e, const struct spice_accel_frame *frame, struct damage *damage)
{
	damage_align(damage, TILE_BLOCK, e->map.width, e->map.height);
	tile_map_set_lossy(&e->map, damage);
	if (damage_area(damage) > (uint64_t)e->map.width * e->map.height / SHADOW_PART) {
		shadow_forget(&e->shadow, &e->map, damage);
		return;
	}
	for (unsigned i = 0; i < damage->n; i++)
		shadow_copy(&e->shadow, &e->map, frame, &damage->rects[i]);
}

void exact_video_all(struct exact *e)
{
	tile_map_set_all_lossy(&e->map);
	shadow_forget_all(&e->shadow, &e->map);
	damage_clear(&e->reported);
	damage_clear(&e->tiles);
	e->stale = false;
}

static void forget_oldest(struct exact *e, unsigned n)
{
	e->n_flight -= n;
	memmove(e->flight, e->flight + n, e->n_flight * sizeof e->flight[0]);
}

size_t exact_room(struct exact *e, const struct exact_link *link, uint64_t now)
{
	uint64_t rtt = e->min_rtt_us ? e->min_rtt_us : link->rtt_us;
	uint64_t window = link->kbps * (rtt + FLIGHT_US) / 8000, bytes = 0;

	while (e->n_flight && now > e->flight[0].sent_us + EXACT_ACK_TIMEOUT_US)
		forget_oldest(e, 1);
	if (e->n_flight == EXACT_MAX_IN_FLIGHT)
		return 0;
	for (unsigned i = 0; i < e->n_flight; i++)
		bytes += e->flight[i].bytes;
	if (window > FLIGHT_MAX_BYTES)
		window = FLIGHT_MAX_BYTES;
	return window > bytes ? (size_t)(window - bytes) : 0;
}

static void note_sent(struct exact *e, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect)
{
	tile_map_set_exact(&e->map, rect);
	shadow_copy(&e->shadow, &e->map, frame, rect);
}

int exact_take_changes(struct exact *e, const struct spice_accel_frame *frame)
{
	tile_batch_reset(&e->batch);
	for (unsigned i = 0; i < e->tiles.n; i++) {
		int ret = tile_batch_add(&e->batch, frame, &e->tiles.rects[i]);

		if (ret < 0)
			return ret;
	}
	if (!e->tiles.n)
		return 0;
	for (unsigned i = 0; i < e->tiles.n; i++)
		note_sent(e, frame, &e->tiles.rects[i]);
	damage_clear(&e->tiles);
	e->stale = true;
	return 1;
}

int exact_take_rested(struct exact *e, const struct spice_accel_frame *frame, size_t room,
		uint64_t rest_us, uint64_t now, uint64_t *wake)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	double pixels = (double)room / e->bytes_per_pixel;
	unsigned n = tile_map_rested(&e->map, now, rest_us,
			pixels < REST_PIXELS ? (uint32_t)pixels : REST_PIXELS, rects,
			OSVDI_TILES_MAX_RECTS, wake);

	tile_batch_reset(&e->batch);
	for (unsigned i = 0; i < n; i++) {
		int ret = tile_batch_add(&e->batch, frame, &rects[i]);

		if (ret < 0)
			return ret;
	}
	for (unsigned i = 0; i < n; i++)
		note_sent(e, frame, &rects[i]);
	return n > 0;
}

double exact_seconds_left(const struct exact *e, const struct exact_link *link)
{
	double bytes = (double)e->map.n_lossy * TILE_BLOCK * TILE_BLOCK * e->bytes_per_pixel;

	return bytes / (link->kbps * 125.0 + 1);
}

void exact_rested(const struct exact *e, uint64_t rest_us, uint64_t now, struct damage *damage)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	uint64_t wake;
	unsigned n = tile_map_rested(&e->map, now, rest_us, UINT32_MAX, rects,
			OSVDI_TILES_MAX_RECTS, &wake);

	for (unsigned i = 0; i < n; i++)
		damage_add(damage, &rects[i], e->map.width, e->map.height);
}

/* What was noted as sent there was not. */
static void due_again(struct exact *e, const struct spice_accel_rect *rect, struct damage *damage)
{
	const struct damage one = { 1, { *rect } };

	tile_map_set_lossy(&e->map, &one);
	shadow_forget(&e->shadow, &e->map, &one);
	damage_add(damage, rect, e->map.width, e->map.height);
}

void exact_give_back(struct exact *e, struct damage *damage)
{
	for (unsigned i = 0; i < e->batch.message.n_rects; i++) {
		const struct osvdi_rect *o = &e->batch.message.rects[i];
		struct spice_accel_rect r = { o->x, o->y, o->width, o->height };

		due_again(e, &r, damage);
	}
}

static void note_flight(struct exact *e, uint64_t number, size_t bytes, uint64_t now)
{
	if (e->n_flight == EXACT_MAX_IN_FLIGHT)
		forget_oldest(e, 1);
	e->flight[e->n_flight].number = number;
	e->flight[e->n_flight].bytes = bytes;
	e->flight[e->n_flight].sent_us = now;
	e->n_flight++;
}

void exact_move_sent(struct exact *e, uint64_t number, size_t bytes, uint64_t now)
{
	e->moved++;
	e->bytes += bytes;
	note_flight(e, number, bytes, now);
}

void exact_move_lost(struct exact *e, const struct move *move, struct damage *damage)
{
	due_again(e, &move->to, damage);
}

void exact_sent(struct exact *e, uint64_t number, size_t bytes, bool changes, uint64_t now)
{
	double each = (double)bytes / ((double)e->batch.size / 3 + 1);

	e->batches++;
	e->bytes += bytes;
	if (changes)
		e->spent_bytes += (double)bytes;
	/* a few pixels say little */
	if (e->batch.size > SMALL_PIXELS)
		e->bytes_per_pixel += (each - e->bytes_per_pixel) / 4;
	if (e->bytes_per_pixel < 0.02)
		e->bytes_per_pixel = 0.02;
	note_flight(e, number, bytes, now);
}

bool exact_acked(struct exact *e, uint64_t number, uint64_t now, uint64_t *took)
{
	for (unsigned i = 0; i < e->n_flight; i++) {
		if (e->flight[i].number != number)
			continue;
		*took = now > e->flight[i].sent_us ? now - e->flight[i].sent_us : 1;
		if (!e->min_rtt_us || *took < e->min_rtt_us)
			e->min_rtt_us = *took;
		forget_oldest(e, i + 1); /* they come in order */
		return true;
	}
	return false;
}

bool exact_is_exact(const struct exact *e)
{
	return e->active && tile_map_is_exact(&e->map) && damage_is_empty(&e->reported) &&
			damage_is_empty(&e->tiles);
}

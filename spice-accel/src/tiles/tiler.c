/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/tiler.h"

#include <errno.h>
#include <stdlib.h>

#include "pace/flight.h"
#include "tiles/look.h"
#include "tiles/tile-batch.h"
#include "tiles/tile-map.h"

/* A change of at most this many pixels is taken for text and never sent as video. */
#define SMALL_PIXELS 4096u
/* Changes of more than one in so many pixels of the picture are video. */
#define LARGE_PART 8u
/* The shadow of a video is kept if the video covers at most one in so many pixels of the
 * picture: a window may be dragged, but a full screen costs more than it saves. */
#define SHADOW_PART 4u
/* Changes at most so far from a video belong to it, as the video is encoded anyway. */
#define NEAR_PIXELS 32
/* In the long run changes may cost as tiles: one in so many bits of the link, and never more
 * than so many kbit/s. */
#define SPEND_PART 4u
#define SPEND_MAX_KBPS 16000u
#define SPEND_S 0.5             /* so many seconds of that may be spent at once */
#define QUEUE_US 40000u         /* may wait in the link, beyond the round trip */
#define WINDOW_MAX_BYTES (1u << 20)
#define BATCH_OVERHEAD 64.0   /* bytes */
#define REST_PIXELS (128u << 10) /* of a batch of areas at rest: a millisecond's work */

struct tiler {
	bool active;
	bool stale;             /* the encoder's picture lacks pixels that went as tiles */
	struct tile_map map;
	struct shadow shadow;
	struct look look;       /* the last one */
	struct tile_batch batch;
	double bytes_per_pixel; /* of the last batches */
	double spent_bytes;     /* on changes; leaks */
	uint64_t spent_us;
	uint64_t min_rtt_us;    /* of tiles; 0 unknown */
	struct flight flight;   /* batches and moves */
	struct tiler_counts counts;
};

int tiler_create(struct tiler **out)
{
	*out = calloc(1, sizeof **out);
	return *out ? 0 : -ENOMEM;
}

void tiler_destroy(struct tiler *t)
{
	if (!t)
		return;
	tiler_end(t);
	tile_batch_finish(&t->batch);
	free(t);
}

int tiler_begin(struct tiler *t, uint32_t width, uint32_t height, uint64_t now)
{
	int ret;

	tiler_end(t);
	ret = tile_map_init(&t->map, width, height, now);
	if (ret == 0)
		ret = shadow_init(&t->shadow, width, height);
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
	t->active = t->stale = false;
	t->look.n_moves = 0;
	t->spent_bytes = 0;
	flight_clear(&t->flight);
	t->min_rtt_us = 0;
}

bool tiler_is_active(const struct tiler *t)
{
	return t->active;
}

bool tiler_fits(const struct tiler *t, uint32_t width, uint32_t height)
{
	return t->active && t->map.blocks.width == width && t->map.blocks.height == height;
}

bool tiler_is_stale(const struct tiler *t)
{
	return t->stale;
}

bool tiler_is_exact(const struct tiler *t)
{
	return t->active && tile_map_is_exact(&t->map);
}

static uint64_t area(const struct spice_accel_rect *r)
{
	return (uint64_t)r->width * (uint64_t)r->height;
}

struct look *tiler_look_begin(struct tiler *t, struct backlog *b, uint64_t now)
{
	t->look = (struct look){ .shadow = &t->shadow, .now_us = now };
	backlog_take_reported(b, &t->look.reported);
	return &t->look;
}

bool tiler_look_finish(struct tiler *t, struct backlog *b)
{
	const struct look *look = &t->look;
	struct damage changed = { 0 };

	for (unsigned i = 0; i < look->n_moves; i++) {
		const struct move *move = &look->moves[i];

		tile_map_move(&t->map, &move->to, move->dx, move->dy, look->now_us);
		t->stale = true;
	}
	shadow_trim(&t->shadow, &t->map, &look->reported, &changed, look->now_us);
	if (look->n_moves)
		shadow_clear_same(&t->shadow);
	backlog_add(b, BACKLOG_VIDEO, &changed);
	return look->n_moves || !damage_is_empty(&changed);
}

const struct move *tiler_moves(const struct tiler *t, unsigned *n)
{
	*n = t->look.n_moves;
	return t->look.moves;
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
			a->y < b->y + b->height + NEAR_PIXELS &&
			b->y < a->y + a->height + NEAR_PIXELS;
}

/* The edges of a moving window change again and again at the same place, and are no video. */
static bool is_uncovered(const struct tiler *t, const struct spice_accel_rect *r)
{
	for (unsigned i = 0; i < t->look.n_moves; i++) {
		const struct move *move = &t->look.moves[i];
		struct spice_accel_rect from = move->to;

		from.x -= move->dx;
		from.y -= move->dy;
		if (near(r, &move->to) || near(r, &from))
			return true;
	}
	return false;
}

/* The budget for the changes of one tiler_divide(). */
struct budget {
	const struct tiler *tiler;
	uint64_t pixels, max_pixels;
	double bytes, reserve; /* left; the part of them that only small changes may take */
};

static bool is_for_tiles(const struct spice_accel_rect *r, void *opaque)
{
	struct budget *budget = opaque;
	const struct tiler *t = budget->tiler;
	bool small = area(r) <= SMALL_PIXELS;
	double bytes = (double)area(r) * t->bytes_per_pixel + BATCH_OVERHEAD;

	if (budget->pixels + area(r) > budget->max_pixels ||
			bytes > (small ? budget->bytes : budget->bytes - budget->reserve) ||
			(!small && tile_map_is_hot(&t->map, r) && !is_uncovered(t, r)))
		return false;
	budget->pixels += area(r);
	budget->bytes -= bytes;
	return true;
}

void tiler_divide(struct tiler *t, struct backlog *b, const struct link *link, uint64_t now)
{
	double capacity = spend_rate(link) * SPEND_S;
	struct budget budget = {
		.tiler = t,
		.pixels = damage_area(backlog_at(b, BACKLOG_TILES)),
		.max_pixels = (uint64_t)t->map.blocks.width * t->map.blocks.height / LARGE_PART,
		.reserve = capacity / 2,
	};

	leak(t, link, now);
	budget.bytes = capacity - t->spent_bytes;
	if (budget.max_pixels > OSVDI_TILES_MAX_PIXELS)
		budget.max_pixels = OSVDI_TILES_MAX_PIXELS;
	backlog_divide(b, is_for_tiles, &budget);
	backlog_join_near(b, NEAR_PIXELS);
}

bool tiler_take_video(struct tiler *t, struct backlog *b, struct damage *out)
{
	backlog_take_video(b, TILE_BLOCK, out);
	tile_map_set_lossy(&t->map, out);
	if (damage_area(out) > (uint64_t)t->map.blocks.width * t->map.blocks.height / SHADOW_PART) {
		shadow_forget(&t->shadow, out);
		return false;
	}
	for (unsigned i = 0; i < out->n; i++)
		shadow_note(&t->shadow, &out->rects[i]);
	return true;
}

void tiler_video_all(struct tiler *t)
{
	tile_map_set_all_lossy(&t->map);
	shadow_forget_all(&t->shadow);
	t->stale = false;
}

size_t tiler_room(struct tiler *t, const struct link *link, uint64_t now)
{
	uint64_t rtt = t->min_rtt_us ? t->min_rtt_us : link->min_rtt_us;
	uint64_t window = link->target_kbps * (rtt + QUEUE_US) / 8000;
	size_t bytes = flight_bytes(&t->flight);

	if (window > WINDOW_MAX_BYTES)
		window = WINDOW_MAX_BYTES;
	if (now >= flight_probe_us(&t->flight))
		return (size_t)window;
	return window > bytes && !flight_is_full(&t->flight) ? (size_t)(window - bytes) : 0;
}

bool tiler_waits(const struct tiler *t, uint64_t now, uint64_t *wake)
{
	*wake = flight_probe_us(&t->flight);
	return flight_is_full(&t->flight) && now < *wake;
}

static void note_sent(struct tiler *t, const struct spice_accel_rect *rect)
{
	tile_map_set_exact(&t->map, rect);
	shadow_note(&t->shadow, rect);
}

/* 0, negative errno. */
static int fill_batch(struct tiler *t, const struct spice_accel_rect *rects, unsigned n)
{
	int ret = 0;

	tile_batch_reset(&t->batch);
	for (unsigned i = 0; i < n && ret == 0; i++)
		ret = tile_batch_add(&t->batch, &rects[i]);
	for (unsigned i = 0; i < n && ret == 0; i++)
		note_sent(t, &rects[i]);
	return ret;
}

int tiler_take_changes(struct tiler *t, struct backlog *b)
{
	struct damage changes;
	int ret;

	backlog_take_tiles(b, &changes);
	if (damage_is_empty(&changes))
		return 0;
	ret = fill_batch(t, changes.rects, changes.n);
	if (ret < 0) {
		backlog_add(b, BACKLOG_VIDEO, &changes);
		return ret;
	}
	t->stale = true;
	return 1;
}

int tiler_take_rested(struct tiler *t, size_t room, uint64_t rest_us, uint64_t now,
		uint64_t *wake)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	double pixels = (double)room / t->bytes_per_pixel;
	unsigned n = tile_map_rested(&t->map, now, rest_us,
			pixels < REST_PIXELS ? (uint32_t)pixels : REST_PIXELS, rects,
			OSVDI_TILES_MAX_RECTS, wake);
	int ret = fill_batch(t, rects, n);

	return ret < 0 ? ret : n > 0;
}

double tiler_seconds_left(const struct tiler *t, const struct link *link)
{
	double bytes = (double)t->map.n_lossy * TILE_BLOCK * TILE_BLOCK * t->bytes_per_pixel;

	return bytes / (link->target_kbps * 125.0 + 1);
}

void tiler_add_rested(const struct tiler *t, uint64_t rest_us, uint64_t now, struct backlog *b)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	uint64_t wake;
	unsigned n = tile_map_rested(&t->map, now, rest_us, UINT32_MAX, rects,
			OSVDI_TILES_MAX_RECTS, &wake);

	for (unsigned i = 0; i < n; i++)
		backlog_add_rect(b, BACKLOG_VIDEO, &rects[i]);
}

/* These pixels were noted as sent, and were not. */
static void mark_unsent(struct tiler *t, const struct spice_accel_rect *rect, struct backlog *b)
{
	const struct damage one = { 1, { *rect } };

	tile_map_set_lossy(&t->map, &one);
	shadow_forget(&t->shadow, &one);
	backlog_add_rect(b, BACKLOG_VIDEO, rect);
}

void tiler_look_drop(struct tiler *t, struct backlog *b)
{
	for (unsigned i = 0; i < t->look.reported.n; i++)
		mark_unsent(t, &t->look.reported.rects[i], b);
	t->look.n_moves = 0;
	shadow_clear_same(&t->shadow);
}

void tiler_give_back(struct tiler *t, struct backlog *b)
{
	for (unsigned i = 0; i < t->batch.message.n_rects; i++) {
		const struct osvdi_rect *o = &t->batch.message.rects[i];
		struct spice_accel_rect r = { o->x, o->y, o->width, o->height };

		mark_unsent(t, &r, b);
	}
}

void tiler_move_sent(struct tiler *t, uint64_t number, size_t bytes, uint64_t now)
{
	t->counts.moves++;
	t->counts.bytes += bytes;
	flight_sent(&t->flight, number, bytes, now);
}

void tiler_move_lost(struct tiler *t, const struct move *move, struct backlog *b)
{
	mark_unsent(t, &move->to, b);
}

void tiler_sent(struct tiler *t, uint64_t number, size_t bytes, bool changes, uint64_t now)
{
	double each = (double)bytes / ((double)t->batch.size / 3 + 1);

	t->counts.batches++;
	t->counts.bytes += bytes;
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

struct tile_batch *tiler_batch(struct tiler *t)
{
	return &t->batch;
}

struct tiler_counts tiler_counts(const struct tiler *t)
{
	return t->counts;
}

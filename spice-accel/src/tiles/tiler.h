/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What goes to our viewer as lossless tiles instead of video, and when: small
 * changes at once, and what video touched when it rests. */
#ifndef TILER_H
#define TILER_H

#include "pace/flight.h"
#include "pace/link.h"
#include "tiles/move.h"
#include "tiles/shadow.h"
#include "tiles/tile-batch.h"
#include "tiles/tile-map.h"

#define TILER_MAX_MOVES 4u

/**
 * One display's tiles. Pure but for memory: the clock is an argument.
 *
 * Thread: host thread; `batch` is lent to the encode thread. Zeroed: not active.
 */
struct tiler {
	bool active;
	bool stale;             /* the encoder's picture lacks what went as tiles */
	struct tile_map map;
	struct shadow shadow;
	struct damage reported; /* by the source, not looked at yet */
	struct damage tiles;    /* changes that wait to go as tiles */
	struct move moves[TILER_MAX_MOVES]; /* to be sent before these */
	unsigned n_moves;
	struct tile_batch batch;
	double bytes_per_pixel; /* of the last batches */
	double spent_bytes;     /* on changes; leaks */
	uint64_t spent_us;
	uint64_t min_rtt_us;    /* of tiles; 0 unknown */
	struct flight flight;   /* batches and moves */
	/* since the start */
	uint64_t batches, bytes, moved;
};

/* All of a picture like this frame is lossy. 0, -ENOMEM. */
int tiler_begin(struct tiler *tiler, const struct spice_accel_frame *frame, uint64_t now_us);
/* It is, and the frame is such a picture. */
bool tiler_fits(const struct tiler *tiler, const struct spice_accel_frame *frame);
/* Nothing goes as tiles any more; what waited does not. Counts stay. */
void tiler_end(struct tiler *tiler);
void tiler_finish(struct tiler *tiler);

/* Looks at what was reported, and adds to `damage` what changed; what only moved is
 * in exact->moves then. */
void tiler_look(struct tiler *tiler, const struct spice_accel_frame *frame, struct damage *damage,
		uint64_t now_us);

/* Divides changes: takes out of `damage` what is to go as tiles and keeps it in
 * exact->tiles. */
void tiler_split(struct tiler *tiler, struct damage *damage, const struct link *link,
		uint64_t now_us);

/* Grows to whole blocks what goes as video, and remembers that. */
void tiler_video(struct tiler *tiler, const struct spice_accel_frame *frame, struct damage *damage);
/* All of the picture goes as video, as it is now. */
void tiler_video_all(struct tiler *tiler);

/* Bytes that may go out now. */
size_t tiler_room(struct tiler *tiler, const struct link *link, uint64_t now_us);

/* Fill the batch from the frame: with the waiting changes, or with what has
 * rested (as much as `room` bytes are good for; wake_us as tile_map_rested()).
 * 1 there is a batch, 0 there is none, negative errno. */
int tiler_take_changes(struct tiler *tiler, const struct spice_accel_frame *frame);
int tiler_take_rested(struct tiler *tiler, const struct spice_accel_frame *frame, size_t room,
		uint64_t rest_us, uint64_t now_us, uint64_t *wake_us);
/* Seconds that the link needs for what is lossy. */
double tiler_seconds_left(const struct tiler *tiler, const struct link *link);
/* What of it has rested, as a few rectangles: a frame of better quality is for these. */
void tiler_rested(const struct tiler *tiler, uint64_t rest_us, uint64_t now_us,
		struct damage *damage);

/* The batch will not be sent: its pixels are due again, as video. */
void tiler_give_back(struct tiler *tiler, struct damage *damage);

/* A move went out, or will not: then its pixels are due as video. */
void tiler_move_sent(struct tiler *tiler, uint64_t number, size_t bytes, uint64_t now_us);
void tiler_move_lost(struct tiler *tiler, const struct move *move, struct damage *damage);

/* It went out. */
void tiler_sent(struct tiler *tiler, uint64_t number, size_t bytes, bool changes, uint64_t now_us);
/* It arrived after *took_us; false: not one of ours. */
bool tiler_acked(struct tiler *tiler, uint64_t number, uint64_t now_us, uint64_t *took_us);

/* The viewer has (or has on its way) the source's pixels. */
bool tiler_is_exact(const struct tiler *tiler);

#endif

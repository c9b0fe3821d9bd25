/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Decides what goes to our viewer as lossless tiles instead of video, and when: small
 * changes at once, and areas that were sent as video once they are still. */
#ifndef TILER_H
#define TILER_H

#include <stddef.h>

#include "pace/link.h"
#include "pixels/pixels.h"
#include "tiles/backlog.h"

struct look;
struct tile_batch;

/**
 * The tiles of one display. Damage comes from a backlog and goes back there. Pure but for
 * memory: the clock is an argument.
 *
 * Thread: host thread; the batch is lent to the encode thread.
 */
struct tiler;

/* Since the tiler was created. */
struct tiler_counts {
	uint64_t batches, bytes, moves;
};

/* 0, -ENOMEM. Owner: tiler_destroy(). */
int tiler_create(struct tiler **out);
void tiler_destroy(struct tiler *tiler); /* NULL allowed */

/* Starts tiles of a picture: all of it is lossy, and no pixel is known. 0, -ENOMEM. */
int tiler_begin(struct tiler *tiler, uint32_t width, uint32_t height, uint64_t now_us);
/* Stops tiles. The counts stay. */
void tiler_end(struct tiler *tiler);
bool tiler_is_active(const struct tiler *tiler);
/* Tiles are those of a picture of this size. */
bool tiler_fits(const struct tiler *tiler, uint32_t width, uint32_t height);
/* The encoder's picture lacks pixels that went as tiles. */
bool tiler_is_stale(const struct tiler *tiler);
/* The viewer has the source's pixels, or has them on its way, but for the backlog. */
bool tiler_is_exact(const struct tiler *tiler);

/* Takes the reported damage. look_run() is to look at it, and tiler_look_finish() goes on with
 * the answer. Nothing else may be asked of the tiler until then, but for its counts. */
struct look *tiler_look_begin(struct tiler *tiler, struct backlog *backlog, uint64_t now_us);
/* Pixels that did change wait for video then; pixels that only moved are in tiler_moves(). False:
 * nothing changed. */
bool tiler_look_finish(struct tiler *tiler, struct backlog *backlog);
/* Nobody answers, or the answer came too late: all that was reported waits for video, with the
 * targets of moves that the viewer does not carry out. */
void tiler_look_drop(struct tiler *tiler, struct backlog *backlog);
/* The moves that the last look found. The viewer is to carry them out before anything else is
 * sent. */
const struct move *tiler_moves(const struct tiler *tiler, unsigned *n);

/* Divides the damage that waits for video: changes that are better sent as tiles wait as tiles. */
void tiler_divide(struct tiler *tiler, struct backlog *backlog, const struct link *link,
		uint64_t now_us);

/* Takes the damage that waits for video, grown to whole blocks. True: the caller is to remember
 * its pixels, which are sent now. */
bool tiler_take_video(struct tiler *tiler, struct backlog *backlog, struct damage *out);
/* All of the picture goes as video. */
void tiler_video_all(struct tiler *tiler);

/* Bytes that may go out now. */
size_t tiler_room(struct tiler *tiler, const struct link *link, uint64_t now_us);
/* Too many moves and tiles are not acknowledged yet: no more may go before *wake_us, or
 * before an acknowledgement comes. */
bool tiler_waits(const struct tiler *tiler, uint64_t now_us, uint64_t *wake_us);

/* Fills the batch with the changes that wait as tiles: with their rectangles, and the caller
 * is to call tile_batch_read(). 1 there is a batch; 0 there is none; negative errno. The changes
 * wait for video unless there is a batch. */
int tiler_take_changes(struct tiler *tiler, struct backlog *backlog);
/* Fills the batch with lossy areas that have been still for rest_us, as many as about `room`
 * bytes hold. Results as above; *wake_us as of tile_map_rested(). */
int tiler_take_rested(struct tiler *tiler, size_t room, uint64_t rest_us, uint64_t now_us,
		uint64_t *wake_us);
/* The seconds that the link needs for all lossy areas. */
double tiler_seconds_left(const struct tiler *tiler, const struct link *link);
/* The lossy areas that have been still for rest_us, as a few rectangles, wait for video: the
 * caller sends one better frame for them. */
void tiler_add_rested(const struct tiler *tiler, uint64_t rest_us, uint64_t now_us,
		struct backlog *backlog);

struct tile_batch *tiler_batch(struct tiler *tiler);
/* The batch went out, as so many bytes. changes: its pixels were changes. */
void tiler_sent(struct tiler *tiler, uint64_t number, size_t bytes, bool changes, uint64_t now_us);
/* The batch will not go out: its pixels wait for video. */
void tiler_give_back(struct tiler *tiler, struct backlog *backlog);
/* A move went out, or will not: then its pixels wait for video. */
void tiler_move_sent(struct tiler *tiler, uint64_t number, size_t bytes, uint64_t now_us);
void tiler_move_lost(struct tiler *tiler, const struct move *move, struct backlog *backlog);

/* A batch or a move arrived, *took_us after it was sent. False: none of ours. */
bool tiler_acked(struct tiler *tiler, uint64_t number, uint64_t now_us, uint64_t *took_us);

struct tiler_counts tiler_counts(const struct tiler *tiler);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "base/damage.h"

enum backlog_stage {
	BACKLOG_REPORTED, /* the source reported a change, and nobody has looked at the pixels */
	BACKLOG_VIDEO,    /* the pixels go with the next video frame */
	BACKLOG_TILES,    /* the pixels go with the next batch of tiles */
	BACKLOG_STAGES,
};

/**
 * All damage of a display: the pixels that changed and have not been sent. Damage waits
 * at one of three stages, and only the functions below move it.
 *
 * No function loses damage. None lets a pixel be sent twice for one change: after video or
 * tiles were taken, no pixel that was taken waits at the other of these two stages. Damage
 * may grow, by the bounded number of rectangles of struct damage and to whole blocks.
 *
 * Thread: none of its own; the owner serialises. Zeroed: a picture without pixels.
 */
struct backlog {
	uint32_t width, height;
	struct damage stages[BACKLOG_STAGES];
};

/* The picture has another size: all of it waits for video. */
void backlog_resize(struct backlog *backlog, uint32_t width, uint32_t height);

void backlog_add(struct backlog *backlog, enum backlog_stage stage, const struct damage *damage);
void backlog_add_rect(struct backlog *backlog, enum backlog_stage stage,
		const struct spice_accel_rect *rect);
/* All of the picture waits for video, and nothing for anything else. */
void backlog_add_all(struct backlog *backlog);
/* Nobody looks at changes or sends tiles any more: all damage waits for video. */
void backlog_end_tiles(struct backlog *backlog);

/* Takes the reported damage. The caller adds to BACKLOG_VIDEO whatever did change. */
void backlog_take_reported(struct backlog *backlog, struct damage *out);

/* Divides the damage that waits for video: rectangles for which as_tiles() is true wait as
 * tiles from now on. */
void backlog_divide(struct backlog *backlog,
		bool (*as_tiles)(const struct spice_accel_rect *rect, void *opaque), void *opaque);
/* Tiles within so many pixels of damage that waits for video wait for video, too. */
void backlog_join_near(struct backlog *backlog, int32_t pixels);

/* Takes the damage that waits for video, grown to whole blocks of so many pixels (0: as it
 * is), with the tiles that overlap it. */
void backlog_take_video(struct backlog *backlog, uint32_t block, struct damage *out);
/* Takes the tiles, but for those that overlap damage that waits for video: these wait for
 * video, too. */
void backlog_take_tiles(struct backlog *backlog, struct damage *out);

const struct damage *backlog_at(const struct backlog *backlog, enum backlog_stage stage);
bool backlog_has(const struct backlog *backlog, enum backlog_stage stage);
bool backlog_is_empty(const struct backlog *backlog);

#endif

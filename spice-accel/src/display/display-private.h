/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The files of a display share this header; nobody else includes it. Each file calls
 * only the files below it:
 *   display.c           the display's life, and the calls of the host and the server
 *   display-encode.c    decides what is encoded and sent, and when
 *   display-tiles.c     the same for lossless tiles
 *   display-schedule.c  the timer, and how often a polled source is read */
#ifndef DISPLAY_PRIVATE_H
#define DISPLAY_PRIVATE_H

#include "display/display.h"

#include "base/bottom-half.h"
#include "base/side-thread.h"
#include "engine/worker.h"
#include "tiles/backlog.h"
#include "tiles/tiler.h"
#include "frame/picture.h"
#include "pace/pacer.h"
#include "pace/rate.h"

struct spice_accel_display {
	struct display_context context;
	unsigned head;
	struct stream_port *port;
	struct worker *worker;
	struct spice_accel_watch *done_watch;
	struct spice_accel_timer *timer;
	struct bottom_half kick;

	/* the newest content */
	struct spice_accel_frame *frame;
	struct backlog backlog; /* all damage that was not sent */
	uint64_t capture_us;

	/* the stream */
	bool streaming, need_format, key, own_viewer;
	enum encoder_codec codec;
	uint32_t width, height; /* of the scanout in the stream */
	unsigned generation;    /* frames of an older generation must not be sent */
	uint64_t retry_us;      /* nothing is encoded before this time; 0: nothing failed */
	uint32_t retry_ms;      /* the next pause */
	struct encoder_info encoder; /* the encoder of the last frame; no name: none yet */
	bool remote;            /* osvdi-encoder made the last frame */
	uint64_t frame_number;

	struct picture picture; /* memory content for the encoder */
	struct side_thread *side_thread; /* converts half a picture; NULL with one processor */
	bool picture_valid;     /* outside of the damage */
	struct pacer pacer;
	struct rate rate;
	uint32_t poll_ms;
	uint64_t active_us; /* content or input came */
	bool still;         /* the last frame, or look, brought the same picture again */

	bool viewer_tiles;     /* the viewer takes tiles */
	struct tiler *tiler;
	struct pixels *pixels; /* of frames in memory, for the tiler; NULL: the engine has them */
	uint32_t n_pixels;     /* the engine's pixels are those of this number; 0: none so far */
	uint32_t pixels_fourcc;   /* of DMA-BUFs that the engine's pixels are for */
	uint64_t pixels_retry_us; /* the engine's pixels failed: none before this time */
	bool looked;           /* what the last look found goes before the next look */
	bool tiles_failed;     /* tiles could not start, and the log says so */
	bool changes;          /* the batch that is being encoded has new content */
	uint64_t sent_frame;   /* number of the last frame on the wire */

	struct display_status counts;
	struct stats_meter meter;
	struct stats_series convert, encode, wire, ack;
};

/* Calls display_kick() at that time; at 0 or a time that has passed: soon. */
void display_arm(struct spice_accel_display *d, uint64_t wake_us, uint64_t now_us);
/* Sets how often a polled source is read, by the last activity. */
void display_update_poll(struct spice_accel_display *d, uint64_t now_us);

/* Decides what is sent next. Called whenever anything changed. */
void display_kick(struct spice_accel_display *d);
/* The encode thread has a result: a callback of a watch. */
void display_encoded(int fd, int events, void *opaque);
/* The viewer acknowledges frames in this stream. */
bool display_acknowledges(const struct spice_accel_display *d);
/* Tells the rate what is known of the link now. */
void display_judge_link(struct spice_accel_display *d, uint64_t now_us);

/* Tiles are active, and were started for frames like this one. */
bool display_tiles_fit(const struct spice_accel_display *d, const struct spice_accel_frame *frame);
/* Tiles begin or end, by the viewer, the codec and the scanout. */
void display_tiles_update(struct spice_accel_display *d, uint64_t now_us);
/* Takes the damage that the next frame has to bring, while tiles are active. True: its pixels
 * are to be remembered. */
bool display_tiles_take_video(struct spice_accel_display *d, struct damage *damage);
/* The result of display_tiles_kick(). */
enum tiles_outcome {
	TILES_NONE,       /* no tiles: video may go */
	TILES_STARTED,    /* the encode thread has a batch of tiles */
	TILES_BLOCKED,    /* changes wait for their turn: neither tiles nor video may go */
	TILES_WANT_VIDEO, /* coarse areas at rest wait for video, as one better frame */
};
/* Sends changes and areas at rest as tiles, when it is their turn. video_ready:
 * a frame could go out at once. */
enum tiles_outcome display_tiles_kick(struct spice_accel_display *d, bool video_ready,
		uint64_t now_us);
/* The job works with the engine's pixels, in the frame that is shown. */
void display_tiles_use_pixels(const struct spice_accel_display *d, struct job *job);
/* A look is done. */
void display_tiles_looked(struct spice_accel_display *d, const struct job_result *result,
		uint64_t now_us);
/* A job says that the engine's pixels have ended: so do tiles, for a while. */
void display_tiles_lost(struct spice_accel_display *d, int error, uint64_t now_us);
/* A job of tiles is done. */
void display_tiles_encoded(struct spice_accel_display *d, struct job_result *result,
		uint64_t now_us);
/* True: something else may go out now. */
bool display_tiles_acked(struct spice_accel_display *d, uint64_t number, uint64_t now_us);

#endif

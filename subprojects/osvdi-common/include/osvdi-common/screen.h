/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_SCREEN_H
#define OSVDI_COMMON_SCREEN_H

#include <osvdi-common/order.h>

/* With another picture waiting behind it a picture is skipped, but not for longer. */
#define SCREEN_MAX_SKIP_US (100 * 1000)
/* After parts of pictures the whole picture is shown again: an encoder may have made
 * the rest better too. */
#define SCREEN_REFINE_US (200 * 1000)

/* A decoded picture, as far as the order of things depends on it. */
struct screen_picture {
	void *handle;   /* the picture itself; only ops look at it */
	int32_t width, height;
	bool has_info;  /* the stream carries the SEI; info is valid */
	struct osvdi_frame_info info;
	int64_t received_us, decoded_us;
};

/*
 * The acts of a screen on the world. `opaque` is that of screen_init(). None may call
 * the screen.
 */
struct screen_ops {
	/* Brings a region of a picture, or of an update, to the canvas. A picture of
	 * another size replaces the canvas: its region is all of it. Return the time when
	 * it was handed to the window system. */
	int64_t (*show)(void *opaque, const struct screen_picture *picture,
			const struct region *region);
	int64_t (*put)(void *opaque, const struct update *update, const struct region *region);
	/* A picture that is needed no more. */
	void (*release)(void *opaque, void *handle);
	/* To the server. */
	void (*acknowledge)(void *opaque, const struct osvdi_ack *ack);
	void (*ask_key_frame)(void *opaque);
	/* For statistics; presented_us 0: given up, a newer one was there. */
	void (*picture_done)(void *opaque, const struct screen_picture *picture,
			int64_t presented_us);
	void (*update_done)(void *opaque, const struct update *update, int64_t presented_us,
			bool exact);
	/* The canvas equals its source from now on, or is not known to any more. */
	void (*exact_changed)(void *opaque, bool exact);
	/* The first picture of a stream is on the canvas. */
	void (*first_shown)(void *opaque);
	/* Call screen_refine() at that time; 0: not any more. */
	void (*refine_at)(void *opaque, int64_t at_us);
};

/*
 * The contents of one display's canvas: which parts of which picture are shown and when,
 * updates among the frames, what is acknowledged, and when the canvas can be put right
 * only by a key frame.
 *
 * Units:  times in microseconds of one clock of the caller's.
 * Memory: that of its struct order, and a region.
 * Thread: one at a time; the ops run inside the calls.
 */
struct screen {
	/* private */
	const struct screen_ops *ops;
	void *opaque;
	uint32_t display;
	bool there;                   /* there is a canvas to paint on */
	bool has_newest;
	struct screen_picture newest;
	struct region pending;        /* of newest, not on the canvas yet */
	int32_t width, height;
	int64_t now_us, shown_us;
	int64_t refine_us;            /* 0: not asked for */
	bool partial;                 /* not all of newest is on the canvas */
	bool first;                   /* no picture of this stream was shown */
	bool waiting;                 /* newest came when there was no canvas */
	bool tiled;                   /* the canvas has more than newest */
	bool stale;                   /* something is missing until a whole picture comes, */
	uint64_t stale_number;        /* with a larger number than this */
	uint64_t number;              /* the largest of a frame or an update so far */
	bool exact;
	struct order order;
};

/* display: its number, for acknowledgements. */
void screen_init(struct screen *screen, uint32_t display, const struct screen_ops *ops,
		void *opaque);
void screen_finish(struct screen *screen);

/* A stream begins. */
void screen_start(struct screen *screen);
/* The server is gone: forgets the stream, not what is on the canvas. */
void screen_stop(struct screen *screen);

/**
 * A picture was decoded.
 *
 * picture:       is copied; its handle is the screen's until release().
 * another_waits: a newer access unit is already there to be decoded.
 */
void screen_take_picture(struct screen *screen, const struct screen_picture *picture,
		bool another_waits, int64_t now_us);

/* An update came. Takes ownership. False: a server that floods us; it has to start afresh
 * and was asked to. */
bool screen_take_update(struct screen *screen, struct update *update, int64_t now_us);

/* Something did not get here, as with a decoder that was replaced: asks for a key frame
 * and claims no exactness until a whole picture has come. */
void screen_lose(struct screen *screen);

/* The same of updates that nobody took, up to the one with this number. */
void screen_miss(struct screen *screen, uint64_t number);

/* A new canvas, which is empty: the last picture is shown at once; or none from now on. */
void screen_set_canvas(struct screen *screen, bool there, int64_t now_us);

/* The time that refine_at() asked for has come. */
void screen_refine(struct screen *screen);

/* The newest picture's size in pixels; false: there is none, and the size is the last one's. */
bool screen_get_size(const struct screen *screen, int32_t *width, int32_t *height);

/**
 * The part of a picture that differs from the one before: everything when the stream does not
 * say, the frame's damage otherwise (possibly nothing). False: no memory.
 */
bool screen_damage(const struct screen_picture *picture, struct region *region);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PACER_H
#define PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pace/flight.h"

/* Viewers without the extension port drop late frames. After a silence they stay frozen
 * for as long as the silence lasted, so they need a frame at least this often. */
#define PACER_CADENCE_US 32000u
/* A picture that has been still for this long is sent again in better quality. */
#define PACER_REST_US 150000u

enum pacer_action {
	PACER_WAIT,   /* until wake_us, or until something changes when it is 0 */
	PACER_NEW,    /* encode the newest content */
	PACER_REPEAT, /* show the same picture again */
	PACER_REFINE, /* the same picture in better quality */
};

struct pacer_state {
	bool damage;   /* there is new content */
	bool key;      /* the stream starts: a frame at once */
	bool cadence;  /* some viewer needs a steady stream */
	bool acks;     /* the viewer acknowledges frames */
	bool refine;   /* the last picture can be sent better */
};

/**
 * When to encode. Pure: the clock is an argument.
 *
 * Thread: one at a time. Zeroed but for pacer_init().
 */
struct pacer {
	uint64_t interval_us;   /* between new frames, at least */
	uint64_t due_us;        /* of the next frame, on the ideal schedule */
	uint64_t new_us;        /* when content last changed on the wire */
	uint64_t new_before_us; /* new_us before the last pacer_started() */
	uint64_t sent_us;       /* when the last frame of any kind was decided */
	struct flight flight;   /* frames */
	uint64_t rtt_us, min_rtt_us; /* of acknowledgements, without the viewer's work; 0 unknown */
	uint64_t min_rtt_at_us;
};

void pacer_init(struct pacer *pacer, unsigned fps);
/* New frames a second at most. */
void pacer_set_fps(struct pacer *pacer, unsigned fps);
/* A stream begins or ends: nothing is in flight. */
void pacer_restart(struct pacer *pacer);

enum pacer_action pacer_next(const struct pacer *pacer, const struct pacer_state *state,
		uint64_t now_us, uint64_t *wake_us);
/* The action is carried out now. */
void pacer_started(struct pacer *pacer, enum pacer_action action, uint64_t now_us);
/* The frame that was started last had no new content. */
void pacer_unchanged(struct pacer *pacer);
/* The content has not changed for PACER_REST_US. */
bool pacer_rests(const struct pacer *pacer, uint64_t now_us);
/* The frame went to libspice-server. Only for viewers that acknowledge. */
void pacer_sent(struct pacer *pacer, uint64_t frame, size_t bytes, uint64_t now_us);
/* The frame and all before it arrived. The viewer says that it then took work_us to decode
 * and show the frame. *took_us is the time since the frame was sent. False: the frame is
 * not in flight. */
bool pacer_acked(struct pacer *pacer, uint64_t frame, uint64_t work_us, uint64_t now_us,
		uint64_t *took_us);
/* Frames that may be in flight, and that are. */
unsigned pacer_window(const struct pacer *pacer);
unsigned pacer_in_flight(const struct pacer *pacer);
/* The round trips of acknowledgements, without the viewer's work. False: unknown. */
bool pacer_rtt(const struct pacer *pacer, uint64_t *rtt_us, uint64_t *min_rtt_us);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PACER_H
#define PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Viewers without the extension port drop late frames and, after a silence,
 * stay frozen as long as it lasted: they need a frame at least this often. */
#define PACER_CADENCE_US 32000u
/* A picture that rests for so long is sent again in better quality. */
#define PACER_REST_US 150000u
/* An acknowledgement that takes longer is taken for lost. */
#define PACER_ACK_TIMEOUT_US 1000000u
#define PACER_MAX_IN_FLIGHT 32u

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
	uint64_t interval_us; /* of new frames at most */
	uint64_t due_us;      /* of the next one, on the ideal schedule */
	uint64_t new_us;      /* when content last changed on the wire */
	uint64_t sent_us;     /* when any frame was last decided */
	/* frames sent and not acknowledged, oldest first */
	struct {
		uint64_t frame, sent_us;
		size_t bytes;
	} flight[PACER_MAX_IN_FLIGHT];
	unsigned n_flight;
	uint64_t rtt_us, min_rtt_us; /* of acknowledgements, without the viewer's work; 0 unknown */
	uint64_t min_rtt_at_us;
};

void pacer_init(struct pacer *pacer, unsigned fps);
/* A stream begins or ends: nothing is in flight. */
void pacer_restart(struct pacer *pacer);

enum pacer_action pacer_next(const struct pacer *pacer, const struct pacer_state *state,
		uint64_t now_us, uint64_t *wake_us);
/* That action is carried out now. */
void pacer_started(struct pacer *pacer, enum pacer_action action, uint64_t now_us);
/* The frame went to libspice-server. Only for viewers that acknowledge. */
void pacer_sent(struct pacer *pacer, uint64_t frame, size_t bytes, uint64_t now_us);
/* It, and all before it, arrived; the viewer says that it then took work_us to decode and
 * show it. Returns the bytes acknowledged; false when unknown. */
bool pacer_acked(struct pacer *pacer, uint64_t frame, uint64_t work_us, uint64_t now_us,
		size_t *bytes);
/* Frames that may be in flight. */
unsigned pacer_window(const struct pacer *pacer);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pace/pacer.h"

#include <string.h>

#define WINDOW_MIN 2u
#define WINDOW_MAX 16u
#define CATCH_UP 32u /* of an interval, each frame */
#define MIN_RTT_LIFE_US 10000000u /* routes change: measure the floor anew */

void pacer_init(struct pacer *pacer, unsigned fps)
{
	memset(pacer, 0, sizeof *pacer);
	pacer->interval_us = 1000000u / (fps ? fps : 1);
}

void pacer_restart(struct pacer *pacer)
{
	uint64_t interval = pacer->interval_us;

	memset(pacer, 0, sizeof *pacer);
	pacer->interval_us = interval;
}

unsigned pacer_window(const struct pacer *pacer)
{
	uint64_t frames = WINDOW_MIN + (pacer->min_rtt_us + pacer->interval_us - 1) / pacer->interval_us;

	return frames > WINDOW_MAX ? WINDOW_MAX : (unsigned)frames;
}

static enum pacer_action next_new(const struct pacer *p, const struct pacer_state *state,
		uint64_t now, uint64_t *wake)
{
	if (state->acks && p->n_flight >= pacer_window(p)) {
		uint64_t oldest = p->flight[0].sent_us + PACER_ACK_TIMEOUT_US;

		if (now < oldest) {
			*wake = oldest;
			return PACER_WAIT;
		}
	}
	/* A source with the same rate arrives a little early as often as late. */
	if (now + p->interval_us / 4 < p->due_us) {
		*wake = p->due_us - p->interval_us / 4;
		return PACER_WAIT;
	}
	return PACER_NEW;
}

static void earliest(uint64_t *wake, uint64_t at)
{
	if (!*wake || at < *wake)
		*wake = at;
}

enum pacer_action pacer_next(const struct pacer *p, const struct pacer_state *state,
		uint64_t now, uint64_t *wake)
{
	*wake = 0;
	if (state->key)
		return PACER_NEW;
	if (state->damage) {
		enum pacer_action action = next_new(p, state, now, wake);

		if (action != PACER_WAIT)
			return action;
	} else if (state->refine) {
		if (now >= p->new_us + PACER_REST_US)
			return PACER_REFINE;
		*wake = p->new_us + PACER_REST_US;
	}
	if (state->cadence) {
		if (now >= p->sent_us + PACER_CADENCE_US)
			return PACER_REPEAT;
		earliest(wake, p->sent_us + PACER_CADENCE_US);
	}
	return PACER_WAIT;
}

void pacer_started(struct pacer *p, enum pacer_action action, uint64_t now)
{
	p->sent_us = now;
	if (action == PACER_REPEAT)
		return;
	p->new_us = now;
	if (action != PACER_NEW)
		return;
	/* A little short: else a source with the same rate that fell behind the schedule
	 * once, by a hiccup of its own, would wait for it each time from then on. */
	p->due_us += p->interval_us - p->interval_us / CATCH_UP;
	if (p->due_us < now + p->interval_us / 2)
		p->due_us = now + p->interval_us / 2;
	if (p->due_us > now + 2 * p->interval_us)
		p->due_us = now + p->interval_us;
}

static void forget_oldest(struct pacer *p, unsigned n)
{
	p->n_flight -= n;
	memmove(p->flight, p->flight + n, p->n_flight * sizeof p->flight[0]);
}

void pacer_sent(struct pacer *p, uint64_t frame, size_t bytes, uint64_t now)
{
	if (p->n_flight == PACER_MAX_IN_FLIGHT)
		forget_oldest(p, 1);
	p->flight[p->n_flight].frame = frame;
	p->flight[p->n_flight].bytes = bytes;
	p->flight[p->n_flight].sent_us = now;
	p->n_flight++;
}

static void measure(struct pacer *p, uint64_t rtt, uint64_t now)
{
	rtt = rtt ? rtt : 1;
	p->rtt_us = p->rtt_us ? (p->rtt_us * 3 + rtt) / 4 : rtt;
	if (!p->min_rtt_us || rtt <= p->min_rtt_us || now > p->min_rtt_at_us + MIN_RTT_LIFE_US) {
		p->min_rtt_us = rtt;
		p->min_rtt_at_us = now;
	}
}

bool pacer_acked(struct pacer *p, uint64_t frame, uint64_t work, uint64_t now, size_t *bytes)
{
	unsigned n = 0;
	uint64_t took;

	*bytes = 0;
	while (n < p->n_flight && p->flight[n].frame <= frame)
		*bytes += p->flight[n++].bytes;
	if (!n || p->flight[n - 1].frame != frame)
		return false; /* not one of ours, or acknowledged before */
	/* A slow viewer is not a slow link: less bits would not help it. */
	took = now - p->flight[n - 1].sent_us;
	measure(p, took > work ? took - work : 1, now);
	forget_oldest(p, n);
	return true;
}

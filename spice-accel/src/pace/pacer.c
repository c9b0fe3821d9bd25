/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pace/pacer.h"

#include <string.h>

#define WINDOW_MIN 2u
#define WINDOW_MAX 16u
#define CATCH_UP 32u /* a frame may catch up one in so many parts of an interval */
#define MIN_RTT_LIFE_US 10000000u /* routes change: measure the floor anew */

void pacer_init(struct pacer *pacer, unsigned fps)
{
	memset(pacer, 0, sizeof *pacer);
	pacer_set_fps(pacer, fps);
}

void pacer_set_fps(struct pacer *pacer, unsigned fps)
{
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
	uint64_t frames = WINDOW_MIN +
			(pacer->min_rtt_us + pacer->interval_us - 1) / pacer->interval_us;

	return frames > WINDOW_MAX ? WINDOW_MAX : (unsigned)frames;
}

static enum pacer_action next_new(const struct pacer *p, const struct pacer_state *state,
		uint64_t now, uint64_t *wake)
{
	if (state->acks && flight_count(&p->flight) >= pacer_window(p) &&
			now < flight_probe_us(&p->flight)) {
		*wake = flight_probe_us(&p->flight);
		return PACER_WAIT;
	}
	/* A source of the same rate is early as often as it is late, by a little. */
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
		if (pacer_rests(p, now))
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
	p->new_before_us = p->new_us;
	if (action == PACER_REPEAT)
		return;
	p->new_us = now;
	if (action != PACER_NEW)
		return;
	/* Make the interval slightly shorter than nominal. Otherwise a source of the same
	 * rate that is late once stays late by that amount for ever. */
	p->due_us += p->interval_us - p->interval_us / CATCH_UP;
	if (p->due_us < now + p->interval_us / 2)
		p->due_us = now + p->interval_us / 2;
	if (p->due_us > now + 2 * p->interval_us)
		p->due_us = now + p->interval_us;
}

void pacer_unchanged(struct pacer *p)
{
	p->new_us = p->new_before_us;
}

bool pacer_rests(const struct pacer *p, uint64_t now)
{
	return now >= p->new_us + PACER_REST_US;
}

void pacer_sent(struct pacer *p, uint64_t frame, size_t bytes, uint64_t now)
{
	flight_sent(&p->flight, frame, bytes, now);
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

bool pacer_acked(struct pacer *p, uint64_t frame, uint64_t work, uint64_t now, uint64_t *took)
{
	if (!flight_acked(&p->flight, frame, now, took))
		return false;
	/* A slow viewer is not a slow link: fewer bits would not help. */
	measure(p, *took > work ? *took - work : 1, now);
	return true;
}

unsigned pacer_in_flight(const struct pacer *p)
{
	return flight_count(&p->flight);
}

bool pacer_rtt(const struct pacer *p, uint64_t *rtt, uint64_t *min_rtt)
{
	*rtt = p->rtt_us;
	*min_rtt = p->min_rtt_us;
	return p->min_rtt_us > 0;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "pace/pacer.h"

#define MS UINT64_C(1000)
#define SECOND (1000 * MS)
#define START (100 * SECOND)

/* A minute of a display, millisecond by millisecond: a source, an encoder
 * that takes some time, and what the pacer decided. */
struct script {
	uint64_t source_us;  /* between new contents; 0: none */
	uint64_t encode_us;
	bool cadence, acks, refine;
	uint64_t ack_us;     /* from sending to the acknowledgement; 0: none comes */
	uint64_t work_us;    /* of the viewer with each frame, one after the other */
	uint64_t stall_us;   /* the viewer does nothing at first */
	/* results */
	unsigned fresh, repeats, refinements;
	uint64_t longest_gap_us, worst_age_us;
	unsigned most_in_flight;
	uint64_t last_ack_us; /* from sending to the acknowledgement, of the last frame */
};

struct flying {
	uint64_t frame, ack_at, work;
};

/* When the acknowledgement of a frame that goes out now comes. */
static uint64_t ack_time(const struct script *s, uint64_t now, uint64_t *viewer_free)
{
	if (!s->ack_us)
		return UINT64_MAX;
	*viewer_free = MAX(*viewer_free, now) + s->work_us;
	return *viewer_free + s->ack_us;
}

static void run_minute(struct pacer *p, struct script *s)
{
	uint64_t next_content = s->source_us ? START : UINT64_MAX, damage_at = 0;
	uint64_t busy_until = 0, last_sent = START, number = 0;
	uint64_t viewer_free = START + s->stall_us;
	struct pacer_state state = { .key = true, .cadence = s->cadence, .acks = s->acks };
	g_autoptr(GArray) flying = g_array_new(FALSE, FALSE, sizeof(struct flying));
	bool refined = false;

	for (uint64_t now = START; now < START + 60 * SECOND; now += MS) {
		enum pacer_action action;
		uint64_t wake;

		while (next_content <= now) {
			if (!state.damage)
				damage_at = next_content;
			state.damage = true;
			next_content += s->source_us;
		}
		while (flying->len && g_array_index(flying, struct flying, 0).ack_at <= now) {
			const struct flying *f = &g_array_index(flying, struct flying, 0);
			uint64_t took;

			g_assert_true(pacer_acked(p, f->frame, f->work, now, &took));
			g_array_remove_index(flying, 0);
		}
		if (now < busy_until)
			continue;
		state.refine = s->refine && !state.damage && !refined;
		action = pacer_next(p, &state, now, &wake);
		if (action == PACER_WAIT) {
			/* it says when to come again, if time alone brings the next action */
			g_assert_true(wake == 0 || wake > now);
			g_assert_true(wake || !(state.damage || state.cadence || state.refine));
			continue;
		}
		pacer_started(p, action, now);
		busy_until = now + s->encode_us;
		s->longest_gap_us = MAX(s->longest_gap_us, now - last_sent);
		last_sent = now;
		if (action == PACER_NEW) {
			if (!state.key)
				s->worst_age_us = MAX(s->worst_age_us, now - damage_at);
			s->fresh++;
			state.damage = refined = false;
		}
		s->repeats += action == PACER_REPEAT;
		s->refinements += action == PACER_REFINE;
		refined |= action == PACER_REFINE;
		state.key = false;
		if (s->acks) {
			struct flying f = { ++number, ack_time(s, now, &viewer_free), 0 };

			s->last_ack_us = f.ack_at - now;
			f.work = s->last_ack_us - s->ack_us;
			pacer_sent(p, f.frame, 1000, now);
			g_array_append_val(flying, f);
			s->most_in_flight = MAX(s->most_in_flight, pacer_in_flight(p));
		}
	}
}

/* A 60 Hz source at 60 frames a second: each picture, none late. */
static void test_full_rate(void)
{
	struct script s = { .source_us = 16667, .encode_us = 4 * MS, .acks = true,
		.ack_us = 15 * MS };
	struct pacer p;

	pacer_init(&p, 60);
	run_minute(&p, &s);
	g_assert_cmpuint(s.fresh, >=, 3595);
	g_assert_cmpuint(s.fresh, <=, 3602);
	g_assert_cmpuint(s.repeats, ==, 0);
	g_assert_cmpuint(s.worst_age_us, <=, 6 * MS);
}

/* A source was late once: its pictures do not wait for the schedule for ever. */
static void test_hiccup(void)
{
	const struct pacer_state state = { .damage = true };
	const uint64_t interval = 16667;
	struct pacer p;

	for (uint64_t late = 0; late < 2 * interval; late += MS) {
		uint64_t waited = 0;

		pacer_init(&p, 60);
		for (unsigned i = 0; i < 120; i++) {
			uint64_t now = START + i * interval + (i == 40 ? late : 0), wake;

			waited = 0;
			if (pacer_next(&p, &state, now, &wake) == PACER_WAIT)
				waited = wake - now;
			pacer_started(&p, PACER_NEW, now + waited);
		}
		g_assert_cmpuint(waited, ==, 0);
	}
}

/* A faster source is thinned to the rate, evenly. */
static void test_limits_rate(void)
{
	struct script s = { .source_us = 4 * MS, .encode_us = 2 * MS, .acks = true,
		.ack_us = 10 * MS };
	struct pacer p;

	pacer_init(&p, 30);
	run_minute(&p, &s);
	g_assert_cmpuint(s.fresh, >=, 1750);
	g_assert_cmpuint(s.fresh, <=, 1860);
	g_assert_cmpuint(s.longest_gap_us, <=, 40 * MS);
}

/* Stock viewers get a frame at least every 33 ms, whatever the source does. */
static void test_cadence(void)
{
	struct script idle = { .cadence = true, .encode_us = MS };
	struct script slow = { .cadence = true, .source_us = 100 * MS, .encode_us = MS };
	struct pacer p;

	pacer_init(&p, 60);
	run_minute(&p, &idle);
	g_assert_cmpuint(idle.fresh, ==, 1);
	g_assert_cmpuint(idle.repeats, >=, 1800);
	g_assert_cmpuint(idle.longest_gap_us, <=, 33 * MS);
	pacer_restart(&p);
	g_assert_cmpuint(p.interval_us, ==, 16666);
	run_minute(&p, &slow);
	g_assert_cmpuint(slow.fresh, >=, 599);
	g_assert_cmpuint(slow.longest_gap_us, <=, 33 * MS);
	g_assert_cmpuint(slow.worst_age_us, <=, 2 * MS);
}

/* Our viewer gets nothing while nothing changes, and one refinement. */
static void test_idle_is_silent(void)
{
	struct script s = { .acks = true, .ack_us = 5 * MS, .refine = true, .encode_us = MS };
	struct pacer p;

	pacer_init(&p, 60);
	run_minute(&p, &s);
	g_assert_cmpuint(s.fresh, ==, 1);
	g_assert_cmpuint(s.repeats, ==, 0);
	g_assert_cmpuint(s.refinements, ==, 1);
}

/* Refinement waits until the picture rests. */
static void test_refines_at_rest(void)
{
	struct script s = { .acks = true, .ack_us = 5 * MS, .refine = true, .encode_us = MS,
		.source_us = SECOND };
	struct script moving = s;
	struct pacer p;

	pacer_init(&p, 60);
	run_minute(&p, &s);
	g_assert_cmpuint(s.refinements, >=, 59);
	g_assert_cmpuint(s.refinements, <=, 60);
	moving.source_us = 50 * MS;
	pacer_restart(&p);
	run_minute(&p, &moving);
	g_assert_cmpuint(moving.refinements, ==, 0);
}

/* A slow link: no more in flight than the window, which grows with the path. */
static void test_window(void)
{
	struct script near_by = { .acks = true, .ack_us = 5 * MS, .source_us = 4 * MS,
		.encode_us = MS };
	struct script far_away = { .acks = true, .ack_us = 100 * MS, .source_us = 4 * MS,
		.encode_us = MS };
	struct pacer p;

	pacer_init(&p, 60);
	run_minute(&p, &near_by);
	g_assert_cmpuint(near_by.most_in_flight, <=, 3);
	pacer_init(&p, 60);
	run_minute(&p, &far_away);
	g_assert_cmpuint(far_away.most_in_flight, <=, pacer_window(&p));
	g_assert_cmpuint(pacer_window(&p), >=, 8);
	/* the path's length costs no frames */
	g_assert_cmpuint(far_away.fresh, >=, 3300);
}

/* A viewer that stops answering: one frame a second probes whether it lives. */
static void test_lost_acks(void)
{
	struct script s = { .acks = true, .source_us = 10 * MS, .encode_us = MS };
	struct pacer p;

	pacer_init(&p, 60);
	run_minute(&p, &s);
	g_assert_cmpuint(s.fresh, >=, 59);
	g_assert_cmpuint(s.fresh, <=, 64);
	g_assert_cmpuint(s.longest_gap_us, <=, SECOND + 20 * MS);
	g_assert_cmpuint(pacer_in_flight(&p), <=, FLIGHT_MAX);
}

/* A viewer that takes long for each frame gets as many as it can show, and shows each soon
 * after, also when it stood still for seconds. */
static void test_slow_decoder(void)
{
	for (uint64_t work = 20 * MS; work <= 800 * MS; work *= 2)
		for (uint64_t stall = 0; stall <= 16 * SECOND; stall = 2 * stall + SECOND) {
			struct script s = { .acks = true, .ack_us = MS, .source_us = 10 * MS,
				.encode_us = MS, .work_us = work, .stall_us = stall };
			struct pacer p;

			pacer_init(&p, 60);
			run_minute(&p, &s);
			g_assert_cmpuint(s.last_ack_us, <=, 4 * work);
			g_assert_cmpuint(s.fresh, >=, (60 * SECOND - stall) / work * 9 / 10);
		}
}

static void test_acks(void)
{
	struct pacer p;
	uint64_t took;

	pacer_init(&p, 60);
	for (uint64_t i = 1; i <= 4; i++)
		pacer_sent(&p, i, 100 * i, START + i * MS);
	g_assert_false(pacer_acked(&p, 9, 0, START + 10 * MS, &took)); /* never sent */
	g_assert_true(pacer_acked(&p, 2, 0, START + 10 * MS, &took));  /* and the one before */
	g_assert_cmpuint(took, ==, 8 * MS);
	g_assert_cmpuint(pacer_in_flight(&p), ==, 2);
	g_assert_cmpuint(p.rtt_us, ==, 8 * MS);
	g_assert_false(pacer_acked(&p, 2, 0, START + 11 * MS, &took)); /* twice */
	g_assert_cmpuint(pacer_in_flight(&p), ==, 2);
	g_assert_true(pacer_acked(&p, 4, 0, START + 20 * MS, &took));
	g_assert_cmpuint(pacer_in_flight(&p), ==, 0);
	g_assert_cmpuint(p.min_rtt_us, ==, 8 * MS);
	for (uint64_t i = 5; i < 5 + 2 * FLIGHT_MAX; i++)
		pacer_sent(&p, i, 1, START);
	g_assert_cmpuint(pacer_in_flight(&p), ==, FLIGHT_MAX);
}

/* The time that the viewer takes to decode and to show says nothing of the link. */
static void test_slow_viewer(void)
{
	struct pacer p;
	uint64_t took;

	pacer_init(&p, 60);
	pacer_sent(&p, 1, 1, START);
	g_assert_true(pacer_acked(&p, 1, 25 * MS, START + 30 * MS, &took));
	g_assert_cmpuint(p.rtt_us, ==, 5 * MS);
	pacer_sent(&p, 2, 1, START);
	g_assert_true(pacer_acked(&p, 2, 99 * SECOND, START + 30 * MS, &took)); /* a lie */
	g_assert_cmpuint(p.min_rtt_us, ==, 1);
}

static void test_no_division_by_zero(void)
{
	struct pacer p;

	pacer_init(&p, 0);
	g_assert_cmpuint(p.interval_us, ==, SECOND);
	g_assert_cmpuint(pacer_window(&p), >=, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pacer/full-rate", test_full_rate);
	g_test_add_func("/pacer/hiccup", test_hiccup);
	g_test_add_func("/pacer/limits-rate", test_limits_rate);
	g_test_add_func("/pacer/cadence", test_cadence);
	g_test_add_func("/pacer/idle-is-silent", test_idle_is_silent);
	g_test_add_func("/pacer/refines-at-rest", test_refines_at_rest);
	g_test_add_func("/pacer/window", test_window);
	g_test_add_func("/pacer/lost-acks", test_lost_acks);
	g_test_add_func("/pacer/slow-decoder", test_slow_decoder);
	g_test_add_func("/pacer/acks", test_acks);
	g_test_add_func("/pacer/slow-viewer", test_slow_viewer);
	g_test_add_func("/pacer/no-division-by-zero", test_no_division_by_zero);
	return g_test_run();
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include <glib.h>

#include "pace/rate.h"

#define MS UINT64_C(1000)
#define SECOND (1000 * MS)
#define START (100 * SECOND)

/* A frame of content that has `bits` at quantiser 22; six steps halve it. */
static size_t frame_bytes(double bits, int qp)
{
	return (size_t)(bits / 8 * pow(2, (22 - qp) / 6.0));
}

/* Ten seconds at 60 frames/s; returns the kbit/s of the last five. */
static double run(struct rate *r, double bits, uint64_t start)
{
	double sum = 0;

	for (unsigned i = 0; i < 600; i++) {
		uint64_t now = start + i * SECOND / 60;
		int qp = rate_qp(r);
		size_t bytes = frame_bytes(bits, qp);

		g_assert_cmpint(qp, >=, 1);
		g_assert_cmpint(qp, <=, 51);
		rate_frame(r, bytes, qp, now);
		if (i >= 300)
			sum += (double)bytes * 8;
	}
	return sum / 5000;
}

static void test_easy_content_keeps_quality(void)
{
	struct rate r;

	rate_init(&r, 20000, 60, 22);
	rate_restart(&r, START);
	run(&r, 20000, START);
	g_assert_cmpint(rate_qp(&r), ==, 22);
}

static void test_hard_content_holds_target(void)
{
	static const uint32_t targets[] = { 1000, 5000, 20000 };

	for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
		struct rate r;
		double kbps;

		rate_init(&r, targets[i], 60, 22);
		rate_restart(&r, START);
		kbps = run(&r, targets[i] * 1000.0 / 60 * 4, START);
		g_assert_cmpfloat(kbps, <, targets[i] * 1.1);
		g_assert_cmpfloat(kbps, >, targets[i] * 0.5);
		/* and quality comes back when the content is easy again */
		run(&r, 1000, START + 10 * SECOND);
		g_assert_cmpint(rate_qp(&r), ==, 22);
	}
}

static void test_max_bytes(void)
{
	struct rate r;

	rate_init(&r, 8000, 60, 22);
	g_assert_cmpuint(rate_max_bytes(&r, true), ==, 225000);
	/* what replaces another frame is a key frame: not for a little */
	g_assert_cmpuint(rate_max_bytes(&r, false), >, rate_max_bytes(&r, true));
	g_assert_cmpuint(rate_max_bytes(&r, false), <, 8000 * 125);
}

static void test_refinement_ends(void)
{
	struct rate r;
	uint64_t now = START;
	int qp, last = 51, steps = 0;

	rate_init(&r, 50000, 60, 22);
	rate_restart(&r, START);
	rate_frame(&r, 200000, 40, now);
	g_assert_cmpint(rate_refine_qp(&r, now), ==, 0); /* the link is busy */
	now += 2 * SECOND;
	while ((qp = rate_refine_qp(&r, now)) != 0) {
		g_assert_cmpint(qp, <, last);
		last = qp;
		rate_refined(&r, 20000, qp, now);
		now += SECOND;
		g_assert_cmpint(++steps, <, 10);
	}
	g_assert_cmpint(last, <=, 12);
	/* new content at the usual quality can be refined again */
	rate_frame(&r, 1000, 22, now);
	g_assert_cmpint(rate_refine_qp(&r, now + SECOND), >, 0);
}

/* So many kbit/s for 100 ms, then a look at the link. */
static void send_and_judge(struct rate *r, const struct link *link, double kbps, uint64_t *now)
{
	for (int i = 0; i < 6; i++)
		rate_frame(r, (size_t)(kbps * 125 / 60), r->qp, *now += SECOND / 60);
	rate_judge(r, link, *now);
}

static void test_link(void)
{
	struct link clear = { .rtt_us = 21 * MS, .min_rtt_us = 20 * MS };
	struct link bloated = { .rtt_us = 120 * MS, .min_rtt_us = 20 * MS, .delivery_kbps = 6000 };
	struct rate r;
	uint64_t now = START;

	rate_init(&r, 50000, 60, 22);
	rate_restart(&r, now);
	for (int i = 0; i < 10; i++)
		send_and_judge(&r, &clear, 6000, &now);
	g_assert_cmpuint(r.target_kbps, ==, 50000);
	send_and_judge(&r, &bloated, 6000, &now);
	g_assert_cmpuint(r.target_kbps, ==, 5400); /* what was delivered, less a tenth */
	rate_judge(&r, &bloated, now + MS);        /* once in 100 ms */
	g_assert_cmpuint(r.target_kbps, ==, 5400);
	for (int i = 0; i < 1000; i++)
		send_and_judge(&r, &clear, 5000, &now);
	g_assert_cmpuint(r.target_kbps, ==, 50000);
}

/* The target follows what gets through down, and no further. */
static void test_narrow_link(void)
{
	struct link stuck = { .unsent_bytes = 200000 };
	struct rate r;
	uint64_t now = START;

	rate_init(&r, 50000, 60, 22);
	rate_restart(&r, now);
	for (int i = 0; i < 100; i++)
		send_and_judge(&r, &stuck, 4000, &now);
	g_assert_cmpuint(r.target_kbps, >=, 3500);
	g_assert_cmpuint(r.target_kbps, <=, 4200);
	for (int i = 0; i < 300; i++)
		send_and_judge(&r, &stuck, 300, &now);
	g_assert_cmpuint(r.target_kbps, ==, RATE_FLOOR_KBPS);
}

/* A delay while next to nothing is sent is not the link's. */
static void test_busy_machine(void)
{
	struct link late = { .rtt_us = 90 * MS, .min_rtt_us = 5 * MS };
	struct rate r;
	uint64_t now = START;

	rate_init(&r, 50000, 60, 22);
	rate_restart(&r, now);
	for (int i = 0; i < 50; i++)
		send_and_judge(&r, &late, 100, &now);
	g_assert_cmpuint(r.target_kbps, ==, 50000);
}

/* Nor does a pause say that little gets through. */
static void test_pause(void)
{
	struct link clear = { .rtt_us = 21 * MS, .min_rtt_us = 20 * MS };
	struct link stuck = { .unsent_bytes = 200000 };
	struct rate r;
	uint64_t now = START;

	rate_init(&r, 50000, 60, 22);
	rate_restart(&r, now);
	for (int i = 0; i < 20; i++)
		send_and_judge(&r, &clear, 8000, &now);
	now += 10 * SECOND;
	rate_frame(&r, 20000, r.qp, now);
	rate_judge(&r, &stuck, now);
	g_assert_cmpuint(r.target_kbps, ==, 50000);
}

/* Unknown round trip times are no congestion. */
static void test_unknown_link(void)
{
	struct link unknown = { 0 };
	struct rate r;

	rate_init(&r, 50000, 60, 22);
	for (uint64_t now = START; now < START + 10 * SECOND; now += 100 * MS)
		rate_judge(&r, &unknown, now);
	g_assert_cmpuint(r.target_kbps, ==, 50000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rate/easy-content-keeps-quality", test_easy_content_keeps_quality);
	g_test_add_func("/rate/hard-content-holds-target", test_hard_content_holds_target);
	g_test_add_func("/rate/max-bytes", test_max_bytes);
	g_test_add_func("/rate/refinement-ends", test_refinement_ends);
	g_test_add_func("/rate/link", test_link);
	g_test_add_func("/rate/narrow-link", test_narrow_link);
	g_test_add_func("/rate/busy-machine", test_busy_machine);
	g_test_add_func("/rate/pause", test_pause);
	g_test_add_func("/rate/unknown-link", test_unknown_link);
	return g_test_run();
}

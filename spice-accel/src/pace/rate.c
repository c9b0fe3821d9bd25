/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pace/rate.h"

#include <math.h>
#include <string.h>

#define QP_MAX 48
#define QP_REST 12         /* at rest: no visible loss in 4:2:0 */
#define REFINE_STEP 6
#define COARSE_STEP 4      /* above the base: a coarse picture */
#define BUCKET_S 0.033     /* at most so much may wait in the link: two frames at 60 Hz */
#define KEY_S 0.225        /* a key frame may hold the link for so long */
#define UNIT_S 0.400       /* another frame may; a key frame replaces a larger one */
#define JUDGE_US 100000u
#define WINDOW_US 500000u
#define BLOATED_US 25000u  /* a queueing delay above this lowers the target */
#define CLEAR_US 12000u    /* a queueing delay below this lifts the target */
#define UNSENT_BYTES 30000u
#define BUSY_KBPS 1000u

void rate_init(struct rate *rate, uint32_t ceiling_kbps, unsigned fps, int base_qp)
{
	memset(rate, 0, sizeof *rate);
	rate->ceiling_kbps = ceiling_kbps;
	rate->target_kbps = ceiling_kbps;
	rate->fps = fps ? fps : 1;
	rate->base_qp = base_qp;
	rate->qp = base_qp;
	rate->sent_qp = QP_MAX;
}

void rate_restart(struct rate *rate, uint64_t now)
{
	rate->qp = rate->base_qp;
	rate->sent_qp = QP_MAX;
	rate->level_bits = 0;
	rate->level_us = now;
	rate->window_us = now;
	rate->window_bits = 0;
	rate->sent_kbps = 0;
}

void rate_set_ceiling(struct rate *rate, uint32_t kbps)
{
	rate->ceiling_kbps = kbps < RATE_FLOOR_KBPS ? RATE_FLOOR_KBPS : kbps;
	if (rate->target_kbps > rate->ceiling_kbps)
		rate->target_kbps = rate->ceiling_kbps;
}

uint32_t rate_target_kbps(const struct rate *rate)
{
	return rate->target_kbps;
}

int rate_qp(const struct rate *rate)
{
	return rate->qp;
}

int rate_base_qp(const struct rate *rate)
{
	return rate->base_qp;
}

bool rate_is_coarse(const struct rate *rate)
{
	return rate->sent_qp >= rate->base_qp + COARSE_STEP;
}

bool rate_can_refine(const struct rate *rate)
{
	return rate->sent_qp > QP_REST;
}

size_t rate_max_bytes(const struct rate *rate, bool key)
{
	return (size_t)(rate->target_kbps * 125.0 * (key ? KEY_S : UNIT_S));
}

static double leak(const struct rate *rate, uint64_t now)
{
	double dt = now > rate->level_us ? (double)(now - rate->level_us) / 1e6 : 0;
	double level = rate->level_bits - dt * rate->target_kbps * 1000.0;

	return level > 0 ? level : 0;
}

static void measure(struct rate *rate, size_t bytes, uint64_t now)
{
	rate->window_bits += (double)bytes * 8;
	if (now < rate->window_us + WINDOW_US)
		return;
	if (now > rate->window_us + 3 * WINDOW_US) { /* a pause says nothing of the link */
		rate->sent_kbps = 0;
		rate->window_bits = 0;
		rate->window_us = now;
		return;
	}
	rate->sent_kbps = (uint32_t)(rate->window_bits * 1000 / (double)(now - rate->window_us));
	rate->window_bits = 0;
	rate->window_us = now;
}

static void fill(struct rate *rate, size_t bytes, uint64_t now)
{
	measure(rate, bytes, now);
	rate->level_bits = leak(rate, now) + (double)bytes * 8;
	rate->level_us = now;
}

void rate_frame(struct rate *rate, size_t bytes, int qp, uint64_t now)
{
	double fullness;
	int step;

	fill(rate, bytes, now);
	if (qp > 0)
		rate->sent_qp = qp;
	fullness = rate->level_bits / (rate->target_kbps * 1000.0 * BUCKET_S);
	if (fullness > 1) {
		step = (int)ceil(3 * log2(fullness));
		rate->qp += step > 6 ? 6 : step < 1 ? 1 : step;
		if (rate->qp > QP_MAX)
			rate->qp = QP_MAX;
	} else if (fullness < 0.5 && rate->qp > rate->base_qp) {
		rate->qp--;
	}
}

int rate_refine_qp(const struct rate *rate, uint64_t now)
{
	int qp;

	if (!rate_can_refine(rate) || leak(rate, now) > 0)
		return 0;
	qp = (rate->sent_qp > rate->base_qp ? rate->base_qp : rate->sent_qp) - REFINE_STEP;
	return qp < QP_REST ? QP_REST : qp;
}

void rate_refined(struct rate *rate, size_t bytes, int qp, uint64_t now)
{
	fill(rate, bytes, now);
	rate->sent_qp = qp > 0 ? qp : QP_REST;
	rate->qp = rate->base_qp;
}

void rate_tiles(struct rate *rate, size_t bytes, uint64_t now)
{
	fill(rate, bytes, now);
}

size_t rate_room(const struct rate *rate, uint64_t now)
{
	double bits = rate->target_kbps * 1000.0 * BUCKET_S - leak(rate, now);

	return bits > 0 ? (size_t)(bits / 8) : 0;
}

/*
 * Lowers the target, but not below what is known to get through: sending less does not
 * end a delay that a slow machine makes. A target far above the rate that is sent falls
 * to twice that rate in one step, where steps of 15 % would take seconds.
 */
static void lower(struct rate *rate, const struct link *link)
{
	uint64_t target = rate->target_kbps * UINT64_C(85) / 100;

	if (link->delivery_kbps && target > link->delivery_kbps * UINT64_C(9) / 10)
		target = link->delivery_kbps * UINT64_C(9) / 10;
	if (rate->sent_kbps && target > rate->sent_kbps * UINT64_C(2))
		target = rate->sent_kbps * UINT64_C(2);
	if (target < rate->sent_kbps * UINT64_C(9) / 10)
		target = rate->sent_kbps * UINT64_C(9) / 10;
	if (target > rate->ceiling_kbps)
		target = rate->ceiling_kbps;
	rate->target_kbps = target < RATE_FLOOR_KBPS ? RATE_FLOOR_KBPS : (uint32_t)target;
}

static void lift(struct rate *rate)
{
	uint32_t target = rate->target_kbps + 300 + rate->target_kbps / 50;

	rate->target_kbps = target > rate->ceiling_kbps ? rate->ceiling_kbps : target;
}

void rate_judge(struct rate *rate, const struct link *link, uint64_t now)
{
	uint64_t excess = link->rtt_us > link->min_rtt_us ? link->rtt_us - link->min_rtt_us : 0;

	if (now < rate->judged_us + JUDGE_US)
		return;
	rate->judged_us = now;
	/* a delay counts where it can be of our making */
	if ((link->min_rtt_us && excess > BLOATED_US && rate->sent_kbps > BUSY_KBPS) ||
			(link->unsent_bytes > UNSENT_BYTES && rate->sent_kbps))
		lower(rate, link);
	else if (excess < CLEAR_US)
		lift(rate);
}

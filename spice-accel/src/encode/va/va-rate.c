/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va/va-rate.h"

#include <math.h>
#include <string.h>

#define FIRST_QP 26   /* for a first picture, whose sizes are unknown */
#define FINEST_QP 10  /* a finer quantiser makes no visible difference */
#define COARSEST_QP 51
#define AIM 0.95      /* of the buffer; the rest is a reserve */
#define AGAIN_AIM 0.85 /* of the buffer, for a second try, so that there is no third */
#define STEADY 0.3    /* the part of a deviation that is followed at once */
/* A picture may be FINER steps finer than the picture before. After LARGE_STEPS pictures in a row
 * the allowance doubles with each picture, up to FASTEST steps. */
#define FINER 0.5
#define FASTEST 4.0
#define LARGE_STEPS 3u
#define NEAR 4.0      /* steps; farther from known sizes nothing is known */
#define DEBT_MAX 8.0  /* pictures' shares */

/* The size halves with six steps of the quantiser (Rec. ITU-T H.264 8.5.8: its
 * step doubles); grain, near the dead zone, with two or three. */
#define SLOPE (1.0 / 6)
#define STEEPEST 0.5

/* How far the driver's rate control is led away from the target, and how fast. */
#define GAIN_MIN 0.8
#define GAIN_MAX 1.3
#define GAIN_STEP 1.1
#define GAIN_PICTURES 12u
#define MEAN_WEIGHT (1.0 / 12)

void va_rate_init(struct va_rate *rate, uint32_t kbps, uint32_t fps, bool driver)
{
	memset(rate, 0, sizeof *rate);
	rate->kbps = kbps;
	rate->fps = fps ? fps : 1;
	rate->driver = driver;
	rate->again = true;
	rate->gain = 1;
	rate->slope = SLOPE;
}

void va_rate_set_target(struct va_rate *rate, uint32_t kbps)
{
	double change = rate->kbps && kbps ? log2((double)rate->kbps / kbps) : 0;

	for (unsigned i = 0; i < 2; i++)
		if (rate->qp[i] > 0)
			rate->qp[i] += change / rate->slope;
	rate->kbps = kbps;
}

static double share(const struct va_rate *rate)
{
	return (double)rate->kbps * 1000 / rate->fps;
}

/* The bits that this picture may have: its share, less the bits that earlier pictures took too
 * many. */
static double allowance(const struct va_rate *rate)
{
	double bits = share(rate) - rate->debt;

	return bits < share(rate) / 4 ? share(rate) / 4 : bits;
}

size_t va_rate_max_bytes(const struct va_rate *rate)
{
	return rate->kbps ? (size_t)(allowance(rate) / 8) : SIZE_MAX;
}

static double limit(double qp, int finest)
{
	double least = finest > 0 ? finest : FINEST_QP;

	return qp < least ? least : qp > COARSEST_QP ? COARSEST_QP : qp;
}

/* Steps of the quantiser between a size and the aim; positive: too large. */
static double steps_beyond(const struct va_rate *rate, double bits)
{
	return log2((bits > 1 ? bits : 1) / (allowance(rate) * AIM)) / rate->slope;
}

/* Fractions go in steps of VA_RATE_REGION_STEPS from the finest on: a part of the picture that
 * grows leads from one step to the next. */
static void set_qp(const struct va_rate *rate, struct va_rate_picture *p, double qp)
{
	double finest = limit(0, p->finest);

	qp = limit(qp, p->finest);
	p->qp = (int)ceil(qp);
	if (rate->fractions) {
		int base = (int)(finest + VA_RATE_REGION_STEPS *
				floor((qp - finest) / VA_RATE_REGION_STEPS));

		p->qp = base + VA_RATE_REGION_STEPS > COARSEST_QP ? p->qp : base;
	}
	p->region = p->qp < qp ? (qp - p->qp) / VA_RATE_REGION_STEPS : 0;
	p->tried = p->qp < qp ? qp : p->qp;
}

void va_rate_choose(const struct va_rate *rate, struct va_rate_picture *p)
{
	double qp = rate->qp[p->idr] > 0 ? rate->qp[p->idr] : rate->qp[!p->idr];

	p->tries = 1;
	p->last_bits = 0;
	p->region = 0;
	p->min_qp = p->finest;
	p->kbps = (uint32_t)(rate->kbps * rate->gain);
	/* Nothing else is sent beside a picture at rest: the caller chooses its quantiser. */
	if (rate->driver || !rate->kbps || (p->refine && p->finest > 0))
		p->tried = p->qp = p->finest > 0 ? p->finest : FIRST_QP;
	else
		set_qp(rate, p, qp > 0 ? qp : FIRST_QP);
}

/* Two sizes of the same picture show how much a step saves with this content. */
static void learn_slope(struct va_rate *rate, const struct va_rate_picture *p, double bits)
{
	double slope;

	if (p->last_bits <= 0 || p->tried <= p->last_qp || p->tried > p->last_qp + NEAR)
		return;
	slope = log2(p->last_bits / bits) / (p->tried - p->last_qp);
	if (slope < SLOPE / 2)
		slope = SLOPE / 2;
	if (slope > STEEPEST)
		slope = STEEPEST;
	rate->slope += STEADY * (slope - rate->slope);
}

/* Far from the target the learned slope does not hold: the curve is flat where everything is
 * coded, and steep where little is left. */
static double steps_again(const struct va_rate *rate, const struct va_rate_picture *p, double bits)
{
	double halvings = log2(bits / (allowance(rate) * AGAIN_AIM));

	if (halvings < 0.75)
		return halvings / rate->slope;
	return halvings / (p->tries == 1 ? SLOPE : 1.5 * SLOPE);
}

static bool coarser(struct va_rate *rate, struct va_rate_picture *p, double bits)
{
	double before = p->tried;

	if (before >= COARSEST_QP)
		return false;
	learn_slope(rate, p, bits);
	if (p->tries == 1) {
		p->first_qp = before;
		p->first_bits = bits;
	}
	p->last_qp = before;
	p->last_bits = bits;
	set_qp(rate, p, before + steps_again(rate, p, bits));
	return true;
}

/* The driver is told less, for this picture. */
static bool coarser_by_driver(const struct va_rate *rate, struct va_rate_picture *p, double bits)
{
	if (p->tries == 1)
		p->first_bits = bits;
	p->kbps = (uint32_t)(p->kbps * AIM * AIM * allowance(rate) / bits);
	return p->kbps > rate->kbps / 4;
}

bool va_rate_again(struct va_rate *rate, struct va_rate_picture *p, size_t bytes)
{
	double bits = (double)bytes * 8;

	if (!rate->kbps || !rate->again || p->refine || p->tries >= VA_RATE_TRIES ||
			bytes <= va_rate_max_bytes(rate) ||
			!(rate->driver ? coarser_by_driver(rate, p, bits) : coarser(rate, p, bits)))
		return false;
	p->tries++;
	return true;
}

/* Up at once, as content that moves goes on moving; down in steps that grow, as
 * a single small picture says little. What is a little too large was right but
 * for chance: its first try counts. After a cut, quality comes back fast. */
static void follow(struct va_rate *rate, const struct va_rate_picture *p, double bits)
{
	double before = rate->qp[0], qp = p->tried, steps, least;

	if (p->tries > 1 && before > 0 && qp > before + NEAR) {
		rate->qp[0] = qp - FASTEST;
		rate->small = LARGE_STEPS;
		return;
	}
	if (p->tries > 1) {
		qp = p->first_qp;
		bits = p->first_bits;
	}
	steps = steps_beyond(rate, bits);
	rate->small = steps < 0 ? rate->small + 1 : 0;
	least = rate->small == 1 && steps < -NEAR ? 0 : /* video of half the rate has such */
			rate->small > LARGE_STEPS ? -FASTEST : -ldexp(FINER, (int)rate->small - 1);
	steps *= STEADY;
	rate->qp[0] = limit(qp + (steps < least ? least : steps), p->finest);
}

/* How much of the rate the driver uses by itself while there is use for it. */
static void lead(struct va_rate *rate, const struct va_rate_picture *p, double bits)
{
	double part = (p->tries > 1 ? p->first_bits : bits) / share(rate), step;

	if (part < 0.5)
		return;
	rate->mean = rate->counted++ ? rate->mean + MEAN_WEIGHT * (part - rate->mean) : part;
	if (rate->counted % GAIN_PICTURES)
		return;
	step = AIM / rate->mean;
	rate->gain *= step > GAIN_STEP ? GAIN_STEP : step < 1 / GAIN_STEP ? 1 / GAIN_STEP : step;
	if (rate->gain > GAIN_MAX)
		rate->gain = GAIN_MAX;
	else if (rate->gain < GAIN_MIN)
		rate->gain = GAIN_MIN;
}

void va_rate_sent(struct va_rate *rate, const struct va_rate_picture *p, size_t bytes, int qp)
{
	double bits = (double)bytes * 8;

	if (!rate->kbps || p->refine)
		return;
	if (rate->driver) {
		if (!p->idr && (qp <= 0 || qp > p->finest))
			lead(rate, p, bits);
	} else {
		learn_slope(rate, p, bits);
		if (p->idr)
			rate->qp[1] = limit(p->tried + steps_beyond(rate, bits), p->finest);
		else
			follow(rate, p, bits);
	}
	rate->debt += bits - share(rate);
	if (rate->debt < 0) /* a pause is no credit */
		rate->debt = 0;
	if (rate->debt > DEBT_MAX * share(rate))
		rate->debt = DEBT_MAX * share(rate);
}

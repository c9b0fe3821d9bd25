/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va-quantiser.h"

#include <math.h>

#define FIRST_QP 30  /* of a picture of which nothing is known */
#define FINEST_QP 10 /* finer is not to be seen */
#define COARSEST_QP 51
#define REPAY 8.0    /* pictures over which a debt is repaid */
#define LATEST 0.5   /* weight of the last picture's complexity */
#define IDR_SHARE 3.0 /* an IDR may take the time of so many pictures */

static double budget(uint32_t kbps, uint32_t fps)
{
	return (double)kbps * 1000 / fps;
}

int va_quantiser_choose(const struct va_quantiser *q, bool idr, uint32_t kbps, uint32_t fps)
{
	double share = budget(kbps, fps), bits = share - q->debt / REPAY, qp;

	if (q->complexity[idr] <= 0)
		return FIRST_QP;
	if (bits < share / 4)
		bits = share / 4;
	if (idr)
		bits *= IDR_SHARE;
	qp = 6 * (q->complexity[idr] - log2(bits));
	if (qp < FINEST_QP)
		return FINEST_QP;
	return qp > COARSEST_QP ? COARSEST_QP : (int)ceil(qp);
}

void va_quantiser_learn(struct va_quantiser *q, bool idr, int qp, size_t bytes, uint32_t kbps,
		uint32_t fps)
{
	double bits = (double)bytes * 8, share = budget(kbps, fps);
	double complexity = log2(bits > 1 ? bits : 1) + qp / 6.0, *c = &q->complexity[idr];

	*c = *c > 0 ? *c + LATEST * (complexity - *c) : complexity;
	q->debt += bits - share;
	/* A pause is no credit for a burst beyond a picture's share. */
	if (q->debt < -share)
		q->debt = -share;
}

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_QUANTISER_H
#define VA_QUANTISER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Chooses quantisers from the sizes of the pictures before, for drivers
 * without rate control and callers without a wish. Zeroed: no picture yet.
 *
 * A picture's bits halve with six steps of the quantiser (Rec. ITU-T H.264
 * 8.5.8: its step doubles), so log2(bits) + qp / 6 is a picture's complexity.
 */
struct va_quantiser {
	double complexity[2]; /* of P, of IDR; 0: unknown */
	double debt;          /* bits above what the rate allowed so far */
};

/* 1..51. kbps and fps > 0. */
int va_quantiser_choose(const struct va_quantiser *q, bool idr, uint32_t kbps, uint32_t fps);

/* Learns from an encoded picture. */
void va_quantiser_learn(struct va_quantiser *q, bool idr, int qp, size_t bytes, uint32_t kbps,
		uint32_t fps);

#endif

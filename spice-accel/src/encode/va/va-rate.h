/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_RATE_H
#define VA_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Encoders spare the bits for a difference of one step (x264 does). */
#define VA_RATE_REGION_STEPS 2

/* A picture is encoded at most so many times, and then sent as it is. */
#define VA_RATE_TRIES 5u

/**
 * Holds a bit rate with a buffer of one picture: no picture takes longer on
 * the link than its turn. Pure: sizes in, settings out.
 *
 * Where the driver controls the rate, it is told a little more or less than
 * the target, as it stays below or above it. Else the quantiser is chosen
 * here, from the sizes of the pictures before. In both cases a picture that
 * comes out too large is encoded once more, coarser, before it is sent.
 */
struct va_rate {
	uint32_t kbps, fps; /* the target; 0 kbit/s: none, the caller's quantiser counts */
	bool driver;        /* the driver controls the rate */
	bool again;         /* pictures can be encoded once more */
	bool fractions;     /* parts of a picture may be coarser */

	/* private */
	double qp[2];     /* for the next P and IDR picture, by the sizes so far; 0: unknown */
	double slope;     /* log2 of the size that a step of the quantiser saves */
	double debt;      /* bits beyond the buffer that could not be avoided */
	unsigned small;   /* pictures in a row that might have been larger */
	double mean;      /* the part of their turn that pictures take */
	unsigned counted; /* pictures in the mean */
	double gain;      /* the driver is told the target times this */
};

/* The settings of one picture, and the results of its tries. */
struct va_rate_picture {
	bool idr, refine;
	int finest;      /* the caller's quantiser; 0: no wish */
	int qp;          /* the picture's quantiser */
	double region;   /* part of it, 0 to 1, that is VA_RATE_REGION_STEPS coarser */
	int min_qp;      /* for the driver's rate control; 0: none */
	uint32_t kbps;   /* to tell the driver */
	unsigned tries;

	/* private */
	double tried;               /* the mean */
	double last_qp, last_bits;  /* the try before; 0 bits: none */
	double first_qp, first_bits;
};

void va_rate_init(struct va_rate *rate, uint32_t kbps, uint32_t fps, bool driver);
void va_rate_set_target(struct va_rate *rate, uint32_t kbps);

/* The most that a picture may have now, bytes; SIZE_MAX without a target. */
size_t va_rate_max_bytes(const struct va_rate *rate);

/* Before the first try: idr, refine and finest are set. */
void va_rate_choose(const struct va_rate *rate, struct va_rate_picture *picture);

/**
 * After each try. True: the picture is too large, and its settings are now
 * coarser.
 */
bool va_rate_again(struct va_rate *rate, struct va_rate_picture *picture, size_t bytes);

/* The last try is sent. qp: the mean quantiser that the driver reports; 0: unknown. */
void va_rate_sent(struct va_rate *rate, const struct va_rate_picture *picture, size_t bytes,
		int qp);

#endif

/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef RATE_H
#define RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pace/link.h"

#define RATE_FLOOR_KBPS 800u

/**
 * How many bits a frame may have: a target from the link's state, and the
 * quantiser that holds it. Pure: the clock is an argument.
 */
struct rate {
	uint32_t ceiling_kbps; /* never more */
	uint32_t target_kbps;  /* the link takes so much now */
	unsigned fps;
	int base_qp;           /* quality where bits do not matter */
	int qp;                /* of the next frame */
	int sent_qp;           /* of the content that the viewer has */
	double level_bits;     /* of a bucket that leaks at the target */
	uint64_t level_us;
	uint64_t judged_us;    /* congestion was last acted on */
	uint64_t window_us;    /* sent_kbps is measured since then */
	double window_bits;
	uint32_t sent_kbps;    /* sent in the half second before; 0 unknown */
};

void rate_init(struct rate *rate, uint32_t ceiling_kbps, unsigned fps, int base_qp);
/* A new stream: the quantiser starts at the base, the target stays. */
void rate_restart(struct rate *rate, uint64_t now_us);

/* Never more from now on than so much; no less than RATE_FLOOR_KBPS. */
void rate_set_ceiling(struct rate *rate, uint32_t kbps);

/* The rate that the link takes now. */
uint32_t rate_target_kbps(const struct rate *rate);
/* The quantiser of the next frame, and the quantiser for when bits do not matter. */
int rate_qp(const struct rate *rate);
int rate_base_qp(const struct rate *rate);
/* The viewer's content is visibly coarser than the base. */
bool rate_is_coarse(const struct rate *rate);
/* The viewer's content can be made finer, now or once the link has room. */
bool rate_can_refine(const struct rate *rate);
/* A frame with more bytes than this is worth encoding again, coarser. */
size_t rate_max_bytes(const struct rate *rate, bool key);
/* A frame with new content was encoded at qp. */
void rate_frame(struct rate *rate, size_t bytes, int qp, uint64_t now_us);

/* The quantiser of a refinement. 0: the picture cannot get better, or the link has no room. */
int rate_refine_qp(const struct rate *rate, uint64_t now_us);
void rate_refined(struct rate *rate, size_t bytes, int qp, uint64_t now_us);

/* Lossless tiles of so many bytes went out. */
void rate_tiles(struct rate *rate, size_t bytes, uint64_t now_us);
/* The bytes that may be sent in addition to those that wait in the link. */
size_t rate_room(const struct rate *rate, uint64_t now_us);

/* To be called every 100 ms or so, and on acknowledgements. */
void rate_judge(struct rate *rate, const struct link *link, uint64_t now_us);

#endif

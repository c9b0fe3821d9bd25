/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Pictures as three planes of 4:2:0 samples, and how alike two of them are. */
#ifndef PLANES_H
#define PLANES_H

#include <stdbool.h>
#include <stdint.h>

#include "frame/picture.h"

struct planes {
	uint32_t width, height; /* of luma, even */
	uint8_t *data[3];       /* tightly packed */
};

void planes_init(struct planes *planes, uint32_t width, uint32_t height);
void planes_finish(struct planes *planes);
void planes_copy(struct planes *to, const struct planes *from);
/* The picture may be of either format. */
void planes_from_picture(struct planes *to, const struct picture *picture);
/* Each macroblock in its mean colour: what the fake encoder shows. */
void planes_flatten(struct planes *planes);

/* dB over all three planes, each sample with the same weight; 99 when equal. */
double planes_psnr(const struct planes *a, const struct planes *b);
/* Mean SSIM of luma over 8x8 windows (Wang et al. 2004); 1 when equal. */
double planes_ssim(const struct planes *a, const struct planes *b);
/* Largest difference of a sample outside of the rectangle. */
unsigned planes_difference_outside(const struct planes *a, const struct planes *b, int x, int y,
		int width, int height);
bool planes_equal(const struct planes *a, const struct planes *b);

#endif

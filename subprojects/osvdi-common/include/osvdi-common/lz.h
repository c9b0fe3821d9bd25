/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_LZ_H
#define OSVDI_COMMON_LZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LZ_HEADER_SIZE 28u

/* The header of SPICE's LZ images. */
struct lz_header {
	uint32_t type;
	int32_t width, height;
	bool top_down; /* else the first row is the lowest one */
};

enum {
	LZ_RGB32 = 8,
	LZ_RGBA = 9, /* the colours, then the alpha values, which nothing here needs */
};

/* False: no LZ image of 32 bits a pixel, or one with more than 2^25 pixels. */
bool lz_read_header(struct lz_header *header, const uint8_t *data, size_t size);

/*
 * The pixels of what is behind the header: width * height of B, G, R and 0, in the
 * order of the image. False: the data are damaged; the pixels may have been changed.
 */
bool lz_decode(uint8_t *pixels, const struct lz_header *header, const uint8_t *data, size_t size);

#endif

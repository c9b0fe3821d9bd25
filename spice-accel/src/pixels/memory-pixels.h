/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The pixels of scanouts in memory. Beside tests, only pixels that are memory's at bottom
 * include this header. */
#ifndef MEMORY_PIXELS_H
#define MEMORY_PIXELS_H

#include "frame/frame.h"
#include "pixels/pixels.h"

struct memory_pixels {
	struct pixels base;
	const struct spice_accel_frame *frame; /* the scanout; NULL: none was shown */
	uint32_t fourcc, pixel_bytes;          /* of the scanout and of remembered pixels */
	uint8_t *remembered;                   /* rows of row_bytes */
	struct spice_accel_frame *kept;        /* the same as a frame */
	size_t row_bytes;
};

static inline const uint8_t *memory_now(const struct memory_pixels *m, int32_t x, int32_t y)
{
	return m->frame->memory.data + (ptrdiff_t)y * m->frame->memory.stride +
			(size_t)x * m->pixel_bytes;
}

static inline uint8_t *memory_remembered(const struct memory_pixels *m, int32_t x, int32_t y)
{
	return m->remembered + (size_t)y * m->row_bytes + (size_t)x * m->pixel_bytes;
}

/* As pixels_create(). */
int memory_pixels_create(struct pixels **out, const struct spice_accel_frame *frame);

/* As pixels_find_move(). */
int memory_find_move(struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same);

#endif

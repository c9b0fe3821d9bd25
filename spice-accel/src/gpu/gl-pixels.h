/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The pixels of a scanout on the GPU, beside those that are remembered there. */
#ifndef GL_PIXELS_H
#define GL_PIXELS_H

#include "gpu/gl-device.h"

#define GL_PIXELS_BLOCK 16u          /* pixels, both ways */
#define GL_PIXELS_TAKE_MAX (1u << 18) /* pixels of one gl_pixels_take() */
#define GL_PIXELS_TAKE_RECTS 64u

/**
 * Remembered pixels are a texture: 8-bit RGB, upright, without what the view crops. All
 * comparisons are made in these 8 bits; RGB565 is widened and 10-bit formats are narrowed as
 * convert_cpu_bgr() does it.
 *
 * Shapes:  rectangles lie in the picture; an array for blocks has an element for each block
 *          of the picture, and only those of the span are used.
 * Errors:  0; -ETIME the GPU did not answer in 300 ms; -EIO. After an error the remembered
 *          pixels are unknown.
 * Thread:  the device's.
 */
struct gl_pixels;

/* Blocks: columns from x0 to before x1, and rows likewise. */
struct gl_pixels_span {
	uint32_t x0, y0, x1, y1;
};

/* How a block differs: bit i of `rows` for its i-th row, bit i of `columns` for its i-th
 * column. */
struct gl_pixels_difference {
	uint16_t rows, columns;
};

/* Bytes that the processor read, since the pixels were created. */
struct gl_pixels_counts {
	uint64_t pixels, answers;
};

/* For scanouts of this size and format. Nothing is remembered. 0; -ENOMEM; -ENODEV with a
 * sentence in `why`. Owner: gl_pixels_destroy(), before the device. */
int gl_pixels_create(struct gl_pixels **out, struct gl_device *device, uint32_t width,
		uint32_t height, uint32_t fourcc, char *why, size_t size);
void gl_pixels_destroy(struct gl_pixels *pixels); /* NULL allowed */

/* The scanout is this view of the texture from now on. It is borrowed until the next call. */
void gl_pixels_show(struct gl_pixels *pixels, const struct gl_texture *source,
		const struct gl_view *view);

/* Compares blocks of the scanout with the remembered pixels that are dx to the left and dy
 * above. Blocks whose remembered pixels lie outside of the picture differ everywhere. */
int gl_pixels_compare(struct gl_pixels *pixels, const struct gl_pixels_span *span, int32_t dx,
		int32_t dy, struct gl_pixels_difference *out);
/* Remembers the scanout's pixels in the rectangles. */
int gl_pixels_remember(struct gl_pixels *pixels, const struct spice_accel_rect *rects, unsigned n);
/* The same for blocks that are not 0 in the map. */
int gl_pixels_remember_blocks(struct gl_pixels *pixels, const struct gl_pixels_span *span,
		const uint8_t *map);
/* Remembers the rectangles, and reads the very same pixels back: B, G, R bytes, row by row, one
 * rectangle after the other. -ENOSPC beyond GL_PIXELS_TAKE_MAX or GL_PIXELS_TAKE_RECTS. */
int gl_pixels_take(struct gl_pixels *pixels, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr);
/* Fills `to` with the remembered pixels that are dx to the left and dy above. */
int gl_pixels_copy(struct gl_pixels *pixels, const struct spice_accel_rect *to, int32_t dx,
		int32_t dy);

/* ---- for the search for what moved (gl-pixels-move.c) ------------------------ */

#define GL_PIXELS_STRIP 32    /* pixels of a row */
#define GL_PIXELS_COLUMNS 12u /* of strips, at most */
#define GL_PIXELS_SLOTS 16384u
#define GL_PIXELS_LINES 32u

/* Strips of the scanout that begin in these columns of one row in `step`. */
struct gl_pixels_grid {
	const int32_t *x;
	unsigned columns;
	int32_t y, step; /* the first row; at least 8 */
	unsigned rows;
};

/* The hash of each strip, row by row. 0: the strip has one colour, or is what is remembered
 * there; no other strip has 0. -EINVAL too many strips. */
int gl_pixels_hash(struct gl_pixels *pixels, const struct gl_pixels_grid *grid, uint32_t *hashes);

/* Looks for strips in the remembered pixels. */
struct gl_pixels_scan {
	const uint32_t *slots; /* hash h is in slot h * 0x9e3779b1 >> 18; 0: none */
	const uint8_t *known;  /* for each block, whether strips may be there */
	struct spice_accel_rect rect;
	int32_t step;          /* rows from one to the next that is scanned, at least 3 */
	void (*hit)(void *opaque, unsigned slot, int32_t x, int32_t y);
	void *opaque;
};

/* Tells of the first strip with a hash of the slots in each 64 places. */
int gl_pixels_scan(struct gl_pixels *pixels, const struct gl_pixels_scan *scan);
/* Sets same[i] to 1 if all of a rectangle is what is remembered dx to the left and dy above,
 * else to 0. Their sources lie in the picture. At most GL_PIXELS_LINES of them. */
int gl_pixels_compare_lines(struct gl_pixels *pixels, const struct spice_accel_rect *lines,
		unsigned n, int32_t dx, int32_t dy, uint8_t *same);

struct gl_pixels_counts gl_pixels_counts(const struct gl_pixels *pixels);

#endif

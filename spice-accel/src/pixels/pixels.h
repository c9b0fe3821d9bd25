/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PIXELS_H
#define PIXELS_H

#include "pixels/blocks.h"

/* Content that only moved: a page that scrolls, a window that is dragged. */
struct move {
	struct spice_accel_rect to; /* where the pixels are now */
	int32_t dx, dy;             /* this far right of and below the place where they were */
};

/* The work of pixels_changed() with a block. */
enum pixels_ask {
	PIXELS_SKIP,    /* nothing */
	PIXELS_COMPARE, /* compare all of its pixels */
	PIXELS_SAMPLE,  /* compare some of its rows, and remember these if they differ */
};

/**
 * The pixels of a scanout, and beside them the pixels that were sent: those that are
 * remembered. An implementation keeps both where the scanout is.
 *
 * Shapes: rectangles lie in the picture; arrays have a byte for each block of the picture.
 * Errors: 0, or negative errno. Pixels that failed once have failed: what they remember is not
 *         to be relied on any more. pixels_error() has the first error.
 * Thread: memory frames: host thread; DMA-BUFs: one, always the same.
 */
struct pixels {
	const struct pixels_impl *impl;
	struct blocks blocks;
	int error;
	uint64_t read_bytes; /* of the scanout, that the processor read */
};

struct pixels_impl {
	bool (*fits)(const struct pixels *pixels, const struct spice_accel_frame *frame);
	int (*show)(struct pixels *pixels, const struct spice_accel_frame *frame);
	int (*changed)(struct pixels *pixels, const struct tile_span *span, const uint8_t *ask,
			uint8_t *answer);
	int (*take)(struct pixels *pixels, const struct spice_accel_rect *rects, unsigned n,
			uint8_t *bgr);
	int (*remember)(struct pixels *pixels, const struct spice_accel_rect *rect);
	int (*copy)(struct pixels *pixels, const struct spice_accel_rect *to, int32_t dx,
			int32_t dy);
	int (*find_move)(struct pixels *pixels, const uint8_t *known,
			const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
			struct move *move, uint8_t *same);
	void (*destroy)(struct pixels *pixels);
};

/* Creates pixels for frames like this one, which the processor can read: memory, and DMA-BUFs
 * that can be mapped. Nothing is remembered, and no frame is shown. 0; -ENOMEM; else as
 * dmabuf_map(). Owner: pixels_destroy(). */
int pixels_create(struct pixels **out, const struct spice_accel_frame *frame);
void pixels_destroy(struct pixels *pixels); /* NULL allowed */

/* The frame has the size, the kind and the format of these pixels. NULL fits nothing. */
bool pixels_fits(const struct pixels *pixels, const struct spice_accel_frame *frame);
/* The scanout is this frame from now on; NULL: there is none, and only the functions above may
 * be called. Call before the functions below whenever there may be a newer one. Owner: the frame
 * is borrowed until the next call. */
int pixels_show(struct pixels *pixels, const struct spice_accel_frame *frame);
int pixels_error(const struct pixels *pixels);

/* Looks at each block of the span as `ask` says (enum pixels_ask), and sets its answer: 1 if the
 * scanout differs from the remembered pixels, else 0. Answers of skipped blocks stay. */
int pixels_changed(struct pixels *pixels, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer);
/* Remembers the scanout's pixels in the rectangles, and copies the very same pixels: rows of B,
 * G, R bytes, one rectangle after the other, without gaps. The source may go on drawing: both
 * get the same, or a later look sees a change.
 * 0; -EINVAL outside of the picture; -ENOMEM; -EIO the format cannot be read. */
int pixels_take(struct pixels *pixels, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr);
/* Remembers the pixels that the scanout has in the rectangle now. */
int pixels_remember(struct pixels *pixels, const struct spice_accel_rect *rect);
/* Fills `to` with the remembered pixels that are dx to the left and dy above. */
int pixels_copy(struct pixels *pixels, const struct spice_accel_rect *to, int32_t dx, int32_t dy);

/**
 * Looks in `rect` of the scanout for remembered pixels of `before`, and finds the copy that
 * saves the most. Pixels in the copy that do not fit are still to be sent. Only blocks that
 * are 1 in `known` can be the source. Blocks that fit are set to 1 in `same`.
 *
 * Result: 1 found, 0 not, negative errno. -ENOMEM is none that lasts.
 * Cost: some rows of `before` are searched, `rect` is read twice.
 */
int pixels_find_move(struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same);

#endif

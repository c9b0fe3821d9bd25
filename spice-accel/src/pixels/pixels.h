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
 * Thread: host thread.
 */
struct pixels {
	const struct pixels_impl *impl;
	struct blocks blocks;
};

struct pixels_impl {
	bool (*fits)(const struct pixels *pixels, const struct spice_accel_frame *frame);
	void (*show)(struct pixels *pixels, const struct spice_accel_frame *frame);
	void (*changed)(struct pixels *pixels, const struct tile_span *span, const uint8_t *ask,
			uint8_t *answer);
	int (*read)(const struct pixels *pixels, const struct spice_accel_rect *rect, uint8_t *bgr);
	void (*remember)(struct pixels *pixels, const struct spice_accel_rect *rect);
	void (*copy)(struct pixels *pixels, const struct spice_accel_rect *to, int32_t dx,
			int32_t dy);
	/* Optional: NULL finds none. */
	int (*find_move)(const struct pixels *pixels, const uint8_t *known,
			const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
			struct move *move, uint8_t *same);
	void (*destroy)(struct pixels *pixels);
};

/* Pixels of such frames can be read. Only memory so far: pixels in a GPU would have to be read
 * back. */
bool pixels_available(const struct spice_accel_frame *frame);
/* Creates pixels for frames like this one. Nothing is remembered, and no frame is shown. 0,
 * -ENOMEM, -ENOTSUP. Owner: pixels_destroy(). */
int pixels_create(struct pixels **out, const struct spice_accel_frame *frame);
void pixels_destroy(struct pixels *pixels); /* NULL allowed */

/* The frame has the size, the kind and the format of these pixels. NULL fits nothing. */
bool pixels_fits(const struct pixels *pixels, const struct spice_accel_frame *frame);
/* The scanout is this frame from now on. Call before the functions below whenever there may
 * be a newer one. Owner: the frame is borrowed until the next call. */
void pixels_show(struct pixels *pixels, const struct spice_accel_frame *frame);

/* Looks at each block of the span as `ask` says (enum pixels_ask), and sets its answer: 1 if the
 * scanout differs from the remembered pixels, else 0. Answers of skipped blocks stay. */
void pixels_changed(struct pixels *pixels, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer);
/* Copies the rectangle's pixels of the scanout: rows of B, G, R bytes, without gaps.
 * 0; -EINVAL outside of the picture; -ENOMEM; -EIO the format cannot be read. */
int pixels_read(const struct pixels *pixels, const struct spice_accel_rect *rect, uint8_t *bgr);
/* Remembers the pixels that the scanout has in the rectangle now. */
void pixels_remember(struct pixels *pixels, const struct spice_accel_rect *rect);
/* Fills `to` with the remembered pixels that are dx to the left and dy above. */
void pixels_copy(struct pixels *pixels, const struct spice_accel_rect *to, int32_t dx, int32_t dy);

/**
 * Looks in `rect` of the scanout for remembered pixels of `before`, and finds the copy that
 * saves the most. Pixels in the copy that do not fit are still to be sent. Only blocks that
 * are 1 in `known` can be the source. Blocks that fit are set to 1 in `same`.
 *
 * Result: 1 found, 0 not, -ENOMEM.
 * Cost: some rows of `before` are searched, `rect` is read twice.
 */
int pixels_find_move(const struct pixels *pixels, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same);

#endif

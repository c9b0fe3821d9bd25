/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/memory-pixels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "pixels/convert-cpu.h"

/* PIXELS_SAMPLE looks at one row in so many. */
#define SAMPLE_ROWS 4

static bool memory_fits(const struct pixels *base, const struct spice_accel_frame *frame)
{
	const struct memory_pixels *m = (const struct memory_pixels *)base;

	return frame->kind == FRAME_MEMORY && frame->fourcc == m->fourcc;
}

static int memory_show(struct pixels *base, const struct spice_accel_frame *frame)
{
	((struct memory_pixels *)base)->frame = frame;
	return 0;
}

static bool differs(struct memory_pixels *m, const struct spice_accel_rect *r, int32_t step)
{
	size_t bytes = (size_t)r->width * m->pixel_bytes;

	for (int32_t y = r->y; y < r->y + r->height; y += step) {
		m->base.read_bytes += bytes;
		if (memcmp(memory_remembered(m, r->x, y), memory_now(m, r->x, y), bytes))
			return true;
	}
	return false;
}

static void remember_rows(struct memory_pixels *m, const struct spice_accel_rect *r, int32_t step)
{
	size_t bytes = (size_t)r->width * m->pixel_bytes;

	for (int32_t y = r->y; y < r->y + r->height; y += step) {
		m->base.read_bytes += bytes;
		memcpy(memory_remembered(m, r->x, y), memory_now(m, r->x, y), bytes);
	}
}

static int memory_changed(struct pixels *base, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	const struct spice_accel_rect all = { 0, 0, (int32_t)base->blocks.width,
		(int32_t)base->blocks.height };
	struct memory_pixels *m = (struct memory_pixels *)base;

	for (uint32_t y = span->y0; y < span->y1; y++)
		for (uint32_t x = span->x0; x < span->x1; x++) {
			size_t i = (size_t)y * base->blocks.columns + x;
			struct spice_accel_rect block;

			if (ask[i] == PIXELS_SKIP)
				continue;
			block = blocks_cut(&all, x, x + 1, y);
			answer[i] = differs(m, &block, ask[i] == PIXELS_SAMPLE ? SAMPLE_ROWS : 1);
			if (answer[i] && ask[i] == PIXELS_SAMPLE)
				remember_rows(m, &block, SAMPLE_ROWS);
		}
	return 0;
}

/* Two pixels of such formats share their colours: a rectangle may begin or end between them. */
static bool has_pairs(uint32_t fourcc)
{
	return fourcc == DRM_FORMAT_YUYV || fourcc == DRM_FORMAT_UYVY;
}

static int memory_take(struct pixels *base, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr)
{
	struct memory_pixels *m = (struct memory_pixels *)base;
	const struct spice_accel_frame *from = has_pairs(m->fourcc) ? m->frame : m->kept;

	for (unsigned i = 0; i < n; i++) {
		int ret;

		remember_rows(m, &rects[i], 1);
		ret = convert_cpu_bgr(bgr, rects[i].width * 3, from, &rects[i]);
		if (ret < 0)
			return ret;
		bgr += (size_t)rects[i].width * (size_t)rects[i].height * 3;
	}
	return 0;
}

static int memory_remember(struct pixels *base, const struct spice_accel_rect *rect)
{
	remember_rows((struct memory_pixels *)base, rect, 1);
	return 0;
}

static int memory_copy(struct pixels *base, const struct spice_accel_rect *to, int32_t dx,
		int32_t dy)
{
	struct memory_pixels *m = (struct memory_pixels *)base;

	for (int32_t i = 0; i < to->height; i++) {
		/* not over rows that are still to be read */
		int32_t y = to->y + (dy > 0 ? to->height - 1 - i : i);

		memmove(memory_remembered(m, to->x, y), memory_remembered(m, to->x - dx, y - dy),
				(size_t)to->width * m->pixel_bytes);
	}
	return 0;
}

static void memory_destroy(struct pixels *base)
{
	struct memory_pixels *m = (struct memory_pixels *)base;

	spice_accel_frame_unref(m->kept);
	free(m->remembered);
	free(m);
}

static const struct pixels_impl memory_impl = {
	.fits = memory_fits,
	.show = memory_show,
	.changed = memory_changed,
	.take = memory_take,
	.remember = memory_remember,
	.copy = memory_copy,
	.find_move = memory_find_move,
	.destroy = memory_destroy,
};

static int keep(struct memory_pixels *m, const struct spice_accel_frame *frame)
{
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = frame->width,
		.height = frame->height,
		.fourcc = frame->fourcc,
		.stride = (int32_t)m->row_bytes,
	};

	m->remembered = calloc(frame->height, m->row_bytes);
	if (!m->remembered)
		return -ENOMEM;
	params.data = m->remembered;
	return spice_accel_frame_create_memory(&m->kept, &params);
}

int memory_pixels_create(struct pixels **out, const struct spice_accel_frame *frame)
{
	struct memory_pixels *m = calloc(1, sizeof *m);
	int ret;

	if (!m)
		return -ENOMEM;
	m->base.impl = &memory_impl;
	m->base.blocks = blocks_of(frame->width, frame->height);
	m->fourcc = frame->fourcc;
	m->pixel_bytes = frame_bytes_per_pixel(frame->fourcc);
	m->row_bytes = (size_t)(frame->width + 1) / 2 * 2 * m->pixel_bytes; /* whole pairs */
	ret = keep(m, frame);
	if (ret < 0) {
		memory_destroy(&m->base);
		return ret;
	}
	*out = &m->base;
	return 0;
}

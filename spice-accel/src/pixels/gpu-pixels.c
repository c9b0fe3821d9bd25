/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/gpu-pixels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/gl-pixels.h"
#include "pixels/move-search.h"

/* PIXELS_SAMPLE looks at one row in four, as memory's does. */
#define SAMPLE_ROWS 0x1111u

_Static_assert(GL_PIXELS_BLOCK == TILE_BLOCK, "blocks are those of tiles");

struct gpu_pixels {
	struct pixels base;
	struct gl_device *device;
	struct gl_pixels *gl;
	struct gl_texture texture; /* the scanout, while one is shown */
	bool shown;
	uint32_t fourcc;
	struct gl_pixels_difference *found; /* an element for each block */
	uint8_t *sampled;                   /* blocks to remember after a sample */
};

static struct gpu_pixels *gpu(struct pixels *base)
{
	return (struct gpu_pixels *)base;
}

static struct gl_pixels_span span_of(const struct tile_span *s)
{
	return (struct gl_pixels_span){ s->x0, s->y0, s->x1, s->y1 };
}

static bool gpu_fits(const struct pixels *base, const struct spice_accel_frame *frame)
{
	return frame->kind == FRAME_DMABUF &&
			frame->fourcc == ((const struct gpu_pixels *)base)->fourcc;
}

static int gpu_show(struct pixels *base, const struct spice_accel_frame *frame)
{
	struct gpu_pixels *p = gpu(base);
	struct gl_view view;
	int ret;

	if (p->shown)
		gl_texture_finish(p->device, &p->texture);
	p->shown = false;
	if (!frame)
		return 0;
	ret = gl_import_frame(p->device, frame, &p->texture);
	if (ret < 0)
		return ret;
	p->shown = true;
	view = gl_view_of(frame);
	gl_pixels_show(p->gl, &p->texture, &view);
	return 0;
}

/* Answers from what the GPU found. True: some sampled blocks are to be remembered. */
static bool judge(struct gpu_pixels *p, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	bool any = false;

	for (uint32_t y = span->y0; y < span->y1; y++)
		for (uint32_t x = span->x0; x < span->x1; x++) {
			size_t i = (size_t)y * p->base.blocks.columns + x;
			unsigned rows = ask[i] == PIXELS_SAMPLE ? SAMPLE_ROWS : 0xffffu;

			p->sampled[i] = 0;
			if (ask[i] == PIXELS_SKIP)
				continue;
			answer[i] = (p->found[i].rows & rows) != 0;
			p->sampled[i] = answer[i] && ask[i] == PIXELS_SAMPLE;
			any |= p->sampled[i];
		}
	return any;
}

static int gpu_changed(struct pixels *base, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	struct gl_pixels_span s = span_of(span);
	struct gpu_pixels *p = gpu(base);
	int ret = gl_pixels_compare(p->gl, &s, 0, 0, p->found);

	if (ret == 0 && judge(p, span, ask, answer))
		ret = gl_pixels_remember_blocks(p->gl, &s, p->sampled);
	return ret;
}

static int gpu_take(struct pixels *base, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr)
{
	struct gpu_pixels *p = gpu(base);
	int ret = gl_pixels_take(p->gl, rects, n, bgr);

	base->read_bytes = gl_pixels_counts(p->gl).pixels;
	return ret;
}

static int gpu_remember(struct pixels *base, const struct spice_accel_rect *rect)
{
	return gl_pixels_remember(gpu(base)->gl, rect, 1);
}

static int gpu_copy(struct pixels *base, const struct spice_accel_rect *to, int32_t dx, int32_t dy)
{
	return gl_pixels_copy(gpu(base)->gl, to, dx, dy);
}

/* ---- moves ---------------------------------------------------------------- */

_Static_assert(GL_PIXELS_STRIP == MOVE_STRIP && GL_PIXELS_COLUMNS == MOVE_COLUMNS &&
		GL_PIXELS_SLOTS == MOVE_SLOTS && GL_PIXELS_LINES == MOVE_LINES,
		"strips and slots are those of the search");

static int gpu_hash(struct pixels *base, const struct move_grid *grid, uint32_t *hashes)
{
	const struct gl_pixels_grid g = { grid->x, grid->columns, grid->y, grid->step, grid->rows };

	return gl_pixels_hash(gpu(base)->gl, &g, hashes);
}

static int gpu_scan(struct pixels *base, const struct move_scan *scan)
{
	const struct gl_pixels_scan s = { scan->slots, scan->known, scan->before, scan->step,
		scan->hit, scan->opaque };

	return gl_pixels_scan(gpu(base)->gl, &s);
}

static int gpu_moved(struct pixels *base, const struct tile_span *span, const uint8_t *ask,
		int32_t dx, int32_t dy, uint8_t *answer)
{
	struct gpu_pixels *p = gpu(base);
	struct gl_pixels_span s = span_of(span);
	int ret = gl_pixels_compare(p->gl, &s, dx, dy, p->found);

	for (uint32_t y = span->y0; y < span->y1 && ret == 0; y++)
		for (uint32_t x = span->x0; x < span->x1; x++) {
			size_t i = (size_t)y * base->blocks.columns + x;

			if (ask[i])
				answer[i] = !p->found[i].rows;
		}
	return ret;
}

static int gpu_lines(struct pixels *base, const struct spice_accel_rect *lines, unsigned n,
		int32_t dx, int32_t dy, uint8_t *answer)
{
	return gl_pixels_compare_lines(gpu(base)->gl, lines, n, dx, dy, answer);
}

static const struct move_ops gpu_moves = {
	.hash = gpu_hash,
	.scan = gpu_scan,
	.moved = gpu_moved,
	.lines = gpu_lines,
};

static int gpu_find_move(struct pixels *base, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same)
{
	return move_search(&gpu_moves, base, known, rect, before, move, same);
}

/* ---- life ----------------------------------------------------------------- */

static void gpu_destroy(struct pixels *base)
{
	struct gpu_pixels *p = gpu(base);

	gpu_show(base, NULL);
	gl_pixels_destroy(p->gl);
	free(p->found);
	free(p->sampled);
	free(p);
}

static const struct pixels_impl gpu_impl = {
	.fits = gpu_fits,
	.show = gpu_show,
	.changed = gpu_changed,
	.take = gpu_take,
	.remember = gpu_remember,
	.copy = gpu_copy,
	.find_move = gpu_find_move,
	.destroy = gpu_destroy,
};

int gpu_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame, char *why, size_t size)
{
	struct gpu_pixels *p = calloc(1, sizeof *p);
	int ret = -ENOMEM;
	size_t n;

	if (!p)
		return ret;
	p->base.impl = &gpu_impl;
	p->base.blocks = blocks_of(frame->width, frame->height);
	p->device = device;
	p->fourcc = frame->fourcc;
	n = blocks_count(&p->base.blocks);
	p->found = calloc(n, sizeof *p->found);
	p->sampled = calloc(n, 1);
	if (p->found && p->sampled)
		ret = gl_pixels_create(&p->gl, device, frame->width, frame->height, frame->fourcc,
				why, size);
	if (ret < 0) {
		gpu_destroy(&p->base);
		return ret;
	}
	*out = &p->base;
	return 0;
}
